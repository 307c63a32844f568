"""What a shell comment is: an expectation, a wait, a turn to another way, a rival label, or a plain label."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from gonogo.releases.reading.alternatives import Barrier, find_option, names_variant
from gonogo.releases.reading.asides import find_aside
from gonogo.releases.reading.conditions import is_otherwise
from gonogo.releases.reading.gates import is_threshold
from gonogo.releases.reading.judging import find_leading_expectation
from gonogo.releases.reading.waits import find_wait

Meaning = Literal["expect", "threshold", "wait", "option", "turn", "condition", "variant", "shebang", "label"]
_ORNAMENT = re.compile(r"^[=#*~_-]{2,}|[=#*~_-]{2,}$")
_STATUS_LINE = re.compile(r"HTTP/\d(?:\.\d)? [1-5]\d\d\b")
_BULLET = re.compile(r"^[-*•]\s+")


class Comment(NamedTuple):
    """A comment's meaning, its text without bullet, seconds when it is a wait, the doubt that it raises."""

    meaning: Meaning
    text: str
    seconds: float | None = None
    barrier: Barrier | None = None
    listed: bool = False


def read_comment(raw: str) -> Comment:
    """Understand one comment line, its ``#`` already gone."""
    if raw.startswith("!"):
        return Comment("shebang", "")
    text = _ORNAMENT.sub("", _BULLET.sub("", raw)).strip()
    listed = raw.startswith(("- ", "* ", "• "))
    if expected := find_leading_expectation(text) or (text if _STATUS_LINE.match(text) else None):
        return Comment("expect", expected)
    wait = find_wait(text)
    if wait is not None and wait.seconds is not None:
        return Comment("wait", text, wait.seconds)
    barrier = find_aside(text)
    if find_option(text):
        return Comment("option", text, None, barrier)
    if is_otherwise(text):
        return Comment("turn", text, None, barrier)
    if barrier:
        return Comment("condition", text, None, barrier)
    if names_variant(text.rstrip(":")):
        return Comment("variant", text.rstrip(":"))
    if listed and is_threshold(text):
        return Comment("threshold", text)
    return Comment("label", text, listed=listed)
