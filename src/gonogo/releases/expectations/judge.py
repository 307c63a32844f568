"""A rule held against what a command left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gonogo.kernel.signals.units import tell_value
from gonogo.releases.evidence import Evidence, Verdict
from gonogo.releases.expectations.judging.absences import judge_absence
from gonogo.releases.expectations.judging.answer import Answer
from gonogo.releases.expectations.judging.counting import judge_count
from gonogo.releases.expectations.judging.exits import judge_exit
from gonogo.releases.expectations.judging.finders import forgive
from gonogo.releases.expectations.judging.jsons import judge_json
from gonogo.releases.expectations.judging.numbers import judge_number
from gonogo.releases.expectations.judging.presences import judge_presence
from gonogo.releases.expectations.judging.statuses import judge_http
from gonogo.releases.expectations.judging.texts import judge_contains, judge_exact
from gonogo.releases.expectations.judging.versions import judge_version
from gonogo.releases.expectations.judging.weakness import find_weakness
from gonogo.releases.rules import (
    Absence,
    Contains,
    Count,
    Every,
    Exact,
    Exit,
    HttpStatus,
    Human,
    Json,
    NotEmpty,
    Number,
    Rule,
    Version,
)

_JUDGES: dict[type, Callable[[Any, Evidence], Answer]] = {
    Absence: judge_absence,
    Contains: judge_contains,
    Count: judge_count,
    Exact: judge_exact,
    Exit: judge_exit,
    HttpStatus: judge_http,
    Json: judge_json,
    Number: judge_number,
    NotEmpty: judge_presence,
    Version: judge_version,
}


def judge(rule: Rule, evidence: Evidence) -> Verdict:
    """Give a verdict with one sentence on what was seen and what was asked; never raises.

    A timeout fails, an end nobody saw is no data, and a failing exit code fails any rule that doesn't expect one.
    """
    if isinstance(rule, Human):
        return Verdict(outcome="human", why=f"a person decides: {rule.question or rule.source}")
    if evidence.timed_out:
        return Verdict(outcome="fail", why=f"timed out after {tell_value(evidence.duration_s, 's')}", seen="timed out")
    if evidence.exit_code is None:
        return Verdict(outcome="no_data", why="the end of the command was not seen, so nothing is known of its result")
    if isinstance(rule, Every):
        return _judge_every(rule, evidence)
    found = _JUDGES[type(rule)](rule, evidence)
    if evidence.cut and found.outcome == "pass" and _needs_all(rule):
        why = f"{found.why}, but a part of this long output was not kept: a person decides"
        return Verdict(outcome="human", why=why, seen=found.seen)
    if isinstance(rule, Exit) or (isinstance(rule, Contains) and rule.fails):
        return _weigh_weakness(rule, found.conclude(), evidence)
    return _weigh_weakness(rule, _weigh_exit(found, evidence), evidence)


def _needs_all(rule: Rule) -> bool:
    """Whether a pass is a claim about every line, so that one which was not kept might break it."""
    return isinstance(rule, Absence | Count) or (isinstance(rule, Contains) and rule.every_line)


def _judge_every(rule: Every, evidence: Evidence) -> Verdict:
    """The first that fails decides, then the first that can't be decided; otherwise all of them pass."""
    verdicts = [judge(each, evidence) for each in rule.rules]
    for outcome in ("fail", "human", "undecided", "no_data"):
        first = next((verdict for verdict in verdicts if verdict.outcome == outcome), None)
        if first is not None:
            return first
    return Verdict(outcome="pass", why="; ".join(verdict.why for verdict in verdicts) or "nothing was asked")


def _weigh_weakness(rule: Rule, verdict: Verdict, evidence: Evidence) -> Verdict:
    """A pass in spite of a sign of failure is for a person; a status that was asked for is no such sign."""
    settled = isinstance(rule, HttpStatus) or (isinstance(rule, Exit | Contains) and rule.fails)
    if verdict.outcome != "pass" or settled:
        return verdict
    weakness = find_weakness(evidence)
    if weakness is None:
        return verdict
    return Verdict(outcome="human", why=f"{verdict.why}, but {weakness}: a person decides", seen=verdict.seen)


def _weigh_exit(found: Answer, evidence: Evidence) -> Verdict:
    code = evidence.exit_code
    if code == 0 or code in found.forgives or code in forgive(evidence):
        return found.conclude()
    seen = found.seen if found.outcome == "fail" else f"exit code {code}"
    joint = "but" if found.outcome == "pass" else "and"
    return Verdict(outcome="fail", why=f"{found.why}, {joint} the command failed with exit code {code}", seen=seen)
