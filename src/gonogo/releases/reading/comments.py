"""What a shell comment is: an expectation, a wait, a turn to another way, a rival label, or a plain label."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from gonogo.releases.reading.alternatives import find_barrier, find_option, names_variant
from gonogo.releases.reading.conditions import is_otherwise
from gonogo.releases.reading.gates import is_threshold
from gonogo.releases.reading.judging import find_expectation
from gonogo.releases.reading.waits import find_wait

Meaning = Literal["expect", "threshold", "wait", "option", "turn", "condition", "variant", "shebang", "label"]
_ORNAMENT = re.compile(r"^[=#*~_-]{2,}|[=#*~_-]{2,}$")
_BULLET = re.compile(r"^[-*•]\s+")


class Comment(NamedTuple):
    """A comment's meaning, its text without bullet, and seconds when it is a wait."""

    meaning: Meaning
    text: str
    seconds: float | None = None


def read_comment(raw: str) -> Comment:
    """Understand one comment line, its ``#`` already gone."""
    if raw.startswith("!"):
        return Comment("shebang", "")
    text = _ORNAMENT.sub("", _BULLET.sub("", raw)).strip()
    if expected := find_expectation(text):
        return Comment("expect", expected)
    wait = find_wait(text)
    if wait is not None and wait.seconds is not None:
        return Comment("wait", text, wait.seconds)
    if find_option(text):
        return Comment("option", text)
    if is_otherwise(text):
        return Comment("turn", text)
    if find_barrier(text):
        return Comment("condition", text)
    if names_variant(text.rstrip(":")):
        return Comment("variant", text.rstrip(":"))
    if raw.startswith(("- ", "* ", "• ")) and is_threshold(text):
        return Comment("threshold", text)
    return Comment("label", text)
