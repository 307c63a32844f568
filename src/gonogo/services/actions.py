"""What a checklist may ask of services: ``services.swap`` and ``services.rollback``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.errors import BadInput
from gonogo.services.commands.swapping import roll_back, swap_service
from gonogo.services.keepers import Keepers
from gonogo.services.schemas import Swap, SwapRequest
from gonogo.services.versions import has_overrides

_SWAP_OPTIONS = frozenset({"service", "version", "command", "cwd", "env", "warm"})
_ROLLBACK_OPTIONS = frozenset({"service"})


async def perform_swap(call: ActionCall) -> ActionResult:
    """``service`` and, as wanted, ``version``, ``command``, ``cwd``, ``env="A=1 B=2"``, ``warm``."""
    service = _read_service(call.options, _SWAP_OPTIONS)
    request = SwapRequest(
        version=call.options.get("version"),
        command=_split(call.options, "command"),
        cwd=str(call.folder / call.options["cwd"]) if "cwd" in call.options else None,
        env=_read_env(call.options),
        warm=call.options["warm"] not in ("false", "no", "0") if "warm" in call.options else None,
    )
    if request.version is not None and not has_overrides(request) and _serves(call, service, request.version):
        # A checklist's way back names the version that is to serve; where it never left, the way is short.
        return ActionResult(True, f"{service}: {request.version} is in service already.", {"to": request.version})
    return _judge(await swap_service(call.kernel, call.actor, service, request, call.say))


def _serves(call: ActionCall, service: str, version: str) -> bool:
    state = call.kernel.get_part(Keepers).find_state(service)
    return state is not None and state.active == version and state.is_ready


async def perform_rollback(call: ActionCall) -> ActionResult:
    """``service``: back to the version that was in service before."""
    service = _read_service(call.options, _ROLLBACK_OPTIONS)
    return _judge(await roll_back(call.kernel, call.actor, service, call.say))


def _judge(swap: Swap) -> ActionResult:
    values = {
        "service": swap.service,
        "from": swap.from_version,
        "to": swap.to_version,
        "driver": swap.driver,
        "duration": swap.duration_s,
        "ready": swap.ready_s,
    }
    if swap.status == "done":
        told = f"{swap.service}: {swap.from_version} → {swap.to_version} in {swap.duration_s:g} s"
        return ActionResult(True, told, values)
    told = f"{swap.service} stays at {swap.from_version}: {swap.to_version} did not take over: {swap.why}"
    return ActionResult(False, told, values)


def _read_service(options: Mapping[str, str], known: frozenset[str]) -> str:
    unknown = sorted(options.keys() - known)
    if unknown:
        listed = ", ".join(sorted(known))
        raise BadInput(f"'{unknown[0]}' means nothing here; there are: {listed}.", field=unknown[0])
    if "service" not in options:
        raise BadInput("Say which service: service=web.", field="service")
    return options["service"]


def _split(options: Mapping[str, str], key: str) -> list[str] | None:
    if key not in options:
        return None
    try:
        return shlex.split(options[key])
    except ValueError as error:
        raise BadInput(f"'{key}' is no command line: {error}.", field=key) from error


def _read_env(options: Mapping[str, str]) -> dict[str, str] | None:
    words = _split(options, "env")
    if words is None:
        return None
    pairs = [word.partition("=") for word in words]
    for name, sign, _ in pairs:
        if not sign or not name:
            raise BadInput(f"'env' is written NAME=value, with a blank between several; '{name}' is not.", field="env")
    return {name: value for name, _, value in pairs}
