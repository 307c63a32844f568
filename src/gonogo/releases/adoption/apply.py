"""A plan with the answers of its adoption file: what was doubtful is settled as somebody said."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from msgspec.structs import replace

from gonogo.kernel.signals import ExpressionError, parse_expression
from gonogo.releases.adoption.entries import Adoption, AnswerKind, Entry
from gonogo.releases.adoption.questions import ALLOWED, is_doubtful
from gonogo.releases.expectations import compile_expectation
from gonogo.releases.plan import Finding, Item, Phase, Plan
from gonogo.releases.reading.gates import write_expression
from gonogo.releases.rules import Human, Number

ADOPTED_BY = "adopted by "
"""What the reason of an adopted item begins with."""

_RUNS_IT: frozenset[AnswerKind] = frozenset({"run", "alternative", "host"})


class _Refused(Exception):
    """The entry can't be applied; the message says why and what to do."""


def adopt_plan(plan: Plan, adoption: Adoption, hosts: Collection[str] | None = None) -> Plan:
    """The plan after these answers. ``hosts`` are the names of ``[hosts]`` in gonogo.toml; None when not known.

    An answer never puts something on the way that is certainly off it: of what never runs, only rollback commands can
    be answered, so that a rollback asks nothing.
    """
    if not adoption.entries and not adoption.findings:
        return plan
    work = _Adopting(adoption, hosts)
    phases = tuple(work.adopt_phase(phase) for phase in plan.phases)
    phases = tuple(_settle_checks(phase, work.aside) for phase in phases) if work.aside else phases
    work.report_stale()
    findings = sorted(
        (*plan.findings, *adoption.findings, *work.findings),
        key=lambda finding: (finding.line, finding.rule, finding.message),
    )
    return replace(plan, phases=phases, findings=tuple(findings))


class _Adopting:
    def __init__(self, adoption: Adoption, hosts: Collection[str] | None) -> None:
        self.adoption = adoption
        self.hosts = hosts
        self.waiting = {entry.key: (number, entry) for number, entry in enumerate(adoption.entries)}
        self.findings: list[Finding] = []
        self.aside: dict[str, Entry] = {}

    def adopt_phase(self, phase: Phase) -> Phase:
        before: Item | None = None
        items = []
        for item in phase.items:
            adopted = self.adopt_item(item, before)
            if item.kind == "run" and item.command:
                before = adopted if adopted.kind == "run" and adopted.runs == "auto" else None
            items.append(adopted)
        return replace(phase, items=tuple(items))

    def adopt_item(self, item: Item, before: Item | None) -> Item:
        number, entry = self.waiting.pop(item.key, (0, None))
        if entry is None:
            return item
        try:
            adopted = _answer(item, entry, before, self.hosts)
        except _Refused as refused:
            self.report(number, "warning" if is_doubtful(item) else "info", item.line, str(refused))
            return item
        if entry.answer in ("out", "hand", "note") and item.kind == "run":
            self.aside[item.id] = entry
        return adopted

    def report_stale(self) -> None:
        for number, entry in self.waiting.values():
            said = f"nothing of the document is '{entry.first_line[:60]}' any more under these headings"
            self.report(number, "warning", 1, f"{said}: delete the entry, or adopt the line that replaced it")

    def report(self, number: int, severity: Any, line: int, message: str) -> None:
        place = f"{self.adoption.path or 'adoption'}:{self.adoption.line_of(number)}"
        self.findings.append(Finding(rule="adoption", severity=severity, line=line, message=f"{place}: {message}"))


def _answer(item: Item, entry: Entry, before: Item | None, hosts: Collection[str] | None) -> Item:
    if item.runs == "never" and item.kind != "rollback":
        raise _Refused("this line never runs, and an adoption can't change that. Delete the entry")
    if entry.answer not in ALLOWED[item.kind]:
        allowed = ", ".join(ALLOWED[item.kind]) or "nothing"
        raise _Refused(f"'{entry.answer}' is not an answer to a {item.kind}; it takes: {allowed}. Adopt the line again")
    if entry.doubt is not None and is_doubtful(item) and entry.doubt != item.doubt:
        raise _Refused(
            f"it answers the doubt '{entry.doubt}', and now there is another one: {item.why or item.doubt}. "
            "Adopt the line again"
        )
    return _ANSWERS[entry.answer](item, entry, before, hosts)


def _run(item: Item, entry: Entry, _before: Item | None, _hosts: Collection[str] | None) -> Item:
    if item.kind == "rollback":
        return replace(item, doubt=None, adopted=entry.answer, why=_say(entry, "runs in a rollback"))
    runs = "auto" if item.command or item.action else item.runs
    if entry.folder == "start":
        why = _say(entry, "runs from the folder where the run began")
        return replace(item, runs=runs, doubt=None, adopted=entry.answer, starts_from="run", why=why)
    return replace(item, runs=runs, doubt=None, adopted=entry.answer, why=_say(entry, "runs"))


def _hand(item: Item, entry: Entry, _before: Item | None, _hosts: Collection[str] | None) -> Item:
    if item.kind == "rollback":
        # The doubt stays: a rollback stops there, and a person does it.
        return replace(item, adopted="hand", why=_say(entry, "a person does this by hand"))
    if item.kind == "check":
        rule = Human(source=item.rule.source if item.rule else item.text, question=item.text)
        return replace(item, rule=rule, doubt=None, adopted="hand", why=_say(entry, "a person judges this"))
    if item.kind == "gate":
        rule = Human(source=item.text, question=item.text)
        told = _say(entry, "a person decides this")
        return replace(item, rule=rule, expression=None, doubt=None, adopted="hand", why=told)
    if item.kind == "human":
        return replace(item, runs=None, doubt=None, adopted="hand", why=_say(entry, "a person does this"))
    text = item.text if item.command is None or item.command == item.text else item.command
    return _make_human(item, text, "hand", _say(entry, "a person does this by hand"))


def _make_human(item: Item, text: str, answer: AnswerKind, why: str) -> Item:
    return replace(
        item, kind="human", text=text, command=None, runs=None, rule=None, doubt=None, adopted=answer, why=why
    )


def _out(item: Item, entry: Entry, _before: Item | None, _hosts: Collection[str] | None) -> Item:
    told = _say(entry, f"left out: {entry.why}")
    kind = "info" if item.kind == "rollback" else item.kind
    return replace(item, kind=kind, runs="never", doubt=None, adopted="out", why=told)


def _note(item: Item, entry: Entry, _before: Item | None, _hosts: Collection[str] | None) -> Item:
    told = _say(entry, "nothing to do: it is output or a note")
    return replace(item, kind="info", runs="never", doubt=None, adopted="note", why=told)


def _host(item: Item, entry: Entry, _before: Item | None, hosts: Collection[str] | None) -> Item:
    if hosts is not None and entry.host not in hosts:
        told = _say(entry, f"a person types this on {entry.host}, which [hosts] of gonogo.toml does not have")
        return _make_human(item, f"On {entry.host}: {item.command or item.text}", "host", told)
    told = _say(entry, f"runs on {entry.host}")
    return replace(item, host=entry.host, runs="auto", doubt=None, adopted="host", why=told)


def _rule(item: Item, entry: Entry, before: Item | None, _hosts: Collection[str] | None) -> Item:
    rule = compile_expectation(entry.rule)
    if isinstance(rule, Human):
        raise _Refused(f"field 'rule': {entry.rule!r} is not a rule. Write one such as HTTP 200 or contains 'OK'")
    judges = item.judges or (before.id if before else None)
    if judges is None:
        raise _Refused("field 'rule': there is no command here that runs, so there is no output to judge. Use 'hand'")
    told = _say(entry, f"judged by the rule '{entry.rule}'")
    return replace(item, rule=rule, judges=judges, doubt=None, adopted="rule", why=told)


def _signal(item: Item, entry: Entry, _before: Item | None, _hosts: Collection[str] | None) -> Item:
    expression = entry.signal
    if isinstance(item.rule, Number) and not any(sign in expression for sign in "<>=!"):
        bound = replace(item.rule, signal=expression)
        expression = write_expression(bound, item.text) or expression
    else:
        bound = item.rule if isinstance(item.rule, Number) else None  # type: ignore[assignment]
    try:
        parse_expression(expression)
    except ExpressionError as error:
        raise _Refused(f"field 'signal': {error}. Write one such as 'http.error_rate < 1% over 5m'") from error
    told = _say(entry, f"measured by {expression}")
    return replace(item, rule=bound, expression=expression, doubt=None, adopted="signal", why=told)


def _role(item: Item, entry: Entry, _before: Item | None, _hosts: Collection[str] | None) -> Item:
    return replace(item, role=entry.role, doubt=None, adopted="role", why=_say(entry, f"belongs to {entry.role}"))


_ANSWERS: dict[AnswerKind, Callable[[Item, Entry, Item | None, Collection[str] | None], Item]] = {
    "run": _run,
    "alternative": _run,
    "hand": _hand,
    "out": _out,
    "note": _note,
    "host": _host,
    "rule": _rule,
    "signal": _signal,
    "role": _role,
}


def _say(entry: Entry, what: str) -> str:
    return f"{ADOPTED_BY}{entry.by} on {entry.at[:10]}: {what}"


def _settle_checks(phase: Phase, aside: dict[str, Entry]) -> Phase:
    """What judged a command that no longer runs: left out with it, or for the person who does it by hand."""
    runs: dict[str, str] = {}
    items = []
    for item in phase.items:
        if item.kind == "run" and item.runs == "auto" and item.fence:
            runs[item.fence] = item.id
        entry = aside.get(item.judges or "") if item.kind == "check" else None
        items.append(item if entry is None or item.runs == "never" else _settle_check(item, entry))
    return replace(phase, items=tuple(items))


def _settle_check(item: Item, entry: Entry) -> Item:
    if entry.answer == "hand":
        source = item.rule.source if item.rule else item.text
        why = _say(entry, "a person judges this, as a person does what it is about")
        return replace(item, judges=None, rule=Human(source=source, question=item.text), why=why)
    if item.scope == "fence":
        # It is about the rest of the fence as well, so that somebody has to look.
        source = item.rule.source if item.rule else item.text
        why = _say(entry, "the last command of this block is left out, so that a person judges the rest")
        return replace(item, judges=None, rule=Human(source=source, question=item.text), why=why)
    return replace(item, runs="never", adopted="out", why=_say(entry, "left out with its command"))
