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
from gonogo.releases.expectations.judging.jsons import judge_json
from gonogo.releases.expectations.judging.numbers import judge_number
from gonogo.releases.expectations.judging.statuses import judge_http
from gonogo.releases.expectations.judging.texts import judge_contains, judge_exact
from gonogo.releases.expectations.judging.versions import judge_version
from gonogo.releases.rules import Absence, Contains, Count, Exact, Exit, HttpStatus, Human, Json, Number, Rule, Version

_JUDGES: dict[type, Callable[[Any, Evidence], Answer]] = {
    Absence: judge_absence,
    Contains: judge_contains,
    Count: judge_count,
    Exact: judge_exact,
    Exit: judge_exit,
    HttpStatus: judge_http,
    Json: judge_json,
    Number: judge_number,
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
    found = _JUDGES[type(rule)](rule, evidence)
    if isinstance(rule, Exit) or (isinstance(rule, Contains) and rule.fails):
        return found.conclude()
    return _weigh_exit(found, evidence.exit_code)


def _weigh_exit(found: Answer, code: int) -> Verdict:
    if code == 0 or code in found.forgives:
        return found.conclude()
    seen = found.seen if found.outcome == "fail" else f"exit code {code}"
    joint = "but" if found.outcome == "pass" else "and"
    return Verdict(outcome="fail", why=f"{found.why}, {joint} the command failed with exit code {code}", seen=seen)
