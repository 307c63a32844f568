"""Gates and soaks against the live signals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import (
    Judgement,
    capture_baseline,
    evaluate,
    format_duration,
    is_fresh,
    list_comparisons,
    parse_expression,
)
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.gates import Reading, describe_judgement, plan_retry, read_breach, read_gate
from gonogo.releases.deciding.state import RunState
from gonogo.releases.deciding.verdicts import name_item
from gonogo.releases.plan import Item
from gonogo.releases.reading.durations import parse_duration
from gonogo.releases.running.watching import Coverage
from gonogo.releases.substitution import fill_text

UNTIL_TRUE_S = 600.0


class Watch:
    """Asks the signals on behalf of one run, which keeps its files in ``folder``."""

    def __init__(self, kernel: Kernel, course: Course, folder: Path) -> None:
        self._kernel, self._course, self._folder = kernel, course, folder
        self._coverage: dict[tuple[str, str | None], Coverage] = {}

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
        judged = [(watched, self.judge(watched, state)) for watched in self._course.watched(soak)]
        with_data = [watched.id for watched, judgement in judged if is_fresh(judgement)]
        self._find_coverage(soak, state).note(self._kernel.clock.now(), with_data)
        for watched, judgement in judged:
            if watched is soak and _is_condition(soak):
                if judgement.outcome == "true":
                    return _describe(Reading("passed", judgement.why), judgement, soak)
                continue
            why = read_breach(watched, judgement)
            if why is not None:
                return _describe(Reading("failed", f"Breached, {name_item(watched)}: {why}"), judgement, watched)
        return None

    def end_soak(self, soak: Item, state: RunState) -> dict[str, Any]:
        """What a wait came to at its deadline. Time alone proves nothing where numbers were to be watched."""
        watched = self._course.watched(soak)
        early = self.find_breach(soak, state) if watched else None
        if early is not None:
            return early
        passed = f"{format_duration(_measure_wait(soak, state))} passed."
        if not watched:
            return {"outcome": "passed", "why": f"{passed} No signal was watched."}
        if _is_condition(soak):
            return self._end_condition(soak, state)
        blind = self._list_blind(soak, state, watched)
        if blind:
            return {"outcome": "no_data", "why": f"{passed} No breach was seen, but {'; '.join(blind)}."}
        return self._end_watched(soak, state, f"{passed} Watched, none breached: {_list_names(watched)}.")

    def _end_watched(self, soak: Item, state: RunState, why: str) -> dict[str, Any]:
        if not soak.expression:
            return {"outcome": "passed", "why": why}
        return _describe(Reading("passed", why), self.judge(soak, state), soak)

    def _end_condition(self, soak: Item, state: RunState) -> dict[str, Any]:
        judgement = self.judge(soak, state)
        outcome = "no_data" if judgement.outcome == "no_data" else "failed"
        return _describe(Reading(outcome, judgement.why), judgement, soak)

    def _list_blind(self, soak: Item, state: RunState, watched: list[Item]) -> list[str]:
        """What had no data at the end, or for too much of the soak, one clause each."""
        duration = _measure_wait(soak, state)
        seen = self._find_coverage(soak, state).find_blind([item.id for item in watched], duration)
        told = []
        for item in watched:
            judgement = self.judge(item, state)
            if judgement.outcome == "no_data":
                told.append(f"{name_item(item)} has no data: {judgement.why}")
            elif item.id in seen:
                share = f"{seen[item.id]:.0f} s of {format_duration(duration)}"
                told.append(f"{name_item(item)} had data for {share} only")
        return told

    def _find_coverage(self, soak: Item, state: RunState) -> Coverage:
        began = state.get_item(soak.id).started_at
        if (soak.id, began) not in self._coverage:
            name = f"{soak.id}.{(began or '').replace(':', '')}.watched"
            self._coverage[soak.id, began] = Coverage(self._folder / name)
        return self._coverage[soak.id, began]

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


def _is_condition(wait: Item) -> bool:
    """Whether it waits for something to become true, rather than for time to pass."""
    return wait.expression is not None and wait.duration_s is None and "length" not in wait.options


def _measure_wait(soak: Item, state: RunState) -> float:
    seen = state.get_item(soak.id)
    if seen.until is None or seen.started_at is None:
        return soak.duration_s or 0.0
    return float(round((parse_instant(seen.until) - parse_instant(seen.started_at)).total_seconds()))


def _list_names(items: list[Item]) -> str:
    return "; ".join(map(name_item, items))


def _describe(reading: Reading, judgement: Judgement, item: Item) -> dict[str, Any]:
    kept = describe_judgement(judgement)
    return {
        "outcome": reading.outcome,
        "why": reading.why,
        "rule": item.expression or "",
        "judgement": kept,
    }
