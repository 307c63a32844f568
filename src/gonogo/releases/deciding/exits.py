"""What a command's exit code says, before any written expectation is asked. Pure."""

from __future__ import annotations

from gonogo.releases.evidence import Evidence, Verdict
from gonogo.releases.expectations import judge
from gonogo.releases.expectations.judging.finders import find_answers
from gonogo.releases.expectations.judging.weakness import find_weakness
from gonogo.releases.plan import Item
from gonogo.releases.rules import Absence, Contains, Count, Every, Exact, Exit, HttpStatus, Human, Json, Number, Rule

_NOT_RUN = 126
_CURL_HTTP_ERROR = 22
_FIRST_CLIENT_ERROR = 400


def judge_exit(run: Item, checks: list[Item], evidence: Evidence) -> Verdict:
    """Pass or fail by the exit code, given the checks that will look at the same command.

    A sign of failure that the exit code hides (a pipe's first command, an SQL error, HTTP 500) leaves the command
    undecided where nothing else judges it.
    """
    code = evidence.exit_code
    seen = None if code is None else str(code)
    if evidence.timed_out:
        return Verdict(outcome="fail", why=f"It did not end within its time, {evidence.duration_s:.0f} s.", seen=seen)
    if code is None:
        return Verdict(outcome="undecided", why="Its exit code was not seen.")
    if code < 0:
        return Verdict(outcome="fail", why=f"It was ended by signal {-code}.", seen=seen)
    if isinstance(run.rule, Absence | Count):
        return judge(run.rule, evidence)
    accepted = accepted_codes(run, checks)
    if code in accepted:
        return _weigh(run, checks, evidence, code)
    wanted = " or ".join(map(str, sorted(accepted))) if len(accepted) < _NOT_RUN - 1 else "a failure"
    return Verdict(outcome="fail", why=f"Exit code {code}, expected {wanted}.", seen=seen)


def _weigh(run: Item, checks: list[Item], evidence: Evidence, code: int) -> Verdict:
    weakness = find_weakness(evidence) if code == 0 else None
    if weakness is None:
        return Verdict(outcome="pass", why=_explain(run, code, checks), seen=str(code))
    if any(not isinstance(check.rule, Human | None) for check in checks):
        return Verdict(outcome="pass", why=f"Exit code 0, but {weakness}; what follows judges it.", seen=str(code))
    return Verdict(outcome="undecided", why=f"Exit code 0, but {weakness}.", seen=str(code))


def accepted_codes(run: Item, checks: list[Item]) -> frozenset[int]:
    """The exit codes that are no failure by themselves."""
    rules = [rule for check in checks for rule in _list_rules(check.rule)]
    own = run.rule if isinstance(run.rule, Exit) else Exit(source="exit 0")
    if own.fails:
        return frozenset(range(1, _NOT_RUN))
    if any(isinstance(rule, Contains | Exit) and rule.fails for rule in rules):
        return frozenset(range(_NOT_RUN))
    accepted = set(own.codes).union(*(rule.codes for rule in rules if isinstance(rule, Exit)))
    if any(isinstance(rule, Absence | Count | Number | Exact | Contains | Json) for rule in rules):
        accepted.update(find_answers(run.command or "")[0])
    if any(isinstance(rule, HttpStatus) and max(rule.codes) >= _FIRST_CLIENT_ERROR for rule in rules):
        accepted.add(_CURL_HTTP_ERROR)
    return frozenset(accepted)


def _list_rules(rule: Rule | None) -> list[Rule]:
    if isinstance(rule, Every):
        return [each for inner in rule.rules for each in _list_rules(inner)]
    return [] if rule is None else [rule]


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
