"""What a command's exit code says, before any written expectation is asked. Pure."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence, Verdict
from gonogo.releases.plan import Item
from gonogo.releases.rules import Absence, Contains, Count, Exact, Exit, HttpStatus, Number

_NOT_RUN = 126
_CURL_HTTP_ERROR = 22
_FIRST_CLIENT_ERROR = 400
# These exit with 1 to say "nothing found" or "they differ": no failure when an expectation judges what was found.
_FINDERS = re.compile(r"(?:^|[|;&(]\s*)(?:sudo\s+)?(?:e|f|z|p)?(?:grep|diff|cmp|pgrep|test|\[)\b")


def judge_exit(run: Item, checks: list[Item], evidence: Evidence) -> Verdict:
    """Pass or fail by the exit code, given the checks that will look at the same command."""
    code = evidence.exit_code
    seen = None if code is None else str(code)
    if evidence.timed_out:
        return Verdict(outcome="fail", why=f"It did not end within its time, {evidence.duration_s:.0f} s.", seen=seen)
    if code is None:
        return Verdict(outcome="undecided", why="Its exit code was not seen.")
    if code < 0:
        return Verdict(outcome="fail", why=f"It was ended by signal {-code}.", seen=seen)
    accepted = accepted_codes(run, checks)
    if code in accepted:
        return Verdict(outcome="pass", why=_explain(run, code, checks), seen=seen)
    wanted = " or ".join(map(str, sorted(accepted))) if len(accepted) < _NOT_RUN - 1 else "a failure"
    return Verdict(outcome="fail", why=f"Exit code {code}, expected {wanted}.", seen=seen)


def accepted_codes(run: Item, checks: list[Item]) -> frozenset[int]:
    """The exit codes that are no failure by themselves."""
    rules = [check.rule for check in checks]
    own = run.rule if isinstance(run.rule, Exit) else Exit(source="exit 0")
    if own.fails:
        return frozenset(range(1, _NOT_RUN))
    if any(isinstance(rule, Contains | Exit) and rule.fails for rule in rules):
        return frozenset(range(_NOT_RUN))
    accepted = set(own.codes).union(*(rule.codes for rule in rules if isinstance(rule, Exit)))
    if any(isinstance(rule, Absence | Count | Number | Exact) for rule in rules) and _FINDERS.search(run.command or ""):
        accepted.add(1)
    if any(isinstance(rule, HttpStatus) and max(rule.codes) >= _FIRST_CLIENT_ERROR for rule in rules):
        accepted.add(_CURL_HTTP_ERROR)
    return frozenset(accepted)


def _explain(run: Item, code: int, checks: list[Item]) -> str:
    if code:
        return f"Exit code {code}, which is no failure here."
    if checks:
        return "Exit code 0; its output is judged by what follows."
    weak = isinstance(run.rule, Exit) and run.rule.weak
    return (
        "Exit code 0, which is weak evidence: this command says so even when it was refused."
        if weak
        else "Exit code 0."
    )
