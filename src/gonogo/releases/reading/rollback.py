"""Binding rollback sections to what they undo: a phase by name, or the whole run."""

from __future__ import annotations

import re

from gonogo.releases.reading.bindings import fold_words
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.outline import Section

_NUMBERED = re.compile(r"\b(phase|step|stage)\s+(\d+)\b", re.IGNORECASE)
_EMPTY = frozenset(
    """
    rollback roll back procedure procedures plan quick emergency step phase stage option level tier issue issues failure failures the a an of for to
    and or deployment deploy deploying setup configuration verification validation test testing fast fastest full complete partial based process in minute
    minutes if when how revert undo 1 2 3 4 5 6 7 8 9 10 preparation change changes service services release production operational
    """.split()
)


def bind_rollback(section: Section, number: int, sections: list[Section]) -> str:
    """The id of the phase a rollback section undoes, or "run"."""
    chain = [section.title, *reversed(section.path)]
    for title in chain:
        numbered = _NUMBERED.search(title)
        wanted = set(fold_words(title).split()) - _FOLDED
        best, score = None, 0
        for at, other in enumerate(sections):
            if other.role in ("rollback", "info", "signoff", "followup") or not other.title or at == number:
                continue
            if numbered and _same_number(numbered, other.title):
                return f"p{at + 1}"
            shared = len(wanted & set(fold_words(other.title).split()))
            shared += shared and other.role == "deploy"
            if shared > score:
                best, score = at, shared
        if best is not None:
            return f"p{best + 1}"
    return "run"


def mark_rollback(section: Section, drafts: list[Draft], binds: str) -> None:
    """Give the items of a rollback section what they undo, their level and their promised time."""
    for draft in drafts:
        if draft.kind == "rollback":
            draft.binds = draft.binds or binds
            draft.level = draft.level if draft.level is not None else section.level
            draft.promise_s = draft.promise_s if draft.promise_s is not None else section.promise_s


def _same_number(numbered: re.Match[str], title: str) -> bool:
    other = _NUMBERED.search(title)
    return other is not None and other.group().lower() == numbered.group().lower()


_FOLDED = frozenset(word for entry in _EMPTY for word in fold_words(entry).split())
