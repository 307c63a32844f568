"""Headings to sections, by depth and vocabulary; bold labels, "Step 2" and T-marks count as headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from gonogo.releases.plan import PhaseRole
from gonogo.releases.reading.alternatives import (
    explain_variants,
    find_barrier,
    find_option,
    find_variants,
    is_later_option,
)
from gonogo.releases.reading.document import Block
from gonogo.releases.reading.inline import clean_title, drop_comments, split_label
from gonogo.releases.reading.vocabulary import (
    find_level,
    find_polarity,
    find_promise,
    find_role,
    inherit_role,
    is_trigger,
)
from gonogo.releases.rules import Polarity

_MARKED = re.compile(
    r"^(?:(?:step|phase|stage|tier|part|wave|day)\s+\d+\w?\s*(?:[:.)–—-]\s*\S.*|$)|T\s?[-+−]\s?\d.*)$", re.IGNORECASE
)
_ASIDE = re.compile(
    r"^(?:expect\w*|outputs?|results?|(?:sample |example )?(?:response|output)|example|note|notes|warning|tip"
    r"|important|caution|commands?|criteria"
    r"|go ?/ ?no-?go|or|owner|time to .*|rollback time|estimated .*|duration|run|execute)\b",
    re.IGNORECASE,
)
_JOURNEY = re.compile(
    r"deploy|releas|launch|checklist|go-?live|upgrade|migrat|roll-?out|cut-?over|production", re.IGNORECASE
)
_LABEL_DEPTH = 7


@dataclass(slots=True)
class Section:
    """A heading with the blocks below it, up to the next heading. ``barrier`` says why nothing runs by itself."""

    title: str
    line: int
    depth: int
    raw: str = ""
    blocks: list[Block] = field(default_factory=list)
    role: PhaseRole = "deploy"
    known_role: PhaseRole | None = None
    polarity: Polarity = "good"
    path: tuple[str, ...] = ()
    barrier: str | None = None
    level: int | None = None
    promise_s: float | None = None
    above: Section | None = None
    end_line: int = 0
    names_journey: bool = False


def outline_blocks(blocks: list[Block], last_line: int) -> list[Section]:
    """Group a document's top-level blocks under their headings, in order."""
    sections = _gather(blocks)
    _link(sections)
    _mark_variants(sections)
    tops = sum(section.depth == 1 for section in sections)
    for section in sections:
        _settle(section, names_journey=tops == 1 and section.depth == 1 and _JOURNEY.search(section.title) is not None)
    for section, following in pairwise(sections):
        section.end_line = following.line - 1
    if sections:
        sections[-1].end_line = max(last_line, sections[-1].line)
    return sections


def find_title(sections: list[Section], path: str) -> str:
    """The first heading's text; a file without headings goes by its own name."""
    headed = next((section for section in sections if 0 < section.depth < _LABEL_DEPTH and section.title), None)
    return headed.title if headed else path.replace("\\", "/").rsplit("/", 1)[-1] or "checklist"


def _gather(blocks: list[Block]) -> list[Section]:
    sections: list[Section] = []
    for block in blocks:
        heading = _read_heading(block)
        if heading is not None:
            sections.append(heading)
            continue
        if not sections:
            sections.append(Section("", block.line, 0))
        sections[-1].blocks.append(block)
    return sections


def _read_heading(block: Block) -> Section | None:
    if block.kind == "heading":
        return Section(clean_title(block.text), block.line, block.depth, block.text)
    if block.kind != "paragraph" or "\n" in block.text.strip() or len(block.text) > 120:
        return None
    bare = drop_comments(block.text).strip()
    label = split_label(bare)
    if label and not label.rest and not _ASIDE.match(label.name) and "[ ]" not in bare and len(label.name) > 1:
        return Section(label.name, block.line, _LABEL_DEPTH, block.text)
    plain = clean_title(bare)
    if _MARKED.match(plain) and "`" not in bare and not plain.endswith("."):
        return Section(plain, block.line, _LABEL_DEPTH, block.text)
    return None


def _link(sections: list[Section]) -> None:
    chain: list[Section] = []
    for section in sections:
        while chain and chain[-1].depth >= section.depth:
            chain.pop()
        section.above = chain[-1] if chain else None
        section.path = tuple(above.title for above in chain if above.title)
        chain.append(section)


def _mark_variants(sections: list[Section]) -> None:
    families: dict[int, list[Section]] = {}
    for section in sections:
        families.setdefault(id(section.above), []).append(section)
    for family in families.values():
        variants = find_variants([section.title for section in family])
        if not variants:
            continue
        for section in family:
            if section.title in variants:
                section.barrier = explain_variants(section.title, variants)


def _settle(section: Section, *, names_journey: bool) -> None:
    # A document's title names the whole journey, not one leg of it: nothing below inherits from it.
    section.names_journey = names_journey
    if names_journey:
        return
    above, title = section.above, section.title
    own = find_role(title) if title else None
    section.known_role = inherit_role(own, above.known_role if above else None)
    section.role = section.known_role or "deploy"
    if is_trigger(title) and section.role == "rollback":
        section.role = "monitor"
    section.polarity = find_polarity(title, above.polarity if above else "good")
    section.barrier = section.barrier or (above.barrier if above else None) or _bar_title(section)
    section.level = find_level(title) or (above.level if above else None)
    section.promise_s = find_promise(title) or (above.promise_s if above else None)


def _bar_title(section: Section) -> str | None:
    title = section.title
    if section.known_role == "rollback":
        return f'"{title}" is for rolling back: nothing of it runs during a release'
    if is_trigger(title):
        return f'"{title}" says when to stop: its commands run only if a person chooses them'
    if find_option(title) and not is_later_option(title) and "if " not in title.lower():
        return None
    return find_barrier(title)
