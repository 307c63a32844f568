"""Durations as people write them: "30 minutes", "24h", "10-15 min", "half an hour", "first hour"."""

from __future__ import annotations

import re
from typing import NamedTuple

from gonogo.kernel import durations

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_UNIT = r"(?:seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)"
_WORDS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "five": 5.0, "ten": 10.0, "half an": 0.5}
_AMOUNT = rf"(?:(?P<low>\d+(?:\.\d+)?)\s*(?:-|–|to)\s*)?(?P<high>\d+(?:\.\d+)?)[\s-]?(?P<unit>{_UNIT})\b(?!/)"
_COMPOUND = r"(?P<hours>\d+)\s?h(?:ours?)?\s?(?P<minutes>\d+)\s?m(?:in(?:ute)?s?)?\b"
_SPELT = r"\b(?P<word>half an|an?|one|two|three|five|ten)\s+(?P<wunit>seconds?|minutes?|hours?|days?|weeks?)\b"
_FIRST = r"\bfirst\s+(?P<funit>minute|hour|day|week)\b"
_DURATION = re.compile(rf"(?<![\w.+-])(?:{_COMPOUND}|{_AMOUNT})|{_SPELT}|{_FIRST}", re.IGNORECASE)


class Duration(NamedTuple):
    """Seconds, and where in the text they are said."""

    seconds: float
    start: int
    end: int


def find_duration(text: str, start: int = 0) -> Duration | None:
    """The first duration said in ``text``; of a range ("10-15 minutes") the longer end."""
    match = _DURATION.search(text, start)
    return Duration(_measure(match), match.start(), match.end()) if match else None


def parse_duration(text: str) -> float:
    """Seconds of what Gonogo reads everywhere ("500ms", "1h30m"), or of words ("half an hour"). Raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    return _measure(match) if match and match["word"] else durations.parse_duration(text)


def _measure(match: re.Match[str]) -> float:
    if match["hours"]:
        return float(match["hours"]) * 3600 + float(match["minutes"]) * 60
    if match["high"]:
        return float(match["high"]) * _SECONDS[match["unit"][0].lower()]
    if match["word"]:
        return _WORDS[match["word"].lower()] * _SECONDS[match["wunit"][0].lower()]
    return _SECONDS[match["funit"][0].lower()]
