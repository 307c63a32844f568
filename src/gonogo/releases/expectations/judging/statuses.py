"""HTTP status: from what the runner knows, a watched curl's marker, response headers, or ``-w '%{http_code}'``."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import is_curl, read_failure, read_status_lines
from gonogo.releases.expectations.judging.answer import Answer, answer, tail
from gonogo.releases.expectations.judging.weakness import list_statuses
from gonogo.releases.rules import HttpStatus

_FAIL_FLAG = re.compile(r"\s(?:-[A-Za-eg-z]*f[A-Za-z]*|--fail(?:-with-body|-early)?)(?=\s|$)")
_WRITE_OUT = re.compile(r"%\{(?:http_code|response_code)\}")
_WRITTEN = re.compile(r"(?<!\d)([0-5]\d\d)(?!\d)")
_BARE = re.compile(r"\s*(?:http[_ ]?(?:code|status)?[:= ]*)?([0-5]\d\d)\s*\Z", re.IGNORECASE)
_EXIT_FAILED = 22


def judge_http(rule: HttpStatus, evidence: Evidence) -> Answer:
    """Every status seen is one of the codes; a status that can't be known is for a person."""
    seen = _find_statuses(evidence)
    if not seen:
        return _judge_blind(rule, evidence)
    wrong = [code for code in seen if code not in rule.codes]
    forgives = (_EXIT_FAILED,) if any(code >= 400 for code in rule.codes) else ()
    if wrong:
        got = f"HTTP {wrong[0]}" if wrong[0] else "no response"
        return answer(False, f"expected {_write(rule.codes)}, got {got}", got, forgives)
    return answer(True, f"got HTTP {seen[-1]}, as expected", f"HTTP {seen[-1]}", forgives)


def _find_statuses(evidence: Evidence) -> list[int]:
    watched = list_statuses(evidence)
    if watched:
        return watched
    shown = read_status_lines(evidence.stdout) or read_status_lines(evidence.stderr)
    if shown:
        return shown[-1:]
    failed = read_failure(evidence.stderr)
    if failed is not None:
        return [failed]
    return _read_written(evidence)


def _read_written(evidence: Evidence) -> list[int]:
    """What ``-w '%{http_code}'`` wrote: the last three digits that stand alone, or an output that is nothing else."""
    bare = _BARE.match(evidence.stdout[:64])
    if bare is not None and len(evidence.stdout) <= 64:
        return [int(bare[1])]
    if _WRITE_OUT.search(evidence.command):
        return [int(code) for code in _WRITTEN.findall(tail(evidence.stdout)[-64:])[-1:]]
    return []


def _judge_blind(rule: HttpStatus, evidence: Evidence) -> Answer:
    good = all(code < 400 for code in rule.codes)
    if is_curl(evidence.command) and _FAIL_FLAG.search(evidence.command):
        if evidence.exit_code == 0:
            why = f"curl -f exited 0, so the status was below 400; expected {_write(rule.codes)}"
            return answer(good, why, "below 400")
        if evidence.exit_code == _EXIT_FAILED:
            why = f"curl -f exited 22, so the status was 400 or more; expected {_write(rule.codes)}"
            return Answer("fail" if good else "human", why, "400 or more", (_EXIT_FAILED,))
    if is_curl(evidence.command) and evidence.exit_code:
        return answer(False, f"expected {_write(rule.codes)}, and curl got no response", "no response")
    why = f"the output does not show the HTTP status; expected {_write(rule.codes)} (curl -i or -f would tell)"
    return Answer("human", why)


def _write(codes: tuple[int, ...]) -> str:
    return "HTTP " + " or ".join(map(str, codes))
