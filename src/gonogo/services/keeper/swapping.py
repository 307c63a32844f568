"""Putting one version in the place of another: ready first, then the traffic, then the old one drains.

At no moment is there no ready version: until the new one is ready nothing of the old changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from gonogo.services.keeper.fronts.front import FrontFailed
from gonogo.services.keeper.instance import Instance
from gonogo.services.keeper.supervising import Keeper
from gonogo.services.spec import ServiceSpec
from gonogo.services.state import SwapResult

Say = Callable[[str], None]


class CannotSwap(Exception):
    """Nothing was tried; the message says why."""


class _NotReady(Exception):
    pass


async def swap_version(keeper: Keeper, spec: ServiceSpec, say: Say) -> SwapResult:
    """Run ``spec.launch`` in place of the active version. Raises ``CannotSwap``; a failed try is a result."""
    _check(keeper, spec)
    before, began = keeper.spec, time.monotonic()
    keeper.swapping, keeper.spec = spec.launch.version, spec
    keeper.publish()
    result = SwapResult(moved=False, why="", version=spec.launch.version, previous=keeper.active)
    incoming, fresh = _gather(keeper, spec, say)
    try:
        await _await_ready(incoming, say)
        ready_s = round(time.monotonic() - began, 3)
        await _move(keeper, incoming)
    except (_NotReady, FrontFailed) as failure:
        say(f"{result.version} did not become ready: {failure}")
        say(f"{result.previous} stays in service")
        keeper.spec = before
        await _give_up(keeper, incoming, fresh)
        return _conclude(keeper, msgspec.structs.replace(result, why=str(failure)), "swap_failed")
    duration = round(time.monotonic() - began, 3)
    say(f"traffic goes to {result.version} since {duration:g} s after the start; {result.previous} drains")
    keeper.previous, keeper.active = keeper.active, spec.launch.version
    done = msgspec.structs.replace(result, moved=True, ready_s=ready_s, duration_s=duration, was_warm=not fresh)
    return _conclude(keeper, done, "swapped")


def _check(keeper: Keeper, spec: ServiceSpec) -> None:
    now = keeper.spec
    if keeper.swapping is not None:
        raise CannotSwap(f"a swap to {keeper.swapping} is under way; wait for its end")
    if spec.launch.version == keeper.active:
        raise CannotSwap(f"version '{keeper.active}' is in service already; name another one, or none for a new one")
    if (spec.listen, spec.driver, spec.user) != (now.listen, now.driver, now.user):
        raise CannotSwap("listen, driver or user changed; that takes `gonogo services down` and `up`")
    if spec.driver == "none" and spec.port is not None:
        raise CannotSwap(
            f"two versions can't both take port {spec.port}; give 'listen' instead of 'port', "
            "with {fd} in the command or a 'driver'"
        )


def _gather(keeper: Keeper, spec: ServiceSpec, say: Say) -> tuple[list[Instance], list[Instance]]:
    """The processes that are to serve, and those of them that are new: what is still warm is taken back."""
    incoming = [
        each
        for each in keeper.instances
        if each.launch == spec.launch and each.role in ("warm", "draining") and each.is_ready
    ][: spec.replicas]
    for instance in incoming:
        keeper.reclaim(instance)
    if incoming:
        say(f"{len(incoming)} of {spec.launch.version} still run and are taken back")
    fresh = [keeper.add(spec.launch, "incoming") for _ in range(spec.replicas - len(incoming))]
    if fresh:
        say(f"starting {len(fresh)} of {spec.launch.version} beside {keeper.active}")
    return incoming + fresh, fresh


async def _await_ready(incoming: Sequence[Instance], say: Say) -> None:
    for instance in incoming:
        while not instance.is_ready:
            if instance.phase not in ("starting", "ready"):
                raise _NotReady(f"{instance.name}: {instance.fault or instance.why}")
            instance.changed.clear()
            await instance.changed.wait()
        say(f"{instance.name} is ready")


async def _move(keeper: Keeper, incoming: Sequence[Instance]) -> None:
    async with keeper.turning:
        places = [instance.place for instance in incoming]
        await keeper.front.turn(places)
        keeper.current = places
        leaving = [each for each in keeper.instances if each.role == "active"]
        warm = [each for each in keeper.instances if each.role == "warm"]
        for instance in incoming:
            instance.role = "active"
        for instance in leaving if not keeper.spec.warm else warm:
            keeper.retire(instance)
        if keeper.spec.warm:
            for instance in leaving:
                instance.role = "warm"


async def _give_up(keeper: Keeper, incoming: Sequence[Instance], fresh: Sequence[Instance]) -> None:
    for instance in incoming:
        if instance in fresh:
            await keeper.remove(instance)
        else:
            instance.role = "warm"


def _conclude(keeper: Keeper, result: SwapResult, name: str) -> SwapResult:
    keeper.swapping = None
    keeper.note(name, None, **msgspec.to_builtins(result))
    return result


async def scale_service(keeper: Keeper, replicas: int) -> None:
    """Give the active version more processes, or retire the newest. Raises ``FrontFailed``."""
    keeper.spec = msgspec.structs.replace(keeper.spec, replicas=replicas)
    serving = [each for each in keeper.instances if each.role == "active"]
    for instance in serving[replicas:]:
        instance.role = "draining"
    await keeper.redirect()
    for instance in serving[replicas:]:
        keeper.retire(instance)
    for _ in range(replicas - len(serving)):
        keeper.add(keeper.spec.launch, "active")
    keeper.note("scaled", None, replicas=replicas)


async def restart_service(keeper: Keeper, say: Say) -> None:
    """Restart the active version's processes, one after the other."""
    for instance in [each for each in keeper.instances if each.role == "active"]:
        if instance.phase == "gave_up":
            say(f"{instance.name} was given up and is started anew")
            await keeper.remove(instance)
            keeper.add(keeper.spec.launch, "active")
            continue
        await instance.restart()
        say(f"{instance.name} restarted")
    keeper.note("restarted", None)
