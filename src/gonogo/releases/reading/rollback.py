"""Binding rollback sections to what they undo: a phase by name, or the whole run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from gonogo.releases.reading.bindings import fold_words
from gonogo.releases.reading.block import Block
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.outline import Section

_NUMBERED = re.compile(r"\b(?:phase|step|stage)\s+\d+\b", re.IGNORECASE)
_SPOKEN = """
    rollback roll back procedure procedures plan quick emergency step phase stage option method level tier issue
    issues failure failures the a an of for to and or deployment deploy deploying setup configuration
    verification verify verifying check checks confirm validation test testing fast fastest full complete
    partial based process git in minute minutes if when how revert undo preparation change changes service
    services release production operational 0 1 2 3 4 5 6 7 8 9 10
    it this that they thing things something anything fail fails failed go goes went going wrong break breaks needed
    necessary required back out backing undoing reverting rolling what do does not command commands script scripts old
    previous version last from by with backup backups branch branches copy snapshot tag image
"""
_BACKS_UP = re.compile(r"\b(?:back(?:ing|ed)?[- ]?ups?|snapshots?|cop(?:y|ies)|dumps?|archives?)\b", re.IGNORECASE)
_TURNS_BACK = re.compile(r"\b(?:restor\w+|roll\w*[- ]?back|revert\w*|undo\w*|back to)\b", re.IGNORECASE)
_EMPTY = frozenset(fold_words(_SPOKEN).split())
_UNDONE = frozenset({"deploy", "prepare", "verify", "monitor"})


class Binder:
    """Finds the phase a rollback section undoes, by number or by shared words; what is deployed comes first."""

    def __init__(self, sections: list[Section], piles: list[list[Draft]]) -> None:
        self.sections = sections
        self.works = {
            f"p{at + 1}": any(draft.kind not in ("info", "rollback") for draft in pile) for at, pile in enumerate(piles)
        }
        self.known = [
            (f"p{at + 1}", section, pile)
            for at, (section, pile) in enumerate(zip(sections, piles, strict=True))
            if section.role in _UNDONE and section.title and not section.names_journey
        ]

    def bind(self, section: Section) -> str:
        """The id of a phase, or "run"."""
        if step := self._find_step(section):
            return step
        for title in _list_titles(section):
            if numbered := _NUMBERED.search(title):
                for phase_id, other, _ in self.known:
                    if numbered.group().lower() in other.title.lower():
                        return phase_id
            wanted = frozenset(fold_words(title).split()) - _EMPTY
            found = self._find(wanted, deploys=True) or self._find(wanted, deploys=False)
            if found:
                return found
        return "run"

    def _find_step(self, section: Section) -> str | None:
        """The step that a rollback stands under: its heading right above, with something of its own to undo."""
        above = section.above
        while above is not None and above.role == "rollback":
            above = above.above
        if above is None or above.is_title:
            return None
        return next((phase_id for phase_id, other, _ in self.known if other is above and self.works[phase_id]), None)

    @cached_property
    def words(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """The words of each phase: of its title, and of its steps."""
        return {phase_id: _say_words(section, pile) for phase_id, section, pile in self.known}

    def _find(self, wanted: frozenset[str], *, deploys: bool) -> str | None:
        best, score = None, 0
        for phase_id, other, _ in self.known if wanted else ():
            words = self.words[phase_id]
            if (other.role == "deploy") != deploys:
                continue
            shared = 2 * len(wanted & words[0]) + (len(wanted & words[1]) if deploys else 0)
            if shared > score:
                best, score = phase_id, shared
        return best


def holds_way_back(block: Block) -> bool:
    """Whether a box of a rollback plan that is made ready holds the rollback, not a backup to make before it."""
    if not any(child.kind == "fence" for child in block.children):
        return False
    return _BACKS_UP.search(block.text) is None or _TURNS_BACK.search(block.text) is not None


def mark_rollback(section: Section, drafts: list[Draft], binds: str, promise_s: float | None) -> None:
    """Give the items of a rollback section what they undo, their level and their promised time."""
    promised = section.promise_s if section.promise_s is not None else promise_s
    for draft in drafts:
        if draft.kind == "rollback":
            draft.binds = draft.binds or binds
            draft.level = draft.level if draft.level is not None else section.level
            draft.promise_s = draft.promise_s if draft.promise_s is not None else promised


def _say_words(section: Section, pile: list[Draft]) -> tuple[frozenset[str], frozenset[str]]:
    steps = " ".join(draft.text for draft in pile if draft.parent is None and draft.kind in ("human", "run"))
    return frozenset(fold_words(section.title).split()), frozenset(fold_words(steps).split())


def _list_titles(section: Section) -> Iterator[str]:
    at: Section | None = section
    while at is not None and at.role == "rollback":
        yield at.title
        at = at.above
