"""Absence: nothing at all, no rows, no errors, no failures, or not a certain text."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import strip_meter
from gonogo.releases.expectations.judging.answer import Answer, answer, clean, shorten
from gonogo.releases.expectations.judging.counting import find_rows
from gonogo.releases.expectations.judging.summaries import read_summary
from gonogo.releases.rules import Absence

_SEARCHES = re.compile(r"(?:^|[\s;&|(])(?:[efz]?grep|rg|ag|ack|pgrep|git grep)(?:\s|$)")
_HARMLESS = re.compile(
    r"\b(?:0|no|zero|without(?: any)?) (?:\w{1,20} )?(?:errors?|warnings?|exceptions?|failures?|failed)\b"
    r"|\b(?:errors?|warnings?|exceptions?|failures?|failed)[\"']?\s?[:=]\s?(?:0\b|none\b|null\b|\[\]|false\b)"
    r"|\b(?:error|exception|warning|failure)[_.-]\w+|\w+[_-](?:error|exception|warning|failure)s?\b",
    re.IGNORECASE,
)
_WORDS = {
    "errors": re.compile(
        r"\b(?:errors?|fatal|exceptions?|traceback|panic(?:ked)?|critical|failed|failure|segfault"
        r"|stack trace)\b|\bE\d{4}\b"
        r"|\b[A-Z][A-Za-z]{2,40}(?:Error|Exception)\b",
        re.IGNORECASE,
    ),
    "warnings": re.compile(r"\bwarn(?:ings?)?\b|\b[A-Z][A-Za-z]{2,40}Warning\b", re.IGNORECASE),
    "duplicates": re.compile(r"\bduplicate[sd]?\b", re.IGNORECASE),
    "failures": re.compile(r"\b(?:failed|failures?|failing)\b", re.IGNORECASE),
}
_STATUS = re.compile(r"([45])(\d\d|xx) errors\Z")


def judge_absence(rule: Absence, evidence: Evidence) -> Answer:
    """Nothing of ``what``; a search that exits 1 because it found nothing is what was asked for."""
    forgives = (1,) if _SEARCHES.search(evidence.command) else ()
    if rule.what == "":
        return _judge_empty(evidence, forgives)
    if rule.what == "rows" or (rule.what == "duplicates" and not evidence.stdout.strip()):
        return _judge_rows(evidence, forgives)
    if rule.what == "failures":
        summary = read_summary(evidence.stdout, evidence.stderr)
        if summary is not None:
            return answer(summary.failed == 0, summary.describe(), summary.describe())
    return _judge_lines(rule, evidence, forgives)


def _judge_empty(evidence: Evidence, forgives: tuple[int, ...]) -> Answer:
    seen = (clean(evidence.stdout).strip() or strip_meter(evidence.stderr).strip())[:2000]
    if not seen:
        return answer(True, "there was no output, as expected", "", forgives)
    return answer(
        False, f"expected no output, got {shorten(seen)!r}", seen, () if evidence.stdout.strip() else forgives
    )


def _judge_rows(evidence: Evidence, forgives: tuple[int, ...]) -> Answer:
    rows = find_rows(clean(evidence.stdout))
    if rows == 0:
        return answer(True, "no rows, as expected", "0 rows", forgives)
    return answer(False, f"expected no rows, got {rows}: {shorten(evidence.stdout)!r}", f"{rows} rows")


def _judge_lines(rule: Absence, evidence: Evidence, forgives: tuple[int, ...]) -> Answer:
    pattern = _find_pattern(rule.what)
    lines = [line for line in _list_lines(evidence) if pattern.search(line)]
    lines = [line for line in lines if pattern.search(_HARMLESS.sub(" ", line))] if rule.what in _WORDS else lines
    if not lines:
        return answer(True, f"no {rule.what} in the output", f"0 {rule.what}", forgives)
    count = "1 line shows" if len(lines) == 1 else f"{len(lines)} lines show"
    return answer(False, f"expected no {rule.what}, but {count} them: {shorten(lines[0])!r}", lines[0])


def _list_lines(evidence: Evidence) -> list[str]:
    return [*clean(evidence.stdout).splitlines(), *clean(strip_meter(evidence.stderr)).splitlines()]


def _find_pattern(what: str) -> re.Pattern[str]:
    known = _WORDS.get(what)
    if known is not None:
        return known
    status = _STATUS.match(what)
    if status is not None:
        return re.compile(rf"(?<![\d.:]){status[1]}{status[2].replace('xx', '[0-9][0-9]')}(?![\d.:]|ms)")
    if what.endswith(" errors"):
        return re.compile(
            rf"\b{re.escape(what.removesuffix(' errors'))}\b.{{0,80}}?\b(?:error|refused|failed|reset|timed out)",
            re.IGNORECASE,
        )
    return re.compile(re.escape(what))
