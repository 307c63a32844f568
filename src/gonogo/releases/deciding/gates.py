"""From a judgement on live numbers to what it means for the run. Pure, given the judgements."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.signals import Expression, Judgement, list_comparisons
from gonogo.releases.plan import Item
from gonogo.releases.rules import Number

NO_DATA_WINDOW_S = 30.0
LOOK_EVERY_S = 5.0


class Reading(msgspec.Struct, frozen=True):
    """What a gate came to: passed, failed, undecided or no_data."""

    outcome: str
    why: str


def read_gate(gate: Item, judgement: Judgement, triggers: list[Judgement]) -> Reading:
    """What a threshold's judgement means. ``triggers`` are the rollback thresholds on the same signal.

    A success threshold that is missed while no rollback threshold is reached lies in the undecided band.
    """
    if judgement.outcome == "no_data":
        return Reading("no_data", f"No data: {judgement.why}")
    if is_bad(gate):
        return Reading("failed" if judgement.outcome == "true" else "passed", judgement.why)
    if judgement.outcome == "true":
        return Reading("passed", judgement.why)
    if not triggers:
        return Reading("failed", judgement.why)
    return _read_band(judgement, triggers)


def _read_band(judgement: Judgement, triggers: list[Judgement]) -> Reading:
    breached = [trigger.why for trigger in triggers if trigger.outcome == "true"]
    if breached:
        return Reading("failed", "; ".join(breached))
    if any(trigger.outcome == "no_data" for trigger in triggers):
        return Reading("no_data", f"No data for the rollback threshold; {judgement.why}")
    return Reading("undecided", f"Between the success threshold and the rollback threshold: {judgement.why}")


def read_breach(watched: Item, judgement: Judgement) -> str | None:
    """Why a watched threshold ends a soak, or None. No data ends nothing."""
    bad = "true" if is_bad(watched) else "false"
    return judgement.why if judgement.outcome == bad else None


def is_bad(item: Item) -> bool:
    """Whether the item's expression being true is bad news."""
    return isinstance(item.rule, Number) and item.rule.polarity == "bad"


def plan_retry(expression: Expression, first_look: str | None, now: datetime) -> dict[str, Any]:
    """When to look again for data: within the gate's window, counted from the first look; then a person is asked."""
    began = parse_instant(first_look) if first_look else now
    windows = [part.over_s or part.for_s or 0.0 for part in list_comparisons(expression)]
    end = began + timedelta(seconds=max([NO_DATA_WINDOW_S, *windows]))
    again = now + timedelta(seconds=LOOK_EVERY_S)
    return {"started_at": format_instant(began), "retry_at": format_instant(again) if again <= end else None}


def describe_judgement(judgement: Judgement) -> dict[str, Any]:
    """What is kept of a judgement: every part with its value, threshold, window and last samples."""
    kept: dict[str, Any] = msgspec.to_builtins(judgement)
    return kept
