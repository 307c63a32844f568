"""``15/15 tests passing``, ``22+ tests``, ``should be 78 (5 original + 73 new)``, ``All 5 tables created``."""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.expectations.words import ADJECTIVES, NOUN, STATE, read_number, singular
from gonogo.releases.hints import may_begin
from gonogo.releases.rules import Count, Operator

_WHOLE = r"\d{1,3}(?:,\d{3})+|\d{1,9}"
_PARENS = r"(?: \([^)]{0,120}\))?"
_LEAD = (
    r"(?:(?P<least>at least|a minimum of|minimum of|minimum|no fewer than|no less than|>=|≥)"
    r"|(?P<most>at most|no more than|a maximum of|maximum of|up to|<=|≤)|(?P<more>more than|over|>)"
    r"|(?P<fewer>fewer than|less than|<)"
    r"|exactly|all of the|all|the|total of|a total of|==|=)"
)
_OF = re.compile(
    rf"(?:all )?(?P<value>{_WHOLE}) ?(?:/| of | out of ) ?(?P<total>{_WHOLE})"
    rf"(?: (?P<adjectives>{ADJECTIVES})(?P<noun>{NOUN})\b)?(?: {STATE})?{_PARENS}\Z"
)
_THINGS = re.compile(
    rf"(?:{_LEAD} ?)?(?P<value>{_WHOLE})(?P<plus>\+)? (?:{STATE} )?(?P<adjectives>{ADJECTIVES})(?P<noun>{NOUN})"
    rf"(?: {STATE})?{_PARENS}\Z"
)
_PASSED = re.compile(
    rf"(?:{_LEAD} ?)?(?P<value>{_WHOLE})(?P<plus>\+)? (?:pass(?:ed|ing)?)(?:,? (?:and )?0 (?:failed|failures"
    rf"|failing))?{_PARENS}\Z"
)
_BARE = re.compile(rf"(?:exactly |equal to |== ?)?(?P<value>{_WHOLE}){_PARENS}\Z")
_ASKED = (
    *(
        "be",
        "return",
        "equal",
        "see",
        "show",
        "expected",
        "output",
        "print",
        "arrow",
        "count",
        "foreign",
        "give",
        "report",
    ),
    *("have", "contain", "display"),
)
_ASIDE = re.compile(
    rf"[^()]{{0,60}}?\b(?P<noun>{NOUN})? ?\((?:expect(?:ed|s)?|should be|must be):? (?P<value>{_WHOLE})\)\Z"
)
_TOTAL = re.compile(rf"(?:total|count|(?:row |total )count)(?: is| should be| =| ==|:) (?P<value>{_WHOLE}){_PARENS}\Z")


# What every form above begins with; "" is a number or a sign.
_FIRST_WORDS = frozenset(
    "at a minimum maximum no up more over fewer less exactly all the total equal count row".split()  # noqa: SIM905
) | {""}


def compile_count(phrase: Phrase) -> Count | None:
    """Read a count of things a command can show; a lone number counts only where a label asks for it."""
    low = phrase.low
    if not (may_begin(low, _FIRST_WORDS) or low.endswith(")")):
        return None
    match = _OF.match(low)
    if match is not None:
        return _build_of(phrase, match)
    match = _THINGS.match(low) or _PASSED.match(low)
    if match is not None:
        noun = match["noun"] if match.re is _THINGS else "tests"
        return Count(source=phrase.source, value=_read(match["value"]), op=_read_operator(match), noun=noun)
    match = _BARE.match(low) if phrase.label in _ASKED else None
    match = match or _TOTAL.match(low)
    if match is not None:
        return Count(source=phrase.source, value=_read(match["value"]))
    match = _ASIDE.match(low) if low.endswith(")") else None
    if match is None or (match["noun"] is None and 100 <= _read(match["value"]) < 600):
        return None
    return Count(source=phrase.source, value=_read(match["value"]), noun=match["noun"])


def _build_of(phrase: Phrase, match: re.Match[str]) -> Count | None:
    value, total, noun = _read(match["value"]), _read(match["total"]), match["noun"]
    says_so = noun is not None or phrase.low.endswith(("passing", "passed", "ready", "running", "healthy", "up"))
    if value > total or not says_so:
        return None
    tested = noun is None and phrase.low.endswith(("passing", "passed"))
    return Count(source=phrase.source, value=value, total=total, noun="tests" if tested else noun)


def _read_operator(match: re.Match[str]) -> Operator:
    if match["least"] or match["plus"]:
        return ">="
    if match["most"]:
        return "<="
    return ">" if match["more"] else "<" if match["fewer"] else "=="


def _read(text: str) -> int:
    return int(read_number(text))


def is_tests(noun: str | None) -> bool:
    """Say whether the noun is counted by a test runner's summary."""
    return noun is not None and singular(noun) in ("test", "spec")
