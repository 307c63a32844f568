"""What is kept of telling: lines of the ledger, and letters that wait to be delivered."""

from __future__ import annotations

from typing import Literal

import msgspec

Delivery = Literal["queued", "grouped", "suppressed", "sent", "retried", "failed"]


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One decision or delivery. ``outcome`` and ``reason`` say what became of it, and why.

    A delivery is of a whole ``notification`` to one ``channel``: its ``alert`` and ``series`` are empty.
    """

    at: str
    rule: str
    kind: str
    outcome: Delivery
    alert: str = ""
    series: str = ""
    reason: str = ""
    channel: str = ""
    notification: str = ""
    attempt: int = 0
    seq: int = 0


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One notification for one channel. Its ``id`` lets a receiver know it again after a crash of ours.

    ``target`` is an address given for this letter alone; empty takes the channel's own.
    """

    id: str
    notification: str
    channel: str
    target: str
    body: str
    created_at: str
    due_at: str
    attempts: int = 0
    state: Literal["waiting", "sent", "failed"] = "waiting"
    error: str = ""
