"""Waits and soaks in prose: "monitor 30 minutes", "stable for 24 hours", "wait until the queue is empty"."""

from __future__ import annotations

import re
from typing import NamedTuple

from gonogo.releases.hints import mentions
from gonogo.releases.reading.durations import find_duration

_ORDER = re.compile(
    r"\b(?:wait|pause|hold|sleep|soak(?:ing)?|bake|monitor(?:ing)?|observe|observation|watch|cool[- ]?down|let|allow"
    r"|keep (?:an eye|watching|monitoring))\b",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"\b(?:stable|stably|healthy|runs?|running|stays?|remains?|holds?|keeps?|connected|uptime|error[- ]free"
    r"|no\s[^.;]{1,80}?"
    r"|without [^.;]*)\b[^.;]*?\s(?:for|over|during)\s+(?:at least |the (?:first|next) |a full )?(?=\d|an?\b"
    r"|one|half)",
    re.IGNORECASE,
)
_WATCHES = re.compile(
    r"^\W*(?:monitor|watch|observe|keep (?:an eye on|watching|monitoring))\s+(?!it\b|this\b|for\b|closely\b"
    r"|everything\b"
    r"|the (?:system|release|deployment|rollout|dashboards?)\b|at\b|over\b|during\b|the\s+(?:first|next)\b|\d)[\w`]",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"^(?:please\s+)?(?:wait|hold|pause)\b.*?\b(?:until|till|for)\s+(?P<what>\S.*)$", re.IGNORECASE)
# Most lines speak of no time at all; this is the cheap way to know.
_TIMED = re.compile(
    r"\d[\s-]?[smhdw](?![a-z])|hour|min(?:ute)?s?\b|sec(?:ond)?s?\b|hrs?\b|day|week|until|till|^wait|^hold|^pause",
    re.IGNORECASE,
)
_TIME_HINTS = ("hour", "min", "sec", "hr", "day", "week", "until", "till", "wait", "hold", "pause")
_LENGTH = re.compile(r"\d[\s-]?[smhdw]", re.IGNORECASE)
_TITLE_HINTS = ("soak", "bake", "hold", "burn", "monitor", "observation", "watch")
_NO_WAIT = re.compile(
    r"\b(?:every|within|each|once per|per|alert|cooldown|configured?|retention|timeout|interval)\b", re.I
)
_PLAN = re.compile(r"^(?:estimated?|schedule|plan|announce|document|configure|set up|define)\b", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:soak|bake|hold|burn[- ]?in|monitor(?:ing)?|observation|watch)\b", re.IGNORECASE)
_MARK = re.compile(r"^T\s?\+\s?(?:(?P<h>\d+):(?P<m>\d\d)|(?P<n>\d+)\s?(?P<u>[mhd]))", re.IGNORECASE)
_LONGEST_TITLE_S = 3 * 86400.0


class Wait(NamedTuple):
    """How long, in seconds; None when it ends on a condition that only a person sees.

    ``claims``: the words say what has to hold all the while, which time alone does not prove.
    """

    seconds: float | None
    claims: bool = False


def find_wait(text: str) -> Wait | None:
    """The wait that ``text`` asks for, if it asks for one."""
    if not (mentions(text, _TIME_HINTS) or _LENGTH.search(text)):
        return None
    if not _TIMED.search(text) or _PLAN.match(text):
        return None
    duration = find_duration(text)
    if duration is None:
        return Wait(None) if _UNTIL.match(text) else None
    before = text[: duration.start]
    if _NO_WAIT.search(before) or text[duration.end :].lstrip().lower().startswith(("expected", "interval", "timeout")):
        return None
    if _compares(before):
        return None
    if _lasts(text, duration.start):
        return Wait(duration.seconds, claims=True)
    if _ORDER.search(before) or _opens_with_length(text, duration.start, duration.end):
        return Wait(duration.seconds, claims=_WATCHES.search(before) is not None)
    return None


def find_title_wait(title: str) -> Wait | None:
    """The soak a heading promises: "Soak (24 hours)", "Extended Monitoring (First 30 Minutes)"."""
    duration = find_duration(title) if mentions(title, _TITLE_HINTS) else None
    if duration is None or duration.seconds > _LONGEST_TITLE_S or not _TITLE.search(title):
        return None
    if _NO_WAIT.search(title) or _compares(title[: duration.start]) or _MARK.match(title):
        return None
    return Wait(duration.seconds)


def _lasts(text: str, start: int) -> bool:
    return any(match.end() == start for match in _LASTING.finditer(text))


def _opens_with_length(text: str, start: int, end: int) -> bool:
    after = text[end:].lstrip(" -)").lower()
    return start == 0 and after.startswith(("soak", "monitoring", "observation", "bake", "hold", "burn"))


def _compares(before: str) -> bool:
    return before.rstrip().endswith(("<", ">", "=", "≤", "≥", "under", "below", "than"))
