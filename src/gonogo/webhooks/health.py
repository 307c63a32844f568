"""How an endpoint fares over many attempts: when people are warned, when it is disabled. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.webhooks.schedule import DISABLE_AFTER, begin_failing, find_warning

GONE = 410


class Health(msgspec.Struct, frozen=True):
    """Since when it fails without a break, when it failed last, and the percent that was warned of."""

    failing_since: str | None = None
    last_failed_at: str | None = None
    warned: int = 0


class Verdict(msgspec.Struct, frozen=True):
    """The new health; ``warning`` in percent of the patience that is used up; ``disabled`` says why."""

    health: Health
    warning: int | None = None
    disabled: str = ""
    recovered: bool = False


class Tried(msgspec.Struct, frozen=True):
    """One attempt in short."""

    delivered: bool
    status: int | None
    at: str


def judge_endpoint(health: Health, tried: Iterable[Tried]) -> Verdict:
    """What a few more attempts, in order, mean for an endpoint."""
    was_failing = health.failing_since is not None
    recovered = False
    for one in tried:
        if one.delivered:
            recovered, health = recovered or was_failing, Health()
        else:
            recovered, health = False, _note_failure(health, one)
            if one.status == GONE:
                return Verdict(health, disabled="It answered 410 Gone: nothing is wanted there any more.")
    if health.failing_since is None:
        return Verdict(health, recovered=recovered)
    return _weigh(health)


def _note_failure(health: Health, one: Tried) -> Health:
    since, last = _parse(health.failing_since), _parse(health.last_failed_at)
    begun = format_instant(begin_failing(since, last, parse_instant(one.at)))
    return Health(begun, one.at, health.warned if begun == health.failing_since else 0)


def _weigh(health: Health) -> Verdict:
    assert health.failing_since is not None
    assert health.last_failed_at is not None
    since, last = parse_instant(health.failing_since), parse_instant(health.last_failed_at)
    warning = find_warning(since, last, health.warned)
    if warning is None:
        return Verdict(health)
    if warning == 100:
        days = DISABLE_AFTER.days
        return Verdict(health, disabled=f"It failed for {days} days without a break, since {health.failing_since}.")
    return Verdict(msgspec.structs.replace(health, warned=warning), warning=warning)


def _parse(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)
