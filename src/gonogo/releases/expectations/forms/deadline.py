"""``within 2 minutes``, ``completes in under 30 seconds``: how long the command itself may take."""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.expectations.words import NUMBER, UNITS, name_unit, read_number
from gonogo.releases.rules import Number

_WORK = (
    r"(?:validation|verification|checks?|deployment|deploy|rollback|restart|reload|backup|migrations?|build|switch|swap"
    r"|failover|recovery|restore|start-?up|shutdown|smoke tests?|tests?|installation|script|command|it|cut-?over)"
)
_DONE = (
    r"(?:completes?|completed|finish(?:es|ed)?|succeeds?|done|ends?|responds?|exits?|returns?|runs?|starts?|be ready)"
)
_TIME = rf"(?P<value>{NUMBER}) ?(?P<unit>{UNITS})"
# A deadline for something else ("Redis reconnects within 30 s") says nothing about the command's own time.
_DEADLINE = re.compile(
    rf"(?:(?:[\w'/-]+ ){{0,4}}?{_WORK}(?: (?:should |must )?{_DONE})?|(?:should |must )?{_DONE})? ?"
    rf"\(?(?:within|in (?:under|less than)|in <|in at most|no later than) ?{_TIME}\)?\Z"
)


def compile_deadline(phrase: Phrase) -> Number | None:
    """Read a deadline on the command, or on the piece of work it does, as a number with subject "duration"."""
    low = phrase.low.rstrip(" :")
    if "within" not in low and "in " not in low and "no later" not in low:
        return None
    match = _DEADLINE.match(low)
    if match is None:
        return None
    unit = name_unit(match["unit"])
    if unit not in ("us", "ms", "s", "m", "h", "d"):
        return None
    return Number(source=phrase.source, op="<=", value=read_number(match["value"]), unit=unit, subject="duration")
