"""Gates and soaks against the live signals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import (
    Judgement,
    capture_baseline,
    evaluate,
    format_duration,
    list_comparisons,
    parse_expression,
)
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.gates import Reading, describe_judgement, is_bad, plan_retry, read_breach, read_gate
from gonogo.releases.deciding.state import RunState
from gonogo.releases.plan import Item
from gonogo.releases.reading.durations import parse_duration
from gonogo.releases.substitution import fill_text

UNTIL_TRUE_S = 600.0


class Watch:
    """Asks the signals on behalf of one run."""

    def __init__(self, kernel: Kernel, course: Course) -> None:
        self._kernel, self._course = kernel, course

    def judge(self, item: Item, state: RunState) -> Judgement:
        """An item's expression, on samples taken now."""
        expression = parse_expression(item.expression or "")
        now = self._kernel.clock.now()
        self._kernel.signals.sample({part.signal for part in list_comparisons(expression)}, now)
        baseline = (state.captured or {}).get("baseline", {})
        return evaluate(expression, self._kernel.signals, now, baseline)

    def read_gate(self, gate: Item, state: RunState) -> dict[str, Any]:
        """A gate's outcome with its numbers; without data, when to look again."""
        judgement = self.judge(gate, state)
        triggers = [self.judge(trigger, state) for trigger in self._course.triggers_on(gate)]
        reading = read_gate(gate, judgement, triggers)
        data = _describe(reading, judgement, gate)
        if reading.outcome == "no_data":
            first = state.get_item(gate.id).started_at
            data |= plan_retry(parse_expression(gate.expression or ""), first, self._kernel.clock.now())
        return data

    def find_breach(self, soak: Item, state: RunState) -> dict[str, Any] | None:
        """What ends a soak early: a watched threshold's breach, or the condition that was waited for."""
        for watched in self._course.watched(soak):
            judgement = self.judge(watched, state)
            if watched is soak and soak.duration_s is None:
                if judgement.outcome == "true":
                    return _describe(Reading("passed", judgement.why), judgement, soak)
                continue
            why = read_breach(watched, judgement)
            if why is not None:
                return _describe(Reading("failed", f"Breached: {why}"), judgement, watched)
        return None

    def end_soak(self, soak: Item, state: RunState) -> dict[str, Any]:
        """What a wait came to at its deadline."""
        early = self.find_breach(soak, state)
        if early is not None:
            return early
        if not soak.expression:
            watched = len(self._course.watched(soak))
            told = f"{watched} threshold(s) watched, none breached." if watched else "No signal was watched."
            return {"outcome": "passed", "why": f"{format_duration(_measure_wait(soak, state))} passed. {told}"}
        judgement = self.judge(soak, state)
        good = judgement.outcome == ("false" if is_bad(soak) else "true")
        outcome = "no_data" if judgement.outcome == "no_data" else ("passed" if good else "failed")
        return _describe(Reading(outcome, judgement.why), judgement, soak)

    def capture_baseline(self, now: datetime) -> dict[str, float]:
        """The value of every series that the plan compares with its baseline."""
        captured: dict[str, float] = {}
        for item in self._course.items.values():
            if item.expression:
                captured |= capture_baseline(parse_expression(item.expression), self._kernel.signals, now)
        return captured


def find_length(wait: Item, variables: Mapping[str, str]) -> float:
    """How long to wait, in seconds, with the run's variables filled in. Raises ValueError."""
    if "length" in wait.options:
        return parse_duration(fill_text(wait.options["length"], variables))
    return wait.duration_s if wait.duration_s is not None else (wait.timeout_s or UNTIL_TRUE_S)


def _measure_wait(soak: Item, state: RunState) -> float:
    seen = state.get_item(soak.id)
    if seen.until is None or seen.started_at is None:
        return soak.duration_s or 0.0
    return float(round((parse_instant(seen.until) - parse_instant(seen.started_at)).total_seconds()))


def _describe(reading: Reading, judgement: Judgement, item: Item) -> dict[str, Any]:
    kept = describe_judgement(judgement)
    return {
        "outcome": reading.outcome,
        "why": reading.why,
        "rule": item.expression or "",
        "judgement": kept,
    }
