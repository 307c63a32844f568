"""Headings to sections, by depth and vocabulary; bold labels, "Step 2" and T-marks count as headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from gonogo.releases.plan import PhaseRole
from gonogo.releases.reading.alternatives import (
    Barrier,
    explain_variants,
    find_barrier,
    find_option,
    find_variants,
    shorten,
)
from gonogo.releases.reading.block import Block
from gonogo.releases.reading.columns import holds_risks
from gonogo.releases.reading.conditions import is_otherwise
from gonogo.releases.reading.headings import read_promise
from gonogo.releases.reading.inline import clean_text, clean_title, drop_comments, split_checkbox, split_label
from gonogo.releases.reading.language import Tally, sum_tallies, tally_texts
from gonogo.releases.reading.people import find_signature, has_blank, names_signer
from gonogo.releases.reading.stops import find_stop
from gonogo.releases.reading.verbs import asks_for_action
from gonogo.releases.reading.vocabulary import (
    drop_strict,
    find_level,
    find_polarity,
    find_promise,
    find_role,
    inherit_role,
    is_trigger,
    rolls_a_step_back,
)
from gonogo.releases.reading.waits import find_wait
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
_KIND_OF_PAPER = re.compile(r"\b(?:run ?books?|play ?books?|operations|manual|notes|template)\b", re.IGNORECASE)
_OFF_THE_JOURNEY = re.compile(
    r"trouble ?shoot|faq|cheat ?sheet|debug|known issues|common (?:issues|problems)", re.IGNORECASE
)
_LABEL_DEPTH = 7
_LAST_LINES = 4
_MOST_READ = 40
_SAMPLE = 300


@dataclass(slots=True)
class Section:
    """A heading with the blocks below it, up to the next heading.

    ``barrier`` says why nothing below runs by itself; ``is_certain`` that headings vouch for what follows, and
    ``is_open`` that none does, so that a heading below still may. ``is_foreign``: it is not written in English.
    """

    title: str
    line: int
    depth: int
    raw: str = ""
    blocks: list[Block] = field(default_factory=list)
    role: PhaseRole = "deploy"
    known_role: PhaseRole | None = None
    polarity: Polarity = "good"
    path: tuple[str, ...] = ()
    barrier: Barrier | None = None
    is_certain: bool = False
    is_title: bool = False
    is_open: bool = False
    is_foreign: bool = False
    gets_ready: bool = False
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
    headed = [section for section in sections if 0 < section.depth < _LABEL_DEPTH]
    title = next((section for section in headed if section.depth == 1), None)
    if title is not None and sum(section.depth == 1 for section in headed) > 1:
        title = None
    tallies = [_tally_words(section) for section in sections]
    foreign = sum_tallies(tallies).is_foreign
    for section, tally in zip(sections, tallies, strict=True):
        section.is_foreign = foreign or tally.is_foreign
        section.is_title = section is title
        section.is_certain = not headed
        _settle(section, alone=len(headed) == 1)
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
    folded: Section | None = None
    for at, block in enumerate(blocks):
        heading = _read_heading(block, blocks[at + 1] if at + 1 < len(blocks) else None)
        if heading is not None:
            sections.append(heading)
            continue
        if sections and find_role(sections[-1].title) != "signoff" and _closes_document(blocks, at):
            sections.append(Section("Sign-off", block.line, 2))
        if (
            block.kind == "rule"
            and block.text[:1] != "_"
            and at + 1 < len(blocks)
            and _signs_off(blocks[at + 1])
            and sections
        ):
            # Signatures below a rule close the document, not the section that happens to stand above them.
            sections.append(Section("Sign-off", blocks[at + 1].line, 2))
        if not sections:
            sections.append(Section("", block.line, 0))
        if block.kind == "summary" and _sets_aside(block):
            sections.append(Section(clean_title(block.text), block.line, _LABEL_DEPTH, block.text))
            folded = sections[-2]
            continue
        if block.kind == "close":
            if folded is not None:
                sections.append(Section(folded.title, block.line, folded.depth or 1, folded.raw))
                folded = None
            continue
        sections[-1].blocks.append(block)
    return sections


def _read_heading(block: Block, following: Block | None) -> Section | None:
    if block.kind == "heading":
        return Section(clean_title(block.text), block.line, block.depth, block.text)
    if block.kind != "paragraph" or "\n" in block.text.strip() or len(block.text) > 120:
        return None
    bare = drop_comments(block.text).strip()
    label = split_label(bare)
    if label and not label.rest and not _ASIDE.match(label.name) and "[ ]" not in bare and len(label.name) > 1:
        if _is_instruction(label.name, bare, following):
            return None
        return Section(label.name, block.line, _LABEL_DEPTH, block.text)
    plain = clean_title(bare)
    if _MARKED.match(plain) and "`" not in bare and not plain.endswith("."):
        return Section(plain, block.line, _LABEL_DEPTH, block.text)
    return None


def _tally_words(section: Section) -> Tally:
    """How much of a heading and its prose is written in another language than English."""
    blocks = section.blocks[:_MOST_READ]
    said = [block.text[:_SAMPLE] for block in blocks if block.kind in ("paragraph", "step", "quote")]
    # Without its box a step's text is cleaned but once: its reader cleans the same.
    bare = [box.text if (box := split_checkbox(text)) else text for text in said]
    return tally_texts([section.title, *map(clean_text, bare)])


def _sets_aside(block: Block) -> bool:
    """Whether the summary of a folded part says that it is not on the way: "Troubleshooting", "Example"."""
    title = clean_title(block.text)
    return find_role(title) in ("info", "rollback") or read_promise(title) in ("doubtful", "foreign")


def _closes_document(blocks: list[Block], at: int) -> bool:
    """Whether nothing but signatures stands from here to the document's end."""
    rest = blocks[at : at + _LAST_LINES + 1]
    return len(rest) <= _LAST_LINES and all(map(_signs_off, rest))


def _is_instruction(text: str, bare: str, following: Block | None) -> bool:
    """Whether bold words are a sentence to follow, rather than the title of what stands below them."""
    below, colon = following.kind if following else "", bare.rstrip("*_ ").endswith(":")
    if text.strip(" !.") == "STOP" or (find_stop(text) and not colon and len(text.split()) > 2):
        return True
    if _MARKED.match(text) or len(text.split()) < 2:
        return False
    if below != "fence" and find_wait(text):
        return True
    if text.endswith((".", "!")) and len(text.split()) > 2:
        return True
    names = colon or below in ("fence", "step", "row", "paragraph", "html", "quote")
    return not names and len(text.split()) > 2 and asks_for_action(text)


def _signs_off(block: Block) -> bool:
    """Whether a paragraph opens with room for a signature: "Approved by: ____"."""
    if block.kind != "paragraph":
        return False
    first = block.text.split("\n", 1)[0]
    text = clean_text(first)
    signs = has_blank(text) or names_signer(text)
    return signs and find_signature(text, split_label(first), signing=True, ticked=False) is not None


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
        for section in family:
            if section.title in variants:
                section.barrier = explain_variants(section.title, variants)
        for section, following in pairwise(family):
            if is_otherwise(following.title) and not find_option(section.title):
                why = f'"{shorten(section.title)}" or "{shorten(following.title)}": choose one'
                section.barrier = section.barrier or Barrier(why, "alternative")


def _settle(section: Section, *, alone: bool) -> None:
    above, title = section.above, drop_strict(section.title)
    own = find_role(title) if title else None
    # A document's title names the whole journey, not one leg of it: nothing below inherits from it.
    section.names_journey = section.is_title and _JOURNEY.search(title) is not None
    section.names_journey = section.names_journey and _OFF_THE_JOURNEY.search(title) is None
    if section.is_title and own not in ("rollback", "info"):
        section.known_role = None
    else:
        section.known_role = inherit_role(own, above.known_role if above else None)
    if section.names_journey:
        section.known_role = None
    if section.known_role == "info" and any(
        block.kind == "row" and holds_risks(block.columns) for block in section.blocks
    ):
        section.known_role = "prepare"
    if section.known_role == "rollback" and _gets_ready(section):
        section.known_role, section.gets_ready = "prepare", True
        why = f'"{title}" may be for rolling back only: a person decides whether this runs now'
        section.barrier = Barrier(why, "heading")
    section.role = section.known_role or "deploy"
    if is_trigger(title) and section.role == "rollback":
        section.role = "monitor"
    if not section.names_journey:
        section.polarity = find_polarity(title, above.polarity if above else "good")
        section.level = find_level(title) or (above.level if above else None)
        section.promise_s = find_promise(title) or (above.promise_s if above else None)
    _find_certainty(section, alone=alone)


def _gets_ready(section: Section) -> bool:
    """Whether a rollback plan stands among the preparations, as boxes to tick before the release."""
    above = section.above
    boxes = [block for block in section.blocks if block.kind == "step" and split_checkbox(block.text)]
    return bool(boxes) and above is not None and above.known_role == "prepare"


def _find_certainty(section: Section, *, alone: bool) -> None:
    above, title = section.above, drop_strict(section.title)
    named = _KIND_OF_PAPER.sub("", title) if section.is_title else title
    promise = read_promise(named) if title else "unknown"
    if above and not above.is_title and not (above.is_open and promise == "way"):
        section.barrier = section.barrier or above.barrier
    if section.barrier is None and not section.names_journey:
        section.barrier = _bar_title(title)
    if section.is_foreign or promise == "foreign":
        section.is_foreign = True
        section.barrier = section.barrier or _doubt_title(section.title, foreign=True)
        if section.role == "rollback" and not any(block.kind == "fence" for block in section.blocks):
            # What it lists may be the way back, or what it takes to go there: a person sees it.
            section.role = section.known_role = "monitor"
    if section.role in ("rollback", "info") or section.is_foreign:
        return
    if promise == "way":
        section.is_certain = True
    elif promise in ("unknown", "component"):
        section.is_certain = section.is_certain or _is_vouched(section, component=promise == "component", alone=alone)
    if section.barrier is None and not section.is_certain:
        section.barrier = _doubt_title(section.title, foreign=promise == "foreign")
        section.is_open = promise in ("unknown", "component")


def _is_vouched(section: Section, *, component: bool, alone: bool) -> bool:
    """Whether words of no weight stand where others vouch for them: under a step, or under nothing but a title."""
    above = section.above
    if section.is_title or above is None:
        return alone or (section.is_title and section.names_journey)
    if not above.is_title:
        return above.is_certain
    return above.names_journey if component else section.depth == _LABEL_DEPTH and above.is_certain


def _doubt_title(title: str, *, foreign: bool) -> Barrier:
    if foreign:
        return Barrier(f'"{shorten(title)}" is not English: a person decides what runs here', "language")
    if not title:
        return Barrier("no heading says that this is part of the release", "heading")
    return Barrier(f'nothing says that "{shorten(title)}" is part of the release', "heading")


def _bar_title(title: str) -> Barrier | None:
    if rolls_a_step_back(title):
        return None
    if is_trigger(title):
        why = f'"{title}" says when to stop: its commands run only if a person chooses them'
        return Barrier(why, "condition")
    return find_barrier(title)
