"""Commands in code spans: "Check it: `curl -f …`" is a command, "`main`" and "`.env`" are not."""

from __future__ import annotations

import re

from gonogo.releases.reading.commands import starts_command
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.inline import Code, clean_text, find_codes
from gonogo.releases.reading.judging import compile_words, find_expectation
from gonogo.releases.reading.line import Line
from gonogo.releases.reading.marks import add_check
from gonogo.releases.reading.running import add_command
from gonogo.releases.rules import Human

_ORDERS = re.compile(
    r"(?:^|\b)(?:run|execute|via|using|with|launch|start|call|invoke|command|by|do)\s*:?\s*$", re.IGNORECASE
)
_FORBIDS = re.compile(
    r"\b(?:don['’]?t|do not|never|not|avoid|instead of|rather than|without|unlike|replaces?"
    r"|no longer)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# Words behind a box's command that want somebody to look at what it said.
_JUDGED = re.compile(
    r"(?:and |then )?(?:has|have|is|are|looks?|shows?|contains?|says?|reports?|must|should|without|check|verify|review"
    r"|inspect|compare|confirm)\b",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"[A-Za-z./][\w./+-]{0,80}[ \t]+\S")


def read_commands(desk: Desk, line: Line, place: Place) -> Draft | None:
    """Add an item for every command of the line; a person keeps a box whose command does not run by itself."""
    codes = find_commands(line.raw, strict=line.weight not in ("box", "number"))
    if not codes:
        return None
    start = len(desk.drafts)
    for code in codes:
        last = add_command(desk, place, code.text, line.line, line.end_line, _name_command(line.raw, code))
    drafts = desk.drafts[start:]
    after = clean_text(line.raw[codes[-1].end :]).strip(" :—–-.,()")
    if after and (expected := _find_outcome(after) or _find_judgement(line, after)):
        raw = line.raw[codes[-1].end :].strip(" :—–-.,()")
        add_check(desk, desk.put("check", line, place), expected, last, raw)
    keeps = line.weight in ("box", "number") and not (desk.rolls_back or desk.informs)
    if keeps and any(draft.runs != "auto" for draft in drafts):
        return _give_person(desk, line, place, start)
    return drafts[0]


def _give_person(desk: Desk, line: Line, place: Place, start: int) -> Draft:
    person = Draft("human", line.line, line.end_line, line.text, parent=place.parent)
    desk.drafts.insert(start, person)
    for draft in desk.drafts[start + 1 :]:
        draft.parent = person
    return person


def find_commands(raw: str, *, strict: bool) -> list[Code]:
    """The code spans of a line that are commands. ``strict`` wants an order ("run `x`", "…: `x`") before each."""
    found: list[Code] = []
    for code in find_codes(raw):
        before = raw[: code.start]
        alone = not before.strip(" *-") and not raw[code.end :].strip(" .*") and _PROGRAM.match(code.text)
        if not (starts_command(code.text) or alone) or "\n" in code.text:
            continue
        ordered = not before.strip(" *-") or before.rstrip(" *").endswith(":") or _ORDERS.search(before) is not None
        wanted = ordered or (bool(found) and len(code.text.split()) > 1)
        if _FORBIDS.search(before) or not (wanted or (not strict and len(code.text.split()) > 1)):
            continue
        found.append(code)
    return found


def _name_command(raw: str, code: Code) -> str:
    before = raw[: code.start].rstrip(" *")
    if not before.strip(" *-"):
        return code.text
    return clean_text(before).rstrip(" :—–-(") if before.endswith(":") else clean_text(raw)


def _find_outcome(after: str) -> str | None:
    found = find_expectation(after)
    return found or (after if not isinstance(compile_words(after), Human) and _DIGIT.search(after) else None)


def _find_judgement(line: Line, after: str) -> str | None:
    return after if line.weight == "box" and _JUDGED.match(after) else None
