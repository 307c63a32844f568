"""Table rows: steps with a command, an expectation and an owner; metrics with targets; roles that sign."""

from __future__ import annotations

import re

from gonogo.releases.plan import Kind
from gonogo.releases.reading.alternatives import find_barrier
from gonogo.releases.reading.commands import starts_command
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.document import Block
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.gates import compile_threshold, is_threshold
from gonogo.releases.reading.inline import clean_text, drop_comments, find_codes
from gonogo.releases.reading.judging import find_expectation
from gonogo.releases.reading.marks import add_check
from gonogo.releases.reading.people import clean_owner, has_blank
from gonogo.releases.reading.running import add_command
from gonogo.releases.reading.verbs import asks_for_action
from gonogo.releases.reading.vocabulary import find_polarity
from gonogo.releases.reading.waits import find_wait


def _column(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{pattern})\b", re.IGNORECASE)


_COMMAND = _column(r"commands?|cmd|how|script|run|invocation")
_EXPECTED = _column(
    r"expect\w*|(?:expected )?(?:results?|output|outcome)|should|pass criteria|success criteria|verification|acceptance"
)
_OWNER = _column(r"owners?|roles?|responsible|who|assignee|assigned(?: to)?|team|dri|lead|approver|person|by")
_STEP = _column(
    r"#|no\.?|steps?|tasks?|actions?|checks?|items?|activity|what|description|verification|test|todo|phase|name"
    r"|status|done|check"
)
_SIGN = _column(r"signature|signed|sign[- ]?off|approved|approval|date signed")
_TARGET = re.compile(r"\b(?:targets?|success|thresholds?|expected|criteria|criterion)\b", re.IGNORECASE)
_WITH_BOX = re.compile(r"\[[ xX]?\](?!\()|[☐☑⬜🔲]")
_BARE = re.compile(r"^[\s\d.#☐☑⬜🔲✅❌\[\]xX-]*$")


def read_row(desk: Desk, block: Block, place: Place) -> Draft:
    """Add the items of one table row and return the first."""
    if not block.columns:
        return desk.add("info", block.line, block.end_line + 1, _join(block.cells), parent=place.parent)
    cells = dict(zip(block.columns, block.cells, strict=False))
    owner = _pick(cells, _OWNER)
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
    drafts = [
        add_command(desk, place, command, block.line, block.end_line, text)
        for name, cell in cells.items()
        if not _EXPECTED.match(name) and not _OWNER.match(name)
        for command in _list_commands(name, cell)
    ]
    if not drafts:
        return False
    expected = clean_text(_pick(cells, _EXPECTED) or "")
    if expected and expected not in ("-", "—", "–"):
        expected = find_expectation(expected) or f"Expected: {expected}"
        check = desk.add("check", block.line, block.end_line, expected, parent=place.parent)
        add_check(desk, check, expected, drafts[-1])
    return True


def _list_commands(column: str, cell: str) -> list[str]:
    codes = [code.text for code in find_codes(cell)]
    commands = [code for code in codes if starts_command(code) and (len(code.split()) > 1 or _COMMAND.match(column))]
    plain = clean_text(cell)
    if not codes and _COMMAND.match(column) and plain and starts_command(plain):
        return [plain]
    return commands


def _read_metrics(desk: Desk, block: Block, place: Place) -> bool:
    if desk.informs:
        return False
    found = False
    subject = clean_text(block.cells[0]) if block.cells else ""
    for name, cell in zip(block.columns[1:], block.cells[1:], strict=False):
        shown = clean_text(cell)
        if not any(char.isdigit() for char in shown) or not is_threshold(f"{subject} {shown}"):
            continue
        said = f"{subject}: {shown}"
        rule, expression = compile_threshold(said, find_polarity(name, place.polarity), desk.bindings)
        kind: Kind = "rollback" if desk.rolls_back else "gate"
        desk.add(kind, block.line, block.end_line, said, rule=rule, expression=expression, parent=place.parent)
        found = True
    return found


def _read_words(desk: Desk, block: Block, place: Place, cells: dict[str, str], text: str) -> None:
    signs = any(_SIGN.match(name) for name in cells) and not desk.informs
    boxed = any(_WITH_BOX.search(cell) for cell in block.cells)
    first = clean_text(block.cells[0]) if block.cells else ""
    if signs and first and (desk.section.role == "signoff" or any(has_blank(cell) or not cell for cell in block.cells)):
        owner = _pick(cells, _OWNER)
        desk.add(
            "sign", block.line, block.end_line, text, role=clean_owner(clean_text(owner or first)), parent=place.parent
        )
    elif desk.rolls_back:
        desk.add("rollback", block.line, block.end_line, text, parent=place.parent)
    elif not desk.informs and (wait := find_wait(text)) and wait.seconds:
        desk.add("wait", block.line, block.end_line, text, duration_s=wait.seconds, parent=place.parent)
    else:
        steps = _STEP.match(block.columns[0]) or _STEP.match(block.columns[min(1, len(block.columns) - 1)])
        owned = steps and _pick(cells, _OWNER) is not None
        aims = any(_TARGET.search(name) for name in cells) and desk.section.role in ("verify", "monitor")
        person = boxed or (not desk.informs and (owned or aims or asks_for_action(text)))
        desk.add("human" if person else "info", block.line, block.end_line, text or "empty row", parent=place.parent)


def _pick(cells: dict[str, str], column: re.Pattern[str]) -> str | None:
    return next((cell for name, cell in cells.items() if column.match(clean_text(name))), None)


def _name_row(block: Block, cells: dict[str, str]) -> str:
    """What the row is about: its first cells with words, without commands, owners and expectations."""
    words = [
        clean_text(drop_comments(cell))
        for name, cell in cells.items()
        if not (_COMMAND.match(name) or _EXPECTED.match(name) or _OWNER.match(name)) and not _BARE.match(cell)
    ]
    return " — ".join(filter(None, words)) or _join(block.cells)


def _join(cells: tuple[str, ...]) -> str:
    return " | ".join(filter(None, (clean_text(cell) for cell in cells))) or "table"
