"""How texts and queries fall into words: runs of letters, and runs of digits, in lower case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

WORD = re.compile(r"[^\W\d_]+|\d+")
VALUE_LENGTH = 500


def split_words(text: str) -> list[str]:
    """``max_speedLimit2`` is ``max``, ``speedlimit``, ``2``."""
    return WORD.findall(text.lower())


def find_words(text: str) -> Iterator[tuple[int, str]]:
    """Each word with its place in ``text``, for highlighting."""
    for match in WORD.finditer(text):
        yield match.start(), match.group().lower()


def write_value(value: Any) -> str:
    """A value as text to search in; very long ones only from their beginning."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text[:VALUE_LENGTH]
