"""Absence: nothing at all, no rows, no errors, no failures, or not a certain text."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import strip_meter
from gonogo.releases.expectations.judging.answer import Answer, answer, clean, shorten
from gonogo.releases.expectations.judging.counting import find_rows
from gonogo.releases.expectations.judging.finders import forgive
from gonogo.releases.expectations.judging.summaries import read_summary
from gonogo.releases.expectations.judging.suspects import MOST_SUSPECTS, list_suspects
from gonogo.releases.expectations.judging.wording import find_words
from gonogo.releases.rules import Absence

_NO_RESOURCES = re.compile(r"No resources found[^\n]{0,200}\Z")
_HARMLESS = re.compile(
    r"\b(?:0|no|zero|without(?: any)?) (?:\w{1,20} )?(?:errors?|warnings?|exceptions?|failures?|failed)\b"
    r"|\b(?:errors?|warnings?|exceptions?|failures?|failed)[\"']?\s?[:=]\s?(?:0\b|none\b|null\b|\[\]|false\b)"
    r"|\b(?:error|exception|warning|failure)[_.-]\w{1,60}|\b\w{1,60}[_-](?:error|exception|warning|failure)s?\b",
    re.IGNORECASE,
)
_WORDS = {
    "errors": re.compile(
        r"\b(?:errors?|fatal|exceptions?|traceback|panic(?:ked)?|critical|failed|failure|segfault"
        r"|stack trace)\b|\bE[01]\d{3}\b"
        r"|\b[A-Z][A-Za-z]{2,40}(?:Error|Exception)\b",
        re.IGNORECASE,
    ),
    "warnings": re.compile(r"\bwarn(?:ings?)?\b|\b[A-Z][A-Za-z]{2,40}Warning\b", re.IGNORECASE),
    "duplicates": re.compile(r"\bduplicate[sd]?\b", re.IGNORECASE),
    "failures": re.compile(r"\b(?:failed|failures?|failing)\b", re.IGNORECASE),
}
# What a line has to hold, in lower case, to be looked at more closely.
_STEMS = {
    "errors": (
        "err",
        "fatal",
        "exception",
        "traceback",
        "panic",
        "critical",
        "fail",
        "segfault",
        "stack trace",
        "e0",
        "e1",
    ),
    "warnings": ("warn",),
    "duplicates": ("duplicate",),
    "failures": ("fail",),
}
_STATUS = re.compile(r"([45])(\d\d|xx) errors\Z")


def judge_absence(rule: Absence, evidence: Evidence) -> Answer:
    """Nothing of ``what``; a search that exits 1 because it found nothing is what was asked for."""
    forgives = forgive(evidence)
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
    said = strip_meter(evidence.stderr).strip()
    seen = clean(evidence.stdout).strip()[:2000] or ("" if _NO_RESOURCES.match(said[:400]) else said[:2000])
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


def _judge_words(rule: Absence, evidence: Evidence, forgives: tuple[int, ...]) -> Answer:
    """A text that must not be there: whole words fail, what only resembles them is for a person."""
    output = f"{clean(evidence.stdout)}\n{clean(strip_meter(evidence.stderr))}"
    found = find_words(rule.what, output)
    if found.said:
        line = _find_line(rule.what, output)
        return answer(False, f"expected no {rule.what!r} in the output, got {shorten(line)!r}", line)
    if found.denied or rule.what.lower() in output.lower():
        line = _find_line(rule.what, output)
        return Answer("human", f"whether {shorten(line)!r} counts as {rule.what!r} is for a person", shorten(line))
    return answer(True, f"no {rule.what!r} in the output", f"0 {rule.what}", forgives)


def _find_line(what: str, output: str) -> str:
    at = output.lower().find(what.lower().split()[0])
    start = output.rfind("\n", 0, max(at, 0)) + 1
    return output[start : start + 400].split("\n", 1)[0]


def _judge_lines(rule: Absence, evidence: Evidence, forgives: tuple[int, ...]) -> Answer:
    pattern = _find_pattern(rule.what)
    if pattern is None:
        return _judge_words(rule, evidence, forgives)
    output = f"{clean(evidence.stdout)}\n{clean(strip_meter(evidence.stderr))}"
    suspects = list_suspects(output, _STEMS.get(rule.what) or _name_stems(rule.what))
    known = rule.what in _WORDS
    lines = [line for line in suspects if pattern.search(_HARMLESS.sub(" ", line) if known else line)]
    if not lines and len(suspects) == MOST_SUSPECTS:
        return Answer("human", f"too many lines resemble {rule.what} to look at each: a person decides")
    if not lines:
        return answer(True, f"no {rule.what} in the output", f"0 {rule.what}", forgives)
    count = "1 line shows" if len(lines) == 1 else f"{len(lines)} lines show"
    return answer(False, f"expected no {rule.what}, but {count} them: {shorten(lines[0])!r}", lines[0])


def _name_stems(what: str) -> tuple[str, ...]:
    first = what.split()[0].lower()
    return tuple(f"{first[0]}{digit}" for digit in range(10)) if first.endswith("xx") else (first,)


def _find_pattern(what: str) -> re.Pattern[str] | None:
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
    return None
