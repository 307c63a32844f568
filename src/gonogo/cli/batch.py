"""Ticking several items at once: all of a section, a range, a list, with one note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from gonogo.cli.output import make_console, print_hanging

_SEVERAL = re.compile(r"(?P<which>\d{1,4}(?:\s*[-,–]\s*\d{1,4})*)(?P<words>(?:\s.*)?)", re.DOTALL)
_RANGE = re.compile(r"(\d+)\s*[-–]\s*(\d+)")
_ALL = ("a", "all")


def find_batch(release: Any, asked: Any) -> list[Any]:
    """The open items of the section in which a tick is asked for; none where that is the only one."""
    if asked["reason"] != "tick":
        return []
    for phase in release["phases"]:
        if any(item["id"] == asked["item"] for item in phase["items"]):
            found = [item for item in phase["items"] if _is_open_tick(item)]
            return found if len(found) > 1 else []
    return []


def _is_open_tick(item: Any) -> bool:
    return bool(item["need"] == "tick" and item["kind"] == "human" and item["state"]["status"] == "open")


def show_batch(batch: Sequence[Any]) -> None:
    """The items with the numbers to type."""
    for number, item in enumerate(batch, 1):
        role = f"  {item['role']}" if item["role"] else ""
        line = Text.assemble(
            f"    {number:>2}  ", item["text"].partition("\n")[0], (f"  (line {item['line']}{role})", "dim")
        )
        print_hanging(make_console(), line)


def parse_several(line: str, batch: Sequence[Any]) -> tuple[tuple[str, ...], str] | None:
    """The items that "3-7", "1,4 by phone" or "a all by phone" name, and the note; None for any other line."""
    key, _, words = line.strip().partition(" ")
    if batch and key.lower() in _ALL:
        return tuple(item["id"] for item in batch), words.strip()
    match = _SEVERAL.fullmatch(line.strip())
    if match is None or not batch:
        return None
    numbers: set[int] = set()
    for part in re.split(r"\s*,\s*", match["which"]):
        span = _RANGE.fullmatch(part)
        first, last = (int(span[1]), int(span[2])) if span else (int(part), int(part)) if part.isdigit() else (0, 0)
        numbers.update(range(first, min(last, len(batch) + 1) + 1))
    if not numbers or min(numbers) < 1 or max(numbers) > len(batch):
        return None
    return tuple(batch[number - 1]["id"] for number in sorted(numbers)), match["words"].strip()
