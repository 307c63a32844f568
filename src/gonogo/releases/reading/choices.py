"""Boxes of which one is ticked: "[ ] SUCCESS [ ] ROLLBACK REQUIRED" is one decision, not two boxes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gonogo.releases.reading.block import Block
from gonogo.releases.reading.inline import clean_text, split_checkbox

_MARK = re.compile(r"\[[ xX]?\](?!\()|[☐☑☒⬜🔲⬛◯○◻□][\ufe0e\ufe0f]?")
_OUTCOME = re.compile(
    r"^(?:no[- ]?go|go|defer\w*|postpone\w*|approved?|rejected?|accepted?|declined?|success\w*|fail\w*"
    r"|roll(?:ed)?[- ]?back"
    r"|proceed|continue|abort\w*|hold|cancel\w*|stop|pass\w*|released?|not approved|not accepted)\b",
    re.IGNORECASE,
)
_LONGEST = 600
_WORDS = 6


class Choice(NamedTuple):
    """What is decided, and the answers to choose from."""

    name: str
    answers: tuple[str, ...]

    @property
    def question(self) -> str:
        """The decision as a question to a person."""
        listed = ", ".join(self.answers[:-1]) + f" or {self.answers[-1]}"
        return f"{self.name}: {listed}?" if self.name else f"{listed}?"


def find_choice(raw: str, *, boxed: bool) -> Choice | None:
    """The decision of one line. ``boxed``: its first box has been taken off already."""
    if len(raw) > _LONGEST or ("[" not in raw and raw.isascii()) or _MARK.search(raw) is None:
        return None
    head, *rest = _MARK.split(raw)
    answers = [_clean(part) for part in rest]
    name = _clean(head)
    if boxed and name and not head.rstrip(" *").endswith(":"):
        answers, name = [name, *answers], ""
    if len(answers) < 2 or not all(answers) or any(len(answer.split()) > _WORDS for answer in answers):
        return None
    decides = sum(_OUTCOME.match(answer) is not None for answer in answers)
    return Choice(name.rstrip(": "), tuple(answers)) if decides >= 2 else None


def count_choices(blocks: Sequence[Block], at: int) -> int:
    """How many boxes from here on, one below the other, are the answers to one decision."""
    end = at
    while end < len(blocks) and end - at < _WORDS and _read_answer(blocks[end]):
        end += 1
    return end - at if end - at > 1 else 0


def list_answers(blocks: Sequence[Block]) -> Choice:
    """The decision whose answers stand one below the other."""
    return Choice("", tuple(_read_answer(block) for block in blocks))


def _read_answer(block: Block) -> str:
    if block.kind != "step" or block.children or len(block.text) > 60:
        return ""
    box = split_checkbox(block.text)
    answer = _clean(box.text) if box and box.text.strip("*_ ")[:2].isupper() else ""
    found = _OUTCOME.match(answer)
    return answer if found and len(answer.split()) <= 4 and found.group().isupper() else ""


def _clean(text: str) -> str:
    return clean_text(text).strip(" |/,;·-–—*_")
