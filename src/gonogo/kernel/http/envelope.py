"""The shape of every native answer."""

from __future__ import annotations

from typing import Any


def success(data: Any, *, next_cursor: str | None = None, **members: Any) -> dict[str, Any]:
    """``{"status": "success", "data": …}``; lists that go on carry ``next_cursor``."""
    body: dict[str, Any] = {"status": "success", "data": data} | members
    if next_cursor is not None:
        body["next_cursor"] = next_cursor
    return body
