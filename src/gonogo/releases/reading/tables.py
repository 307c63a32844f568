"""Table rows: steps with a command, an expectation and an owner; metrics with targets; roles that sign."""

from __future__ import annotations

import re

from gonogo.releases.plan import Kind
from gonogo.releases.reading.alternatives import find_barrier
from gonogo.releases.reading.block import Block
from gonogo.releases.reading.columns import COMMAND, DATED, EXPECTED, HOLD, OWNER, PERSON, RISK, SIGN, STEP, UNDO
from gonogo.releases.reading.commands import looks_like_command, starts_command
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.durations import find_duration
from gonogo.releases.reading.gates import is_threshold, read_gate
from gonogo.releases.reading.inline import clean_text, drop_comments, find_codes
from gonogo.releases.reading.judging import find_expectation
from gonogo.releases.reading.marks import add_check
from gonogo.releases.reading.people import clean_owner, has_blank
from gonogo.releases.reading.polarity import warns
from gonogo.releases.reading.running import add_command
from gonogo.releases.reading.verbs import asks_for_action
from gonogo.releases.reading.waits import find_wait

_TARGET = re.compile(r"\b(?:targets?|success|thresholds?|expected|criteria|criterion)\b", re.IGNORECASE)
_WITH_BOX = re.compile(r"\[[ xX]?\](?!\()|[☐☑⬜🔲]")
_BARE = re.compile(r"^[\s\d.#☐☑⬜🔲✅❌\[\]xX_-]*$")
_AT_LEAST = re.compile(r"^(\d[\d,.]*\s?%?)\s?\+$")
_NOTHING = frozenset({"", "-", "—", "–", "n/a", "tbd"})


def read_row(desk: Desk, block: Block, place: Place) -> Draft:
    """Add the items of one table row and return the first."""
    if not block.columns:
        return desk.add("info", block.line, block.end_line + 1, _join(block.cells), parent=place.parent)
    named = (name or " " * at for at, name in enumerate(block.columns))
    cells = dict(zip(named, block.cells, strict=False))
    owner = _pick(cells, OWNER)
    role = clean_owner(clean_text(owner)) if owner else None
    text = _name_row(block, cells)
    mood = nest(place, barrier=find_barrier(text) or place.barrier)
    start = len(desk.drafts)
    if not (_read_runs(desk, block, mood, cells, text) or _read_metrics(desk, block, mood)):
        _read_words(desk, block, mood, cells, text)
    for draft in desk.drafts[start:]:
        draft.role = draft.role or role
    return desk.drafts[start]


def _read_runs(desk: Desk, block: Block, place: Place, cells: dict[str, str], text: str) -> bool:
    drafts = []
    for name, cell in cells.items():
        if OWNER.match(name) or (EXPECTED.match(name) and not COMMAND.match(name)):
            continue
        undoes = UNDO.match(clean_text(name)) is not None
        with desk.undo(undoes):
            found = [
                add_command(desk, place, command, block.line, block.end_line, text)
                for command in _list_commands(name, cell)
            ]
        drafts += found if not undoes else []
    if not drafts:
        return False
    expected = clean_text(_pick(cells, EXPECTED) or "")
    if expected.lower() not in _NOTHING:
        expected = find_expectation(expected) or f"Expected: {expected}"
        check = desk.add("check", block.line, block.end_line, expected, parent=place.parent)
        add_check(desk, check, expected, drafts[-1])
    if not desk.informs and not desk.rolls_back:
        _read_aftermath(desk, block, place, cells)
    return True


def _read_aftermath(desk: Desk, block: Block, place: Place, cells: dict[str, str]) -> None:
    """What a row with a command goes on to ask for: a time to hold, thresholds to go on or to roll back."""
    for name, cell in cells.items():
        column, shown = clean_text(name), clean_text(cell)
        duration = find_duration(shown) if HOLD.match(column) else None
        if duration is not None:
            said = f"{column}: {shown}"
            desk.add("wait", block.line, block.end_line, said, duration_s=duration.seconds, parent=place.parent)
    _read_metrics(desk, block, place)


def _list_commands(column: str, cell: str) -> list[str]:
    codes = [code.text for code in find_codes(cell)]
    if COMMAND.match(clean_text(column)) or UNDO.match(clean_text(column)):
        commands = [code for code in codes if looks_like_command(code)]
    else:
        commands = [code for code in codes if starts_command(code) and len(code.split()) > 1]
    plain = clean_text(cell)
    if not codes and COMMAND.match(column) and plain and starts_command(plain):
        return [plain]
    return commands


def _read_metrics(desk: Desk, block: Block, place: Place) -> bool:
    if desk.informs or desk.section.is_foreign:
        return False
    found, runs = False, any(COMMAND.match(clean_text(name)) for name in block.columns)
    subject = clean_text(block.cells[0]) if block.cells else ""
    for name, cell in zip(block.columns[1:], block.cells[1:], strict=False):
        shown = _AT_LEAST.sub(r">= \1", clean_text(cell))
        column = clean_text(name)
        if not any(char.isdigit() for char in shown) or (runs and (find_codes(cell) or EXPECTED.match(column))):
            continue
        said = shown if _names_metric(shown) else f"{subject}: {shown}"
        if not is_threshold(said):
            continue
        if warns(column) and not desk.rolls_back:
            desk.add("info", block.line, block.end_line, f"{column}: {said}", parent=place.parent)
            found = True
            continue
        kind: Kind = "rollback" if desk.rolls_back else "gate"
        gate = read_gate(said, place.polarity, desk.bindings, column)
        desk.add(
            kind,
            block.line,
            block.end_line,
            said,
            rule=gate.rule,
            expression=gate.expression,
            doubt=gate.doubt,
            parent=place.parent,
        )
        found = True
    return found


def _names_metric(text: str) -> bool:
    """Whether a cell says itself what it bounds: "error rate < 0.1%"."""
    return text[:1].isalpha() and is_threshold(text)


def _read_words(desk: Desk, block: Block, place: Place, cells: dict[str, str], text: str) -> None:
    boxed = any(_WITH_BOX.search(cell) for cell in block.cells)
    first = clean_text(block.cells[0]) if block.cells else ""
    expected = clean_text(_pick(cells, EXPECTED) or "")
    if expected.lower() not in _NOTHING and not desk.informs and not desk.rolls_back:
        text = f"{text} — expected: {expected}"
    if role := _find_signer(desk, block, cells, first):
        desk.add("sign", block.line, block.end_line, text, role=clean_owner(role), parent=place.parent)
    elif desk.rolls_back:
        desk.add("rollback", block.line, block.end_line, text, parent=place.parent)
    elif not desk.informs and (wait := find_wait(text)) and wait.seconds and not expected:
        desk.add("wait", block.line, block.end_line, text, duration_s=wait.seconds, parent=place.parent)
    else:
        steps = STEP.match(block.columns[0]) or STEP.match(block.columns[min(1, len(block.columns) - 1)])
        owned = steps and _pick(cells, OWNER) is not None
        aims = any(_TARGET.search(name) for name in cells) and desk.section.role in ("verify", "monitor")
        numbers = desk.section.is_foreign and any(char.isdigit() for char in text)
        person = boxed or (
            not desk.informs
            and (owned or aims or expected or numbers or (not desk.section.is_title and asks_for_action(text)))
        )
        desk.add("human" if person else "info", block.line, block.end_line, text or "empty row", parent=place.parent)


def _find_signer(desk: Desk, block: Block, cells: dict[str, str], first: str) -> str | None:
    """Whose signature a row asks for: a role with room for a name, a date or a signature; a risk to be accepted."""
    risk = RISK.match(clean_text(block.columns[0])) or any(RISK.match(clean_text(name)) for name in cells)
    if desk.rolls_back or (desk.informs and not risk):
        return None
    signs = [name for name in cells if SIGN.match(clean_text(name))]
    open_cells = [name for name, cell in cells.items() if not cell or has_blank(cell)]
    if risk:
        owner = clean_text(_pick(cells, OWNER) or "")
        return owner or first if signs and any(name in open_cells for name in signs) else None
    if signs and (desk.section.role == "signoff" or open_cells):
        return clean_text(_pick(cells, OWNER) or first)
    roles = PERSON.match(clean_text(block.columns[0])) and any(DATED.match(clean_text(name)) for name in open_cells)
    if not roles:
        return None
    owner = next((cells[name] for name in cells if clean_text(name).lower() in ("role", "title", "position")), "")
    return clean_text(owner or first)


def _pick(cells: dict[str, str], column: re.Pattern[str]) -> str | None:
    return next((cell for name, cell in cells.items() if column.match(clean_text(name))), None)


def _name_row(block: Block, cells: dict[str, str]) -> str:
    """What the row is about: its first cells with words, without commands, owners and expectations."""
    words = [
        clean_text(drop_comments(cell))
        for name, cell in cells.items()
        if not (COMMAND.match(name) and find_codes(cell))
        and not (EXPECTED.match(name) or OWNER.match(name))
        and not _BARE.match(cell)
    ]
    return " — ".join(filter(None, words)) or _join(block.cells)


def _join(cells: tuple[str, ...]) -> str:
    return " | ".join(filter(None, (clean_text(cell) for cell in cells))) or "table"
