"""When a follow-up task is due: by the words of its heading. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec

_PERIOD = re.compile(
    r"\b(?:(?P<unit>day|week|month)s?\s+(?P<number>\d{1,2})(?:\s{0,3}(?:-|–|—|to)\s{0,3}(?P<last>\d{1,2}))?"
    r"|(?P<first>first)\s+(?P<named>day|week|month))\b",
    re.IGNORECASE,
)
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
