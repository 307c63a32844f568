"""What one rule made of the output, before the exit code is weighed in."""

from __future__ import annotations

import re

import msgspec

from gonogo.releases.evidence import Outcome, Verdict

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,32}[A-Za-z]")
_MAX_SEEN = 200
MAX_SCAN = 65_536


class Answer(msgspec.Struct, frozen=True):
    """``forgives`` lists exit codes that say nothing against the rule (1 of a ``grep`` that rightly found nothing)."""

    outcome: Outcome
    why: str
    seen: str | None = None
    forgives: tuple[int, ...] = ()

    def conclude(self) -> Verdict:
        """The same as a verdict."""
        return Verdict(outcome=self.outcome, why=self.why, seen=self.seen)


def answer(holds: bool, why: str, seen: str | None = None, forgives: tuple[int, ...] = ()) -> Answer:
    """An answer of a rule that could be decided."""
    return Answer("pass" if holds else "fail", why, seen if seen is None else shorten(seen), forgives)


def clean(text: str) -> str:
    """Output without the terminal's colours."""
    return _ANSI.sub("", text) if "\x1b" in text else text


def tail(text: str) -> str:
    """The end of an output, where summaries stand; scanning stays bounded for any length."""
    return clean(text[-MAX_SCAN:])


def shorten(text: str) -> str:
    """One line of at most 200 characters."""
    line = " ".join(text[: _MAX_SEEN * 4].split())
    return line if len(line) <= _MAX_SEEN else f"{line[: _MAX_SEEN - 1]}…"
