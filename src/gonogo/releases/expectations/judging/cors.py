"""CORS is refused by browsers, not by servers: curl exits 0, and only the missing header shows the refusal."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import is_curl, read_status_lines
from gonogo.releases.expectations.judging.answer import Answer, answer
from gonogo.releases.rules import Contains

_ALLOWED = re.compile(r"^(?:< )?access-control-allow-origin:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_ORIGIN = re.compile(r"origin:[ ]*([^\s\"']+)", re.IGNORECASE)


def judge_cors(rule: Contains, evidence: Evidence) -> Answer | None:
    """Judge an expected CORS refusal of a curl that got an answer; None when it is something else."""
    if not rule.text.lower().startswith("cors") or not is_curl(evidence.command) or evidence.exit_code != 0:
        return None
    output = f"{evidence.stdout}\n{evidence.stderr}"
    if not read_status_lines(output):
        return Answer(
            "human", "curl did not show the response's headers, so whether a browser would block it is unknown"
        )
    allowed, asked = _ALLOWED.search(output), _ORIGIN.search(evidence.command)
    if allowed is None:
        return answer(True, "blocked as expected: the response has no Access-Control-Allow-Origin header")
    if allowed[1] != "*" and asked is not None and allowed[1].rstrip("/") != asked[1].rstrip("/"):
        return answer(True, f"blocked as expected: only {allowed[1]} is allowed, not {asked[1]}", allowed[1])
    return answer(False, f"expected to be blocked, but Access-Control-Allow-Origin is {allowed[1]}", allowed[1])
