"""What stands right above a fence and says what it is for: another way, only if, an example, never, a rollback."""

from __future__ import annotations

import re

from gonogo.releases.reading.alternatives import Barrier, explain_variants, find_barrier, find_variants, shorten
from gonogo.releases.reading.block import Block
from gonogo.releases.reading.conditions import is_otherwise
from gonogo.releases.reading.inline import clean_text, split_checkbox
from gonogo.releases.reading.judging import find_expectation, introduces_output
from gonogo.releases.reading.language import is_foreign
from gonogo.releases.reading.units import split_units

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CHOOSE = re.compile(
    r"^\W*(?:please )?(?:choose|pick|select|use|do|run|follow) (?:only |exactly )?(?:one|either|any)\b"
    r"|\b(?:one|any) of the (?:following|\w+ (?:ways|options|methods)|ways|options|methods)\b",
    re.IGNORECASE,
)
_UNDO = re.compile(
    r"^\W*(?:roll(?:ing)?[- ]?back|undo|revert|back[- ]?out)(?: (?:commands?|procedures?|steps?|plan|scripts?))?\s*"
    r"(?:\(.{0,60}\)\s*)?(?::\s*)?$"
    r"|^\W*(?:roll(?:ing)?[- ]?back|undo|revert)(?: it| this)? (?:if|when)\b.{0,80}$",
    re.IGNORECASE,
)
_LOOK = re.compile(
    r"\b(?:expect\w*|you should see|should (?:show|see|be|have|contain|list)|verify|confirm|check|ensure"
    r"|make sure|validate"
    r"|watch(?: out)?(?: for)?|look (?:for|at)|monitor|test|inspect|proceed (?:only )?(?:if|when)|until"
    r"|must (?:be|have|pass)"
    r"|acceptance|criteria|success when|done when)\b[^.]{0,60}:\W*$",
    re.IGNORECASE,
)
_LONGEST = 600


class Leads:
    """The words above each fence of some neighbours, and the barrier that they raise."""

    def __init__(self, blocks: list[Block]) -> None:
        self.labels = _name_fences(blocks)
        self.variants = find_variants([label.rstrip(": ") for label in self.labels.values() if label])

    def bar(self, block: Block) -> Barrier | None:
        """The barrier in front of a fence, or of a step with a fence."""
        label = self.labels.get(id(block))
        if not label:
            return None
        if (name := label.rstrip(": ")) in self.variants:
            return explain_variants(name, self.variants)
        return None if block.kind == "step" or is_undo(label) else bar_lead(label)

    def turns(self, block: Block) -> bool:
        """Whether the words above offer what follows in place of what came before."""
        label = self.labels.get(id(block))
        return bool(label) and is_otherwise(label or "")

    def undoes(self, block: Block) -> bool:
        """Whether the words above a fence call it the way back."""
        label = self.labels.get(id(block))
        return bool(label) and is_undo(label or "")


def bar_lead(lead: str) -> Barrier | None:
    """The barrier that the words above a fence raise."""
    if not lead:
        return None
    if is_foreign(lead):
        return Barrier(f'"{shorten(lead)}" is not English: a person decides what runs here', "language")
    barriers = [found for sentence in _SENTENCE.split(lead)[-2:] if (found := find_barrier(sentence))]
    return next((barrier for barrier in barriers if barrier.never), barriers[0] if barriers else None)


def is_undo(lead: str) -> bool:
    """Whether words do nothing but name the way back: "Rollback:", "Undo if it fails:"."""
    return _UNDO.match(lead[:_LONGEST]) is not None


def offers_choice(text: str) -> bool:
    """Whether words ask to take one of what follows: "Choose one of the following:"."""
    return _CHOOSE.search(text[:_LONGEST]) is not None


def asks_to_look(text: str) -> bool:
    """Whether words announce things to see to, one by one: "Expected:", "Make sure that:", "Watch for:"."""
    return _LOOK.search(text[-_LONGEST:]) is not None


def _holds_fence(block: Block) -> bool:
    return block.kind == "fence" or (block.kind == "step" and any(child.kind == "fence" for child in block.children))


def _name_fences(blocks: list[Block]) -> dict[int, str]:
    """What stands above each fence, and what a step with a fence says."""
    labels: dict[int, str] = {}
    unread: list[Block] = []
    lead = ""
    for block in blocks:
        if block.kind == "step" and _holds_fence(block):
            box = split_checkbox(block.text)
            labels[id(block)] = clean_text(box.text if box else block.text)[:_LONGEST].rstrip(": ")
        if block.kind != "fence":
            unread.append(block)
            continue
        found = (_read_lead(above) for above in reversed(unread))
        lead = next((text for text in found if text is not None), lead)
        unread.clear()
        labels[id(block)] = lead
    return labels


def _read_lead(block: Block) -> str | None:
    """The last words of a block; None for what neither leads to a fence nor ends what led to it."""
    if block.kind == "html":
        return None
    if block.kind == "quote":
        return _read_lead(block.children[-1]) if block.children else None
    if block.kind not in ("paragraph", "step"):
        return ""
    unit = split_units(block.text, block.text_line or block.line, block.text_end or block.end_line)[-1]
    text = clean_text(unit.text)[-_LONGEST:]
    if introduces_output(text) or find_expectation(text):
        return text if find_barrier(text) else None
    return "" if block.kind == "step" and (block.children or not text.endswith(":")) else text
