"""A cheap look before an expensive one: most lines hold none of the words that a regular expression searches for."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")
_LETTERS = re.compile(r"[A-Za-z]*")
_TOKEN = re.compile(r"[\w.-]+")
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")


def mentions(text: str, hints: tuple[str, ...]) -> bool:
    """Whether ``text`` may hold one of some lower-case hints, in any case.

    Text that is not ASCII always may: letters that fold in their own way are left to the regular expression.
    """
    if not text.isascii():
        return True
    folded = text.lower()
    for hint in hints:  # noqa: SIM110 - a generator would cost more than the search
        if hint in folded:
            return True
    return False


def may_say(text: str, words: frozenset[str]) -> bool:
    """Whether ``text`` may hold one of some lower-case words; such a word is letters and digits, nothing else."""
    return not text.isascii() or not words.isdisjoint(_WORD.findall(text.lower()))


def may_begin(text: str, words: frozenset[str]) -> bool:
    """Whether ``text`` may begin with one of some lower-case words of plain letters."""
    return not text.isascii() or _LETTERS.match(text)[0].lower() in words  # type: ignore[index]


@lru_cache(maxsize=64)
def list_tokens(command: str) -> frozenset[str]:
    """The words, options and file names of a command, as the quick looks at it want them."""
    return frozenset((_PLAIN_TOKEN if command.isascii() else _TOKEN).findall(command))
