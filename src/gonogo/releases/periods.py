"""When a follow-up task is due: by the words of its heading, or by those that its own text begins with. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec

_PERIOD = re.compile(
    r"\b(?:(?P<unit>day|week|month)s?\s+(?P<number>\d{1,2})(?:\s{0,3}(?:-|–|—|to)\s{0,3}(?P<last>\d{1,2}))?"
    r"|(?P<first>first)\s+(?P<named>day|week|month))\b",
    re.IGNORECASE,
)
# "Day 1: …", "After 2 weeks: …", "1 month after the release: …". A text that only mentions a period says nothing.
_DATED = re.compile(
    r"\s*(?:on\s+)?(?:"
    r"(?P<unit>day|week|month)s?\s+(?P<number>\d{1,2})(?:\s{0,3}(?:-|–|—|to)\s{0,3}(?P<last>\d{1,2}))?"
    r"|(?P<first>first)\s+(?P<named>day|week|month)"
    r"|(?:after|in|within)\s+(?P<count>\d{1,2}|an?|one|two|three|four|six)\s+(?P<counted>day|week|month)s?"
    r"|(?P<delay>\d{1,2}|an?|one|two|three|four|six)\s+(?P<delayed>day|week|month)s?\s+"
    r"(?:later|after\s+(?:the\s+)?(?:release|deploy|deployment|launch|go-live))"
    r")\s*(?::|—|–|-\s)",
    re.IGNORECASE,
)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_DAYS = {"day": 1, "week": 7, "month": 30}


class Period(msgspec.Struct, frozen=True):
    """``day 1`` ends 24 hours after the release, ``day 2-3`` after 72, ``week 1`` after 7 days."""

    name: str
    after: timedelta


DAY_1 = Period("day 1", timedelta(days=1))
WEEK_1 = Period("week 1", timedelta(days=7))
MONTH_1 = Period("month 1", timedelta(days=30))


def find_period(*titles: str) -> Period | None:
    """The period that the first of these headings names."""
    for title in titles:
        match = _PERIOD.search(title)
        if match:
            unit = (match["unit"] or match["named"]).lower()
            number, last = match["number"] or "1", match["last"]
            name = f"{unit} {int(number)}-{int(last)}" if last else f"{unit} {int(number)}"
            return Period(name, timedelta(days=_DAYS[unit] * int(last or number)))
    return None


def find_date(text: str) -> Period | None:
    """The period after the release that a text begins with; None where it names none, or the day of the release."""
    match = _DATED.match(text)
    if match is None:
        return None
    unit = (match["unit"] or match["named"] or match["counted"] or match["delayed"]).lower()
    first = _read_number(match["number"] or match["count"] or match["delay"] or "1")
    last = int(match["last"]) if match["last"] else first
    if not last:
        return None
    name = f"{unit} {first}" if last == first else f"{unit} {first}-{last}"
    return Period(name, timedelta(days=_DAYS[unit] * last))


def _read_number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]
