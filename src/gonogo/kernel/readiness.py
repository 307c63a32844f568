"""What this process needs in order to work, and whether each part answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from gonogo.kernel.errors import Problem

PATIENCE_S = 2.0
Check = Callable[[], Awaitable[object]]


class Dependency(msgspec.Struct, frozen=True):
    """One part and its check, which raises when the part does not answer. Without a needed one nothing works."""

    name: str
    check: Check
    needed: bool = True


class DependencyState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one part answered: within ``latency_ms``, or why not."""

    state: Literal["ok", "down"]
    latency_ms: float
    reason: str = ""


class Readiness(msgspec.Struct, frozen=True):
    """``degraded`` still works: what is down can be done without."""

    status: Literal["ready", "degraded", "not ready"]
    dependencies: dict[str, DependencyState]


async def check_readiness(dependencies: list[Dependency]) -> Readiness:
    """Ask every part at once; one that takes longer than two seconds counts as down."""
    states = await asyncio.gather(*(_check_one(dependency) for dependency in dependencies))
    down = [dependency for dependency, state in zip(dependencies, states, strict=True) if state.state == "down"]
    told = {dependency.name: state for dependency, state in zip(dependencies, states, strict=True)}
    if any(dependency.needed for dependency in down):
        return Readiness("not ready", told)
    return Readiness("degraded" if down else "ready", told)


async def _check_one(dependency: Dependency) -> DependencyState:
    started = time.perf_counter()
    reason = ""
    try:
        async with asyncio.timeout(PATIENCE_S):
            await dependency.check()
    except TimeoutError:
        reason = f"no answer within {PATIENCE_S:.0f} s"
    except Problem as problem:
        reason = problem.detail
    except Exception as error:  # noqa: BLE001 — that it failed is the answer
        # Strangers may read this: the kind of the error, nothing of its inside.
        reason = type(error).__name__
    latency = round((time.perf_counter() - started) * 1000, 3)
    return DependencyState(state="down" if reason else "ok", latency_ms=latency, reason=reason)
