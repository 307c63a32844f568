"""Exit codes: success by default, failure where that is what was expected."""

from __future__ import annotations

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.judging.answer import Answer, answer
from gonogo.releases.rules import Exit

_NOT_STARTED = (126, 127)


def judge_exit(rule: Exit, evidence: Evidence) -> Answer:
    """The exit code is one of the rule's; with ``fails`` and no codes, any but 0."""
    code = evidence.exit_code
    if rule.fails and not rule.codes and code in _NOT_STARTED:
        return Answer("human", f"the command could not be started (exit code {code}), which proves nothing", f"{code}")
    if rule.fails and not rule.codes:
        return answer(
            code != 0, f"it {'failed as expected' if code else 'was expected to fail'}, exit code {code}", f"{code}"
        )
    holds = code in rule.codes
    why = f"exit code {code}" if holds else f"exit code {code}, expected {' or '.join(map(str, rule.codes)) or 'none'}"
    if holds and rule.weak:
        why = f"{why}, which is weak evidence: the command exits 0 whatever the answer was"
    return answer(holds, why, f"{code}")
