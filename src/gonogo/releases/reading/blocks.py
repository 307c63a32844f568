"""Blocks in their order: each goes to its reader, with the notes that stand beside it."""

from __future__ import annotations

import re
from contextlib import nullcontext

from gonogo.releases.plan import Kind
from gonogo.releases.reading.alternatives import Barrier, find_barrier, shorten
from gonogo.releases.reading.block import Block
from gonogo.releases.reading.choices import count_choices, list_answers
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.fences import is_plain, read_fence
from gonogo.releases.reading.inline import clean_text, drop_comments, split_checkbox
from gonogo.releases.reading.leads import Leads, asks_to_look, offers_choice
from gonogo.releases.reading.line import Line, Weight, make_line
from gonogo.releases.reading.marks import change_items, changes_neighbour, make_item, read_annotations
from gonogo.releases.reading.rollback import holds_way_back
from gonogo.releases.reading.settling import settle_box
from gonogo.releases.reading.steps import put_choice, read_line
from gonogo.releases.reading.tables import read_row
from gonogo.releases.reading.units import Unit, split_units
from gonogo.releases.reading.vocabulary import find_polarity, is_decision
from gonogo.releases.rules import Human

_WEIGHTS: dict[str, Weight] = {"box": "box", "tick": "tick", "number": "number", "bullet": "bullet"}
_AS_IT_IS = nullcontext()
_BOX_LINE = re.compile(r"^\s*(?:>\s*)?(?:[-*+•]|\d{1,9}[.)])\s+\[[ xX]\]\s+\S")


def read_blocks(desk: Desk, blocks: list[Block], place: Place) -> None:
    """Read neighbours in order; a note on its own line belongs to the block below it, else to the one around it."""
    leads, before, done = Leads(blocks), 0, 0
    last = max((at for at, block in enumerate(blocks) if block.kind not in ("html", "rule")), default=-1)
    for at, block in enumerate(blocks):
        if at < done:
            continue
        if block.kind == "step" and not desk.informs and (count := count_choices(blocks, at)):
            done = at + count
            put_choice(desk, list_answers(blocks[at:done]), block.line, blocks[done - 1].end_line, place)
            continue
        if block.kind == "html":
            _read_html(desk, block, place, below=at < last)
            continue
        if block.kind == "rule":
            _stretch(desk, block)
            continue
        start, notes = len(desk.drafts), desk.notes
        desk.notes = []
        led = id(block) in leads.labels
        if led and leads.turns(block):
            _bar_first(desk.drafts[before:start], leads.labels[id(block)])
        if block.kind == "step" and _asks_for_each(blocks, at, desk):
            place = nest(place, asks=True)
        elif block.kind != "step" and place.asks:
            place = nest(place, asks=False)
        barrier = (leads.bar(block) if led else None) or desk.choice
        with desk.undo() if led and leads.undoes(block) else _AS_IT_IS:
            read_block(desk, block, nest(place, barrier=barrier) if barrier else place)
        before = start if block.kind in ("fence", "step") else before
        added = desk.drafts[start:]
        if not added:
            desk.notes = notes
            continue
        for note in notes:
            change_items(desk, note, added)


def _asks_for_each(blocks: list[Block], at: int, desk: Desk) -> bool:
    """Whether the words right above a list ask to see to each of its items: "Expected:", "Confirm that:"."""
    if not at or desk.informs or desk.rolls_back or blocks[at - 1].kind != "paragraph":
        return False
    text = clean_text(blocks[at - 1].text[-200:])
    return text.endswith(":") and asks_to_look(text)


def _bar_first(drafts: list[Draft], lead: str) -> None:
    """What stands above "Or:" is one of two ways as well."""
    for draft in drafts:
        if draft.runs == "auto":
            draft.runs, draft.doubt = "ask", "alternative"
            draft.why = f'"{shorten(lead)}" offers another way: choose one'


def _stretch(desk: Desk, block: Block) -> None:
    """A line of underscores right below an item is the room it leaves to write in."""
    if desk.drafts and desk.drafts[-1].end_line == block.line - 1:
        desk.drafts[-1].end_line = block.end_line


def read_block(desk: Desk, block: Block, place: Place) -> None:
    """Read one block with everything inside it."""
    if block.kind == "fence":
        _read_fence(desk, block, place)
    elif block.kind == "step":
        _read_step(desk, block, place)
    elif block.kind == "row":
        added = len(desk.drafts)
        read_row(desk, block, place)
        _apply_own_notes(desk, " ".join(block.cells), block.line, desk.drafts[added:], place)
    elif block.kind in ("paragraph", "summary"):
        _read_units(desk, block.text, block.line, block.end_line, place)
    elif block.kind == "heading":
        desk.add("info", block.line, block.end_line, clean_text(block.text), parent=place.parent)
    elif block.kind == "meta":
        desk.add("info", block.line, block.end_line, "front matter", parent=place.parent)
    elif block.kind == "quote":
        read_blocks(desk, block.children, place)


def _read_fence(desk: Desk, block: Block, place: Place) -> None:
    rows = block.text.split("\n") if is_plain(block) else []
    read_fence(desk, block, place)
    for at, row in enumerate(rows):
        if _BOX_LINE.match(row):
            line = min(block.text_line + at, block.end_line)
            _read_units(desk, row.strip(), line, line, place)


def _read_step(desk: Desk, block: Block, place: Place) -> None:
    if not block.text and block.children:
        # A bare mark only holds what stands inside it.
        read_blocks(desk, block.children, place)
        return
    line, rest = _take_line(block)
    start = len(desk.drafts)
    draft = read_line(desk, line, place)
    _apply_own_notes(desk, block.text, block.line, desk.drafts[start:], place)
    if not rest and not block.children:
        return
    inner = _step_inside(draft, line, place)
    at = len(desk.drafts)
    for unit in rest:
        _read_unit(desk, unit, inner)
    with desk.undo(desk.section.gets_ready and holds_way_back(block)):
        read_blocks(desk, block.children, inner)
    if inner.parent is draft and (draft.kind in ("wait", "gate") or _is_asked_after(desk, draft, at)):
        _move_behind(desk, draft, at)


def _take_line(block: Block) -> tuple[Line, list[Unit]]:
    """The step's own words, and the thoughts that follow in the same paragraph."""
    units = split_units(block.text, block.text_line, block.text_end)
    first, rest = units[0], units[1:]
    box = split_checkbox(first.whole)
    weight: Weight = "number" if block.number is not None else "bullet"
    text, ticked = first.whole, False
    if box is not None:
        weight, text, ticked = "box", box.text, box.ticked
    elif first.mark == "tick":
        weight, text = "tick", first.text
    works = bool(block.children) and _does_work(block)
    line = make_line(text, block.line, first.end_line, weight, ticked=ticked, works=works, span_end=block.end_line)
    return line, rest


def _step_inside(draft: Draft, line: Line, place: Place) -> Place:
    held = place.parent if draft.kind == "check" else draft
    runs = place.runs if draft.kind == "check" else [draft] if draft.command else []
    return Place(
        parent=held,
        polarity=find_polarity(line.text, place.polarity),
        barrier=find_barrier(line.text) or place.barrier,
        runs=runs,
        under=line.weight,
    )


def _is_asked_after(desk: Desk, draft: Draft, at: int) -> bool:
    """A box is settled by the fence inside it, or a person is asked once the evidence is there."""
    inside = [other for other in desk.drafts[at:] if other.command is not None]
    if draft.kind != "human" or not inside or desk.rolls_back or desk.informs:
        return False
    settle_box(draft, inside, [other for other in desk.drafts[at:] if other.kind == "check"])
    return True


def _move_behind(desk: Desk, draft: Draft, at: int) -> None:
    """A wait or a decision comes after what stands inside it: the load starts first, then the clock."""
    inside = desk.drafts[at:]
    if not inside or draft not in desk.drafts:
        return
    desk.drafts.remove(draft)
    desk.drafts.append(draft)
    if isinstance(draft.rule, Human) and is_decision(draft.text) and not draft.criteria:
        draft.criteria = tuple(other.text for other in inside if other.parent is draft)
        draft.rule = Human(source=draft.text, question=f"{draft.text}: {'; '.join(draft.criteria)}")


def _does_work(block: Block) -> bool:
    """Whether what stands inside a step does its work: commands to run, boxes to tick."""
    return any(
        child.kind == "fence" or (child.kind == "step" and (split_checkbox(child.text) or _does_work(child)))
        for child in block.children
    )


def _read_units(desk: Desk, text: str, line: int, end_line: int, place: Place) -> None:
    for unit in split_units(text, line, end_line):
        _read_unit(desk, unit, place)


def _read_unit(desk: Desk, unit: Unit, place: Place) -> None:
    text = drop_comments(unit.text)
    if not text.strip():
        _read_hidden(desk, unit, place)
        return
    shown = clean_text(text)
    if offers_choice(shown) and not desk.rolls_back:
        desk.choice = Barrier(f'"{shorten(shown)}": a person chooses', "alternative")
    weight: Weight = _WEIGHTS.get(unit.mark, "line")
    start = len(desk.drafts)
    read_line(desk, make_line(text, unit.line, unit.end_line, weight, ticked=unit.ticked), place)
    _apply_own_notes(desk, unit.text, unit.line, desk.drafts[start:], place)


def _read_hidden(desk: Desk, unit: Unit, place: Place) -> None:
    for note in read_annotations(desk, unit.text, unit.line):
        if changes_neighbour(note):
            desk.notes.append(note)
        else:
            make_item(desk, note, place, unit.end_line)


def _apply_own_notes(desk: Desk, raw: str, line: int, added: list[Draft], place: Place) -> None:
    if "gonogo" not in raw:
        return
    for note in read_annotations(desk, raw, line):
        if added:
            change_items(desk, note, added)
        else:
            make_item(desk, note, place, line)


def _read_html(desk: Desk, block: Block, place: Place, *, below: bool) -> None:
    notes = read_annotations(desk, block.text, block.line)
    for note in notes:
        if not changes_neighbour(note):
            make_item(desk, note, place, max(note.line, block.end_line))
        elif below or (place.parent is None and not desk.drafts):
            desk.notes.append(note)
        else:
            change_items(desk, note, [place.parent] if place.parent else desk.drafts[-1:])
    if "gonogo" in block.text and not drop_comments(block.text).strip():
        return
    rows = block.text.rstrip("\n").split("\n")
    text = clean_text(block.text.replace("<!--", " ").replace("-->", " ")) or rows[0].strip()
    # A listing in HTML can't be read as commands: a person types it.
    typed = "<pre" in block.text.lower() and not desk.informs
    kind: Kind = "info" if not typed else "rollback" if desk.rolls_back else "human"
    desk.add(kind, block.line, block.end_line, text[:400], parent=place.parent)
    for at, row in enumerate(rows):
        if _BOX_LINE.match(row):
            line = min(block.line + at, block.end_line)
            _read_units(desk, row.strip(), line, line, place)
