"""The answers in an adoption file."""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.releases.keys import make_key
from gonogo.releases.plan import Doubt, Finding

AnswerKind = Literal["run", "hand", "out", "alternative", "host", "rule", "signal", "role", "note"]
NEEDS: dict[AnswerKind, str] = {"out": "why", "host": "host", "rule": "rule", "signal": "signal", "role": "role"}
"""The field that must go with an answer."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One person's answer to one item.

    ``under``, ``text`` and ``nth`` name the item. ``doubt`` is the doubt that was answered: another one asks again.
    ``why`` says why an item is left out; ``host``, ``rule``, ``signal`` and ``role`` belong to their answers.
    ``folder`` "start" lets a command start in the folder where the run began.
    """

    under: tuple[str, ...] = ()
    text: str
    nth: int = 1
    answer: AnswerKind
    doubt: Doubt | None = None
    why: str = ""
    folder: str = ""
    host: str = ""
    rule: str = ""
    signal: str = ""
    role: str = ""
    by: str
    at: str

    @property
    def key(self) -> str:
        return make_key(self.under, self.text, self.nth)

    @property
    def first_line(self) -> str:
        return self.text.partition("\n")[0]


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """An adoption file: its entries with the line each begins at, and what is wrong with it."""

    path: str = ""
    entries: tuple[Entry, ...] = ()
    lines: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()

    def line_of(self, number: int) -> int:
        """The line of the file where an entry begins; 1 for entries that were never in a file."""
        return self.lines[number] if number < len(self.lines) else 1
