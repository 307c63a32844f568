"""Follow-up tasks over HTTP."""

from __future__ import annotations

from typing import Literal

import msgspec

Which = Literal["due", "open", "done", "all"]


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """One task. ``due_at`` and ``done_at`` are UTC instants; it came from an item of a run, or from an incident."""

    id: str
    text: str
    period: str
    owner: str
    due_at: str
    run: str | None
    item: str | None
    incident: str | None
    done_at: str | None
    done_by: str | None
    note: str
    reminded_at: str | None = None


class Tick(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``name`` says for whom a key or the command line ticks; people leave it out."""

    note: str = ""
    name: str | None = None
