"""``verify-env``."""

from __future__ import annotations

import os
from collections.abc import Mapping

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.env_files import parse_env_file
from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.environment.connections import list_services, try_services
from gonogo.releases.actions.environment.rules import LEAST_LENGTH, check_variables, list_secrets
from gonogo.releases.actions.options import check_known, find_file, read_flag, read_list, read_seconds


async def verify_env(call: ActionCall) -> ActionResult:
    """Hold the environment against the rules of production, and try every service it names.

    Options: file (an .env file; else the run's variables, else the server's own), required, secrets (NAME or
    NAME:64), environment (production), connect (yes), services (variables to try; all addresses when absent), timeout.
    """
    check_known(call, "file", "required", "secrets", "environment", "connect", "services", "timeout")
    values = _read_values(call)
    secrets = _read_secrets(call)
    production = call.options.get("environment", "production") == "production"
    required = read_list(call, "required")
    findings = check_variables(values, required, secrets, production=production)
    for finding in findings:
        call.say(f"✘ {finding.name} {finding.told}")
    tried = await try_services(_pick_services(call, values), read_seconds(call, "timeout", "5s", most=60))
    for each in tried:
        call.say(f"{'✔' if each.ok else '✘'} {each.name}: {each.told}")
    unreachable = sum(not each.ok for each in tried)
    counted = ((values, "variable"), (list_secrets(values, secrets), "secret"), (tried, "connection"))
    looked = ", ".join(_count(len(things), name) for things, name in counted)
    wrong = [_count(len(findings), "finding")] * bool(findings) + [f"{unreachable} unreachable"] * bool(unreachable)
    counts = {"variables": len(values), "findings": len(findings), "tried": len(tried), "unreachable": unreachable}
    if wrong:
        names = sorted({finding.name for finding in findings} | {each.name for each in tried if not each.ok})
        return ActionResult(False, f"{' and '.join(wrong)} in {looked}: {', '.join(names)}.", counts)
    return ActionResult(True, f"Nothing wrong with {looked}.", counts)


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _read_values(call: ActionCall) -> Mapping[str, str]:
    if "file" not in call.options:
        return call.variables or os.environ
    path = find_file(call, call.options["file"])
    if not path.is_file():
        raise BadInput(f"There is no file '{path}'.", field="file")
    return parse_env_file(path.read_text(encoding="utf-8", errors="replace"))


def _read_secrets(call: ActionCall) -> dict[str, int]:
    found = {}
    for word in read_list(call, "secrets"):
        name, _, least = word.partition(":")
        if least and not least.isdecimal():
            raise BadInput(f"'secrets' are NAME or NAME:64, not '{word}'.", field="secrets")
        found[name] = int(least) if least else LEAST_LENGTH
    return found


def _pick_services(call: ActionCall, values: Mapping[str, str]) -> dict[str, str]:
    if not read_flag(call, "connect", default=True):
        return {}
    known = list_services(values)
    named = read_list(call, "services")
    for name in named:
        if name not in known:
            raise BadInput(f"'{name}' holds no address of a service that can be tried.", field="services")
    return {name: known[name] for name in named or known}
