"""What an event changed, from what to what."""

from __future__ import annotations

from typing import Any

import msgspec

MOST = 5
LONGEST = 120


class Move(msgspec.Struct, frozen=True):
    """One value that changed. ``what`` is empty when the event is about one value only."""

    what: str
    before: str
    after: str


def find_moves(data: dict[str, Any]) -> tuple[Move, ...]:
    """The changes that an event's data name, five at most."""
    return tuple(_list_moves(data))[:MOST]


def _list_moves(data: dict[str, Any]) -> list[Move]:
    before, after = data.get("from"), data.get("to")
    if isinstance(before, dict) and isinstance(after, dict):
        return [_make_move(name, before.get(name), value) for name, value in after.items()]
    if "before" in data and "after" in data:
        return [_make_move(str(data.get("key", "")), data["before"], data["after"])]
    changes = data.get("changes")
    if isinstance(changes, list):
        return [move for change in changes if isinstance(change, dict) for move in _list_moves(change)]
    return []


def _make_move(what: str, before: Any, after: Any) -> Move:
    return Move(what, _write(before), _write(after))


def _write(value: Any) -> str:
    if value is None or value == "":
        return "–"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
