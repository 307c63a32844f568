"""A version at least as new as the rule's, in the order of PEP 440."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.judging.answer import Answer, answer, clean
from gonogo.releases.rules import Version

_VERSION = re.compile(r"(?<![\d.])v?(\d{1,6}(?:\.\d{1,6}){1,3})(?![\d])")
_WHOLE = re.compile(r"\s*v?(\d{1,6})\s*\Z")
_MAX_TEXT = 4096


def judge_version(rule: Version, evidence: Evidence) -> Answer:
    """The first version that the output shows, on the subject's line when there is one."""
    from packaging.version import InvalidVersion
    from packaging.version import Version as Order

    seen = _find_version(rule, evidence)
    subject = rule.subject or "the version"
    if seen is None:
        return Answer("no_data", f"the output shows no version; expected {subject} >= {rule.minimum}")
    try:
        holds = Order(seen) >= Order(rule.minimum)
    except InvalidVersion:
        return Answer("human", f"{rule.minimum!r} is not a version that can be compared; the output shows {seen}", seen)
    return answer(holds, f"{subject} is {seen}, {'as expected: >=' if holds else 'not >='} {rule.minimum}", seen)


def _find_version(rule: Version, evidence: Evidence) -> str | None:
    for text in (clean(evidence.stdout[:_MAX_TEXT]), clean(evidence.stderr[:_MAX_TEXT])):
        lines = [line for line in text.splitlines() if rule.subject and rule.subject.lower() in line.lower()]
        match = _VERSION.search("\n".join(lines)) or _VERSION.search(text) or _WHOLE.match(text)
        if match is not None:
            return match[1]
    return None
