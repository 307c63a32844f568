"""What a line says of itself: its level, and which patterns are in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from gonogo.kernel.patterns import Pattern, compile_pattern

LEVELS = ("error", "warning", "info", "debug", "other")
ERROR, WARNING, OTHER = "error", "warning", "other"
LONGEST = 2000
"""Characters of a line that are kept."""
_WORDS = {
    "error": ("error", "err", "critical", "crit", "fatal", "emerg", "emergency", "alert", "panic", "severe"),
    "warning": ("warning", "warn"),
    "info": ("info", "notice", "information"),
    "debug": ("debug", "trace", "verbose"),
}
_LEVEL_OF = {word: level for level, words in _WORDS.items() for word in words}
# Upper case, or named as a level: "no errors found" is no error. Looked for where lines carry their level.
_UPPER = re.compile(r"\b(" + "|".join(word.upper() for word in _LEVEL_OF) + r")\b")
_NAMED = re.compile(
    r"(?:\b(?:level|lvl|severity)[\"']?\s*[=:]\s*[\"']?|[\[<|]\s*)(" + "|".join(_LEVEL_OF) + r")\b", re.IGNORECASE
)
_LEADING = re.compile(r"\s*(" + "|".join(_LEVEL_OF) + r")\b\s*[:\]|]", re.IGNORECASE)
_LOOKED_AT = 200


class Excerpt(msgspec.Struct, frozen=True):
    """A line worth keeping, with its level and the patterns in it."""

    level: str
    patterns: tuple[str, ...]
    line: str


class Tally(msgspec.Struct, frozen=True):
    """How many lines there were, by level and by pattern, and those worth keeping."""

    levels: Counter[str]
    patterns: Counter[str]
    excerpts: tuple[Excerpt, ...]


def find_level(line: str) -> str:
    """``error``, ``warning``, ``info`` or ``debug``; ``other`` for a line that does not say."""
    head = line[:_LOOKED_AT]
    for expression in (_NAMED, _LEADING, _UPPER):
        found = expression.search(head) if expression is not _LEADING else expression.match(head)
        if found is not None:
            return _LEVEL_OF[found[1].lower()]
    return OTHER


def tally_lines(lines: Iterable[str], patterns: Mapping[str, Pattern], most: int) -> Tally:
    """Count lines; of those that are errors, warnings or have a pattern, keep the newest ``most``."""
    levels: Counter[str] = Counter()
    matched: Counter[str] = Counter()
    kept: list[Excerpt] = []
    for line in lines:
        level = find_level(line)
        names = _find_patterns(line, patterns)
        levels[level] += 1
        matched.update(names)
        if names or level in (ERROR, WARNING):
            kept.append(Excerpt(level, names, line[:LONGEST]))
    return Tally(levels, matched, tuple(kept[-most:]) if most else ())


def _find_patterns(line: str, patterns: Mapping[str, Pattern]) -> tuple[str, ...]:
    return tuple(name for name, pattern in patterns.items() if pattern.search(line) is not None)


def compile_patterns(patterns: Mapping[str, str]) -> dict[str, Pattern]:
    """Regular expressions by name."""
    return {name: compile_pattern(text) for name, text in patterns.items()}


def split_lines(data: bytes) -> Sequence[str]:
    """Whole lines as text, whatever the bytes are; empty ones left out."""
    return [line for line in data.decode("utf-8", errors="replace").splitlines() if line.strip()]
