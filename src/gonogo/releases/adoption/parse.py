"""The text of an adoption file to its entries. What is wrong with it becomes findings, never an exception."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import Any, get_args

import msgspec

from gonogo.releases.adoption.entries import NEEDS, Adoption, AnswerKind, Entry
from gonogo.releases.plan import Finding

_ENTRY = re.compile(r"^[ \t]*\[\[[ \t]*item[ \t]*\]\]", re.MULTILINE)
_LARGEST = 4 * 1024 * 1024
_PATH = re.compile(r"^(?P<said>.*?) - at `\$\.?(?P<field>[^`]*)`$")


def parse_adoption(data: bytes, path: str) -> Adoption:
    """Read an adoption file. ``path`` is only a name, for the findings."""
    try:
        if len(data) > _LARGEST:
            return _refuse(path, "it is larger than 4 MB")
        text = data.decode("utf-8-sig")
        tables = tomllib.loads(text)
    except UnicodeDecodeError:
        return _refuse(path, "it is not UTF-8. Save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        return _refuse(path, f"it is not valid TOML: {error}. Fix that place, or delete the file and adopt again")
    except RecursionError:
        return _refuse(path, "it is nested too deeply. An entry is a flat [[item]] table")
    unknown = sorted(name for name in tables if name != "item")
    items = tables.get("item", [])
    if unknown:
        return _refuse(path, f"'{unknown[0]}' is not known here; it holds [[item]] tables only. Remove it")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return _refuse(path, "'item' must be written as [[item]] tables")
    return _read_items(path, items, _find_lines(text, len(items)))


def _read_items(path: str, items: list[dict[str, Any]], lines: tuple[int, ...]) -> Adoption:
    entries: list[Entry] = []
    places: list[int] = []
    findings: list[Finding] = []
    seen: dict[str, int] = {}
    for item, line in zip(items, lines, strict=True):
        entry, wrong = _read_item(item)
        if entry is None:
            findings.append(_report(path, line, wrong))
            continue
        if entry.key in seen:
            wrong = f"answers the same item as line {seen[entry.key]}. Delete one of the two"
            findings.append(_report(path, line, wrong))
            continue
        seen[entry.key] = line
        entries.append(entry)
        places.append(line)
    return Adoption(path=path, entries=tuple(entries), lines=tuple(places), findings=tuple(findings))


def _read_item(item: dict[str, Any]) -> tuple[Entry | None, str]:
    dated = {name: value.isoformat() if isinstance(value, date) else value for name, value in item.items()}
    try:
        entry = msgspec.convert(dated, Entry)
    except msgspec.ValidationError as error:
        return None, _explain(str(error), dated)
    needed = NEEDS.get(entry.answer)
    if needed and not str(getattr(entry, needed)).strip():
        return None, f"field '{needed}': the answer '{entry.answer}' needs it. Add {needed} = \"…\""
    if entry.folder and (entry.folder, entry.answer) != ("start", "run"):
        return None, "field 'folder': it can only be \"start\", the folder where the run began, with the answer 'run'"
    if entry.nth < 1:
        return None, "field 'nth' counts from 1. Leave it out for the first"
    if not entry.by.strip():
        return None, "field 'by' must name who answered"
    return entry, ""


def _explain(error: str, item: dict[str, Any]) -> str:
    if item.get("answer") is not None and item.get("answer") not in get_args(AnswerKind):
        return f"field 'answer': {item['answer']!r} is not one of: {', '.join(get_args(AnswerKind))}"
    match = _PATH.match(error)
    said, field = (match["said"], match["field"]) if match else (error, "")
    return f"field '{field}': {said}" if field else f"{said}. See docs/how-to/adopt-a-checklist.md for the fields"


def _find_lines(text: str, number: int) -> tuple[int, ...]:
    # Inside a multi-line string the marker may stand too; then the lines are only a hint.
    found: list[int] = []
    line, start = 1, 0
    for match in _ENTRY.finditer(text):
        line += text.count("\n", start, match.start())
        start = match.start()
        found.append(line)
    return tuple((found + [1] * number)[:number])


def _refuse(path: str, why: str) -> Adoption:
    return Adoption(path=path, findings=(_report(path, None, f"can't be read: {why}"),))


def _report(path: str, line: int | None, message: str) -> Finding:
    place = f"{path}:{line}" if line is not None else path
    return Finding(rule="adoption", severity="error", line=1, message=f"{place}: {message}")
