"""Whether a threshold is good news or bad when true: by its column, then its own words, then its heading."""

from __future__ import annotations

import re
from typing import NamedTuple

from gonogo.releases.rules import Number, Polarity, Rule


class Leaning(NamedTuple):
    """Good or bad news when true. ``certain`` is False where only a person can say which."""

    polarity: Polarity
    certain: bool = True


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", re.IGNORECASE)


_LONGEST = 400
_STOPS = r"roll(?:ing)? ?back|abort|stop|halt|revert|hold|pause|cancel|freeze|fail|no[- ]?go"
_WARNS = r"alert|page|warn|notify|escalate|investigate|worry|call|inform|ping|contact|wake"
_IF = r"(?:if|when|once|at|on|as soon as|whenever)"
_BAD = _words(
    rf"(?:{_STOPS})\b[^.;]{{0,40}}?\b{_IF}|(?:if|when)\b.*\b(?:{_STOPS})|(?:do not|don['’]?t|never"
    rf"|not) (?:proceed|continue"
    r"|deploy|release|promote|go (?:on|ahead|live))\b[^.;]{0,30}?\b(?:if|when|while)"
)
_UNSURE = _words(rf"(?:{_WARNS})\b[^.;]{{0,40}}?\b{_IF}|(?:if|when)\b.*\b(?:{_WARNS})")
_GOOD = _words(
    r"must|should|shall|needs? to|has to|have to|does not exceed|do not exceed|doesn['’]?t exceed|never exceeds?"
    r"|not exceed(?:ing)?|no more than|keep|(?:proceed|continue|go (?:on|ahead|live)|promote) (?:only )?(?:if"
    r"|when|once|while)"
)
_BAD_COLUMN = _words(
    r"roll ?back|abort|stop|halt|fail(?:s|ed|ure)?|critical|red|no[- ]?go|unacceptable|danger|bad|breach"
)
_UNSURE_COLUMN = _words(r"alerts?|alarm|page|escalat\w+|attention|trigger")
_WARNING_COLUMN = _words(r"warn(?:ing)?|caution|yellow|amber|notice|degraded")
_GOOD_COLUMN = _words(
    r"success|targets?|(?:go|carry) on|proceed|continue|advance|promote|good|expected|normal|healthy|green|ok"
    r"|goal|slo|acceptable|pass(?:es)?|go|desired"
    r"|required?|minimum"
)
# Of these more is worse, or better; the other way round is no success criterion.
_WORSE = _words(
    r"errors?|failures?|fault\w*|latenc\w+|response times?|p\d{2}|cpu|memory|ram|lag|loss|drops?|restarts?"
    r"|timeouts?|5xx|4xx"
    r"|exceptions?|crash\w*|rejections?|retries|dead letters?|queue|backlog|temperature|load|usage|delay|bounce"
)
_BETTER = _words(
    r"success\w*|uptime|availability|throughput|hit (?:rate|ratio)|free|pass(?:ed|ing)?|battery|replicas|coverage"
)
_AMOUNT_FIRST = re.compile(
    r"^\W*(?P<how>no more than|at most|not more than|fewer than|less than|more than|[<>]=?|≤|≥)\s+"
    r"(?P<value>\d[\d,.]*\s?(?:%|ms|s|[kmg]b)?)\s+(?P<noun>(?!(?:second|minute|min|hour|day"
    r"|week)s?\b)[a-z][a-z -]{1,30}[a-z])\W*$",
    re.IGNORECASE,
)
_COMPARISONS = {
    "no more than": "<=",
    "not more than": "<=",
    "at most": "<=",
    "fewer than": "<",
    "less than": "<",
    "more than": ">",
}
_CLAUSE = re.compile(
    r"^\W*(?:if|when|once|whenever)\s+(?:the\s+)?(?P<what>[^,:;→]+?)\s*(?:[,:;→]|->|\bthen\b)", re.IGNORECASE
)
_LEAD = re.compile(
    rf"^\W*(?:{_STOPS}|{_WARNS}|escalate|revert|trigger|do not|don['’]?t|never|proceed|continue|go"
    rf"|promote)\b(?:[^<>≤≥\d,:;]{{0,40}}?\b{_IF}|\s*:)\s+(?:the\s+)?",
    re.IGNORECASE,
)


def lean_column(name: str) -> Leaning | None:
    """What a column's header says of the thresholds below it; None when it says nothing."""
    said = name[:_LONGEST]
    if _BAD_COLUMN.search(said):
        return Leaning("bad")
    if _UNSURE_COLUMN.search(said):
        return Leaning("bad", certain=False)
    return Leaning("good") if _GOOD_COLUMN.search(said) else None


def warns(column: str) -> bool:
    """Whether a column holds warning levels: neither a success nor a reason to stop."""
    return _WARNING_COLUMN.search(column[:_LONGEST]) is not None


def lean_words(text: str) -> Leaning | None:
    """What a line's own words say of its threshold; None when they say nothing."""
    said = text[:_LONGEST]
    if _BAD.search(said):
        return Leaning("bad")
    if _UNSURE.search(said):
        return Leaning("bad", certain=False)
    return Leaning("good") if _GOOD.search(said) else None


def strip_order(text: str) -> str:
    """The threshold alone, of "Roll back if error rate > 5%" and "If latency > 500ms: abort"."""
    if clause := _CLAUSE.match(text[:_LONGEST]):
        return clause["what"].strip()
    lead = _LEAD.match(text[:_LONGEST])
    return text[lead.end() :].strip() if lead and any(char.isdigit() for char in text[lead.end() :]) else text


def turn_around(text: str) -> str:
    """A threshold with its subject in front: "No more than 3 restarts" is "restarts <= 3"."""
    match = _AMOUNT_FIRST.match(text[:_LONGEST])
    if match is None:
        return text
    how = " ".join(match["how"].lower().split())
    return f"{match['noun']} {_COMPARISONS.get(how, how)} {match['value']}"


def is_odd(rule: Rule) -> bool:
    """Whether a threshold would be a strange success criterion: more errors, less uptime."""
    if not isinstance(rule, Number) or rule.op is None or rule.subject is None:
        return False
    above = rule.op in (">", ">=")
    worse, better = _WORSE.search(rule.subject) is not None, _BETTER.search(rule.subject) is not None
    return (above and worse and not better) or (not above and better and not worse)


def is_bad(rule: Rule) -> bool:
    """Whether a threshold is bad news when true."""
    return isinstance(rule, Number) and rule.polarity == "bad"
