"""Numbers and deadlines: the one number that the rule can mean, in its unit, or no data."""

from __future__ import annotations

import re

from gonogo.kernel.signals.units import are_alike, convert, find_unit, tell_value
from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import find_http_times, strip_meter
from gonogo.releases.expectations.judging.answer import Answer, answer, tail
from gonogo.releases.expectations.judging.comparing import compare
from gonogo.releases.expectations.judging.counting import find_count
from gonogo.releases.expectations.words import NUMBER, UNITS, name_unit, read_number
from gonogo.releases.rules import Number

_AMOUNT = rf"(?P<value>-?(?:{NUMBER})) ?(?P<unit>{UNITS})?"
_AMOUNTS = re.compile(rf"(?<![\w.:/-]){_AMOUNT}(?![\w:/]|\.\d)")
_REAL = re.compile(r"^real\s{1,8}(?:(\d{1,6})m)?(\d{1,9}(?:[.,]\d{1,9})?)s?\s*$", re.MULTILINE)
_PERCENTILE = re.compile(r"\bp\(?(\d{2,3})\)?", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]{2,}")
# Where a program names its sum otherwise: pytest-cov's TOTAL row, the "All files" of c8 and jest.
_TOTALS = {"coverage": re.compile(r"^(?:TOTAL|All files)\b[^\n]{0,300}$", re.MULTILINE)}
_VAGUE = (
    "the",
    "of",
    "for",
    "is",
    "in",
    "on",
    "at",
    "time",
    "times",
    "response",
    "average",
    "under",
    "load",
    "per",
    "and",
)


def judge_number(rule: Number, evidence: Evidence) -> Answer:
    """Hold the number that the output names against the rule; the duration is the command's own."""
    seen = _find_seen(rule, evidence)
    if isinstance(seen, Answer):
        return seen
    holds = _holds(rule, seen) == (rule.polarity == "good")
    told = tell_value(seen, rule.unit or "")
    name = "it took" if rule.subject == "duration" else f"{rule.subject or 'the value'} is"
    asked = write_rule(rule)
    if rule.polarity == "bad":
        return answer(holds, f"{name} {told}, {'not' if holds else 'which is'} {asked}", told)
    return answer(holds, f"{name} {told}, {'as expected:' if holds else 'not'} {asked}", told)


def write_rule(rule: Number) -> str:
    """The rule's condition in few words: ``< 200ms`` or ``between 90 and 95``."""
    unit = rule.unit or ""
    if rule.op is not None and rule.value is not None:
        return f"{rule.op} {tell_value(rule.value, unit)}"
    ends = [tell_value(end, unit) for end in (rule.low, rule.high) if end is not None]
    return f"between {' and '.join(ends)}" if len(ends) == 2 else " ".join(ends)


def _holds(rule: Number, seen: float) -> bool:
    if rule.op is not None and rule.value is not None:
        return compare(seen, rule.op, rule.value)
    low_holds = rule.low is None or compare(seen, ">=", rule.low)
    return low_holds and (rule.high is None or compare(seen, "<=", rule.high))


def _find_seen(rule: Number, evidence: Evidence) -> float | Answer:
    if rule.unit is not None and find_unit(rule.unit) is None:
        return Answer("human", f"{rule.unit!r} is not a unit that can be compared; expected {write_rule(rule)}")
    if rule.subject == "duration":
        return _convert_seconds(rule, evidence.duration_s)
    text = tail(evidence.stdout) if evidence.stdout.strip() else tail(strip_meter(evidence.stderr))
    named = _find_named(rule, text)
    if named is None and rule.unit is None and (count := find_count(text, None)) is not None:
        return float(count)
    found = named if named is not None else _list_alike(rule, text)
    if len(set(found)) == 1:
        return found[0]
    timed = _find_time(rule, evidence)
    if timed is not None:
        return timed
    return _explain_missing(rule, text, len(set(found)))


def _find_named(rule: Number, text: str) -> list[float] | None:
    """Numbers that stand after the rule's percentile, or on the lines with the words of its subject."""
    if rule.subject is None:
        return None
    percentile = _PERCENTILE.search(rule.subject)
    if percentile is not None:
        after = re.compile(rf"\bp\(?{percentile[1]}\)?(?:th)?[\"']?\s?(?:latency)?\s?[:=]?\s?{_AMOUNT}", re.IGNORECASE)
        return [seen for match in after.finditer(text) if (seen := _read_alike(rule, match)) is not None]
    words = [word for word in _WORD.findall(rule.subject.lower()) if word not in _VAGUE]
    lines = [line for line in text.splitlines() if words and all(word.rstrip("s") in line.lower() for word in words)]
    found = _list_alike(rule, "\n".join(lines))
    if not found and (total := _TOTALS.get(rule.subject)) is not None:
        return _list_alike(rule, "\n".join(total.findall(text)[-1:])) or None
    return found if lines and (found or rule.subject not in _TOTALS) else None


def _list_alike(rule: Number, text: str) -> list[float]:
    return [seen for match in _AMOUNTS.finditer(text) if (seen := _read_alike(rule, match)) is not None]


def _read_alike(rule: Number, match: re.Match[str]) -> float | None:
    value, unit = read_number(match["value"]), name_unit(match["unit"]) if match["unit"] else ""
    if (rule.unit is None) != (unit == "") or find_unit(unit) is None:
        return None
    if rule.unit is None:
        return value
    return convert(value, unit, rule.unit) if are_alike(unit, rule.unit) else None


def _find_time(rule: Number, evidence: Evidence) -> float | None:
    """The "real" of ``time``, or what a watched curl took."""
    if rule.unit is None or not are_alike(rule.unit, "s"):
        return None
    real = _REAL.search(evidence.stderr[-4096:]) or _REAL.search(evidence.stdout[-4096:])
    if real is not None:
        return convert(int(real[1] or 0) * 60 + float(real[2].replace(",", ".")), "s", rule.unit)
    times = find_http_times(evidence.stderr)
    return convert(max(times), "s", rule.unit) if times else None


def _convert_seconds(rule: Number, seconds: float) -> float | Answer:
    unit = rule.unit or "s"
    if not are_alike(unit, "s"):
        return Answer("human", f"a duration can't be held against {write_rule(rule)}")
    return convert(seconds, "s", unit)


def _explain_missing(rule: Number, text: str, several: int) -> Answer:
    asked = f"expected {rule.subject or 'a value'} {write_rule(rule)}"
    if several:
        return Answer("no_data", f"the output shows {several} numbers and none of them by name; {asked}")
    bare = find_count(text, None) if rule.unit is not None else None
    if bare is not None:
        return Answer("human", f"the output is {bare} without a unit; {asked}", str(bare))
    return Answer("no_data", f"the output shows no number{' in ' + rule.unit if rule.unit else ''}; {asked}")
