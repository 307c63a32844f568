"""A plan beside its source: every line of the document, and what was understood of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from gonogo.releases import rules
from gonogo.releases.adoption.questions import is_doubtful
from gonogo.releases.plan import Finding, Item, Kind, Phase, Plan
from gonogo.releases.reading.decode import decode_text

KINDS: tuple[Kind, ...] = ("run", "check", "gate", "wait", "human", "sign", "rollback", "info")


class Line(msgspec.Struct, frozen=True):
    """One line of the document."""

    number: int
    text: str


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What one item says, in a few words: ``told`` is how it is judged or why it does not run."""

    item: Item
    told: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Some lines of the document and everything that begins there."""

    number: int
    lines: tuple[Line, ...]
    phase: Phase | None
    meanings: tuple[Meaning, ...]
    findings: tuple[Finding, ...]


def align_rows(plan: Plan, data: bytes) -> tuple[Row, ...]:
    """The whole document cut where a phase or an item begins. Lines count from 1, none is left out."""
    lines = decode_text(data).lines
    phases = {phase.line: phase for phase in plan.phases}
    items: dict[int, list[Item]] = {}
    for phase in plan.phases:
        for item in phase.items:
            items.setdefault(item.line, []).append(item)
    cuts = sorted({1, *phases, *items, *(item.end_line + 1 for group in items.values() for item in group)})
    cuts = [cut for cut in cuts if 1 <= cut <= len(lines)]
    return tuple(
        Row(
            number=start,
            lines=tuple(Line(number, lines[number - 1]) for number in range(start, end)),
            phase=phases.get(start),
            meanings=tuple(Meaning(item=item, told=tell_item(item)) for item in items.get(start, ())),
            findings=tuple(finding for finding in plan.findings if start <= finding.line < end),
        )
        for start, end in zip(cuts, [*cuts[1:], len(lines) + 1], strict=False)
    )


def count_kinds(plan: Plan) -> tuple[tuple[str, int], ...]:
    """How many items of each kind, in the order of ``KINDS``, without those there are none of."""
    counts = Counter(item.kind for phase in plan.phases for item in phase.items)
    return tuple((kind, counts[kind]) for kind in KINDS if counts[kind])


class Certainty(msgspec.Struct, frozen=True, kw_only=True):
    """How many items run by themselves, ask a person first, are for people, and never run."""

    runs: int
    asks: int
    people: int
    never: int


def count_certainty(plan: Plan) -> Certainty:
    """What a release would do by itself and what it would wait for, in four numbers."""
    items = [item for phase in plan.phases for item in phase.items]
    return Certainty(
        runs=sum(item.runs == "auto" and item.kind == "run" for item in items),
        asks=sum(map(is_doubtful, items)),
        people=sum(_is_for_people(item) and not is_doubtful(item) for item in items),
        never=sum(item.runs == "never" and item.kind != "rollback" and item.command is not None for item in items),
    )


def describe_certainty(counts: Certainty) -> str:
    """How many items run, ask, never run, or are for people."""
    parts = [
        (counts.runs, "runs by itself", "run by themselves"),
        (counts.asks, "asks first", "ask first"),
        (counts.people, "is for people", "are for people"),
        (counts.never, "never runs", "never run"),
    ]
    return ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in parts if number)


def _is_for_people(item: Item) -> bool:
    if item.runs == "never":
        return False
    judged = item.kind in ("check", "gate") and item.expression is None and isinstance(item.rule, rules.Human)
    return item.kind in ("human", "sign") or judged


def find_blocking(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that have to be mended before the checklist can run."""
    return tuple(finding for finding in findings if finding.severity == "error")


def tell_item(item: Item) -> str:
    """How the item is judged, or why it does not run by itself; empty when its text says it all."""
    parts = [item.why]
    if item.expression:
        parts.append(f"on {item.expression}")
    elif item.rule is not None:
        parts.append(tell_rule(item.rule))
    if item.role and item.kind == "sign":
        parts.append(f"signed by {item.role}")
    if item.host:
        parts.append(f"on host {item.host}")
    if item.retries:
        parts.append(f"{item.retries} retries")
    return "; ".join(part for part in parts if part)


def tell_rule(rule: rules.Rule) -> str:
    """The rule as the end of a sentence that begins with "passes when"."""
    match rule:
        case rules.Exact():
            return f"{rule.key or 'the output'} is {rule.text!r}"
        case rules.Contains():
            return _describe_contains(rule)
        case rules.Json():
            return f"the JSON holds {msgspec.json.encode(rule.pattern).decode()}"
        case rules.HttpStatus():
            return f"HTTP {' or '.join(map(str, rule.codes))}"
        case rules.Number():
            return _tell_number(rule)
        case rules.Absence():
            return f"no {rule.what!r} in the output" if rule.what else "no output at all"
        case rules.NotEmpty():
            return "the output is not empty"
        case rules.Count():
            return _tell_count(rule)
        case rules.Exit():
            return _tell_exit(rule)
        case rules.Version():
            return f"{rule.subject or 'version'} is at least {rule.minimum}"
        case rules.Every():
            return ", and ".join(tell_rule(each) for each in rule.rules)
        case rules.Human():
            return "a person judges"


def _describe_contains(rule: rules.Contains) -> str:
    where = "every row contains" if rule.every_line else "the output contains"
    near = f" on a line with {rule.near!r}" if rule.near else ""
    return f"{'fails and says' if rule.fails else where} {rule.text!r}{near}"


def _tell_number(rule: rules.Number) -> str:
    unit = f" {rule.unit}" if rule.unit and rule.unit != "%" else (rule.unit or "")
    subject = rule.subject or "the number"
    if rule.low is not None and rule.high is not None:
        told = f"{subject} between {rule.low:g} and {rule.high:g}{unit}"
    else:
        told = f"{subject} {rule.op} {rule.value:g}{unit}" if rule.value is not None else subject
    return told if rule.polarity == "good" else f"NO-GO when {told}"


def _tell_count(rule: rules.Count) -> str:
    total = f" of {rule.total}" if rule.total is not None else ""
    least = "at least " if rule.op == ">=" else ""
    return f"{least}{rule.value}{total} {rule.noun or ''}".strip()


def _tell_exit(rule: rules.Exit) -> str:
    codes = " or ".join(map(str, rule.codes))
    if rule.fails:
        return "the command fails"
    return f"exit {codes}" + (", which proves little here" if rule.weak else "")
