"""Lines that a clock, a number or a command's output can settle."""

from __future__ import annotations

import re

from gonogo.releases.plan import Kind
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.gates import is_threshold, read_gate
from gonogo.releases.reading.judging import compile_marked, find_expectation, find_judged, introduces_output
from gonogo.releases.reading.line import Line
from gonogo.releases.reading.marks import add_check
from gonogo.releases.reading.polarity import is_bad
from gonogo.releases.reading.vocabulary import find_polarity, sets_up_alerts
from gonogo.releases.reading.waits import find_wait
from gonogo.releases.rules import Human, Rule

_WINDOW = re.compile(r" (?:over|for) \S+s$")
_DIGIT = re.compile(r"\d")
# Only lines that name a number, a literal or an output can judge one; compiling the others would be wasted.
_JUDGED = re.compile(
    r"[\d\"'`=]|\b(?:shows?|returns?|prints?|outputs?|respon|displays?|reports?|contains?)", re.IGNORECASE
)


def read_output(desk: Desk, line: Line, place: Place) -> Draft | None:
    """A line that says, or announces, what the command above it should bring."""
    if place.asks and desk.expecting is not None and place.runs:
        return _read_listed(desk, line, place, desk.expecting)
    if line.weight == "box" or not place.runs:
        return None
    if introduces_output(line.text) and line.text.rstrip().endswith(":"):
        rule = Human(source=line.text, question=line.text)
        desk.expecting = desk.put("check", line, place, judges=place.runs[-1], rule=rule)
        return desk.expecting
    expected = find_expectation(line.text) if not line.text.endswith(":") else None
    if expected is None or (line.weight == "number" and not line.text.lower().startswith("expect")):
        return None
    draft = desk.put("check", line, place)
    add_check(desk, draft, expected, place.runs[-1], line.raw)
    return draft


def _read_listed(desk: Desk, line: Line, place: Place, announced: Draft) -> Draft:
    """One line of a list below "Expected:": it judges what the words above the list judge, everything of its fence."""
    draft = desk.put("check", line, place)
    add_check(desk, draft, line.raw.strip() if "`" in line.raw else line.text, place.runs[-1])
    draft.text, draft.scope = line.text, "fence"
    announced.kind, announced.judges, announced.rule = "info", None, None
    return draft


def read_wait(desk: Desk, line: Line, place: Place) -> Draft | None:
    """A wait or a soak; a claim over time is watched by its signal, or a person says at its end whether it held."""
    found = find_wait(line.text)
    if found is None or desk.informs or (found.seconds is None and line.weight == "line" and _leads(line)):
        return None
    if desk.rolls_back:
        return desk.put("rollback", line, place, duration_s=found.seconds)
    wait = desk.put("wait", line, place, duration_s=found.seconds)
    if found.claims:
        _watch(desk, line, place, wait)
    return wait


def _watch(desk: Desk, line: Line, place: Place, wait: Draft) -> None:
    gate = None
    if _DIGIT.search(line.text) and is_threshold(line.text):
        gate = read_gate(line.text, find_polarity(line.text, place.polarity), desk.bindings)
        if gate.expression and gate.doubt is None and not is_bad(gate.rule):
            wait.expression = _WINDOW.sub("", gate.expression)
            return
    if gate is not None:
        desk.put("gate", line, place, rule=gate.rule, expression=gate.expression, doubt=gate.doubt)
    else:
        desk.put("human", line, place)


def _leads(line: Line) -> bool:
    return line.text.endswith(":")


def read_threshold(desk: Desk, line: Line, place: Place) -> Draft | None:
    """A bound on a live number; when it names a command above it, a check on that command."""
    if not _DIGIT.search(line.text) or not is_threshold(line.text) or (desk.informs and line.weight != "box"):
        return None
    if sets_up_alerts(desk.section.title):
        return desk.put("human", line, place)
    if desk.section.is_foreign:
        return desk.put("human", line, place, doubt="language")
    gate = read_gate(line.text, find_polarity(line.text, place.polarity), desk.bindings)
    if gate.expression is None and gate.doubt is None and (check := _judge_run(desk, line, place, gate.rule)):
        return check
    kind: Kind = "rollback" if desk.rolls_back else "gate"
    return desk.put(kind, line, place, rule=gate.rule, expression=gate.expression, doubt=gate.doubt)


def read_judgement(desk: Desk, line: Line, place: Place) -> Draft | None:
    """A box or a bullet that some command above it settles: "All 15 tests passing" under the test run."""
    if desk.informs or not place.runs or line.weight in ("line", "number") or not _JUDGED.search(line.text):
        return None
    return _judge_run(desk, line, place, compile_marked(line.raw, line.text, place.polarity))


def _judge_run(desk: Desk, line: Line, place: Place, rule: Rule) -> Draft | None:
    found = find_judged(line.text, rule, place.runs)
    if found is None:
        return None
    return desk.put("check", line, place, rule=rule, judges=found[0], scope=found[1])
