"""The journal of a run: append-only, each entry chained by SHA-256 to the one before.

An entry's hash is over the canonical JSON (sorted keys, no white space, UTF-8) of everything else it holds, the
previous entry's hash included. Whoever keeps the last hash can prove every entry, and that none is missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

GENESIS = "0" * 64


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of a run. ``at`` is a UTC instant, ``item`` the plan's item it is about, if any."""

    run: str
    seq: int
    at: str
    name: str
    item: str | None = None
    actor: str
    actor_name: str
    data: dict[str, Any] = {}
    previous: str
    hash: str = ""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """An entry before it has its place in a journal."""

    name: str
    item: str | None = None
    data: dict[str, Any] = {}


def chain_entry(entry: Entry) -> Entry:
    """The entry with its hash."""
    return msgspec.structs.replace(entry, hash=hash_entry(entry))


def hash_entry(entry: Entry) -> str:
    """SHA-256 (hex) of everything in the entry but its own hash."""
    body = {name: value for name, value in msgspec.to_builtins(entry).items() if name != "hash"}
    return hashlib.sha256(write_canonical(body)).hexdigest()


def write_canonical(value: Any) -> bytes:
    """One spelling for equal JSON values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def verify_journal(entries: Sequence[Entry], head_seq: int, head_hash: str) -> int | None:
    """The first ``seq`` that does not hold, or None.

    ``head_seq`` and ``head_hash`` come from the run itself: with them, a journal cut short shows at its end.
    """
    previous = GENESIS
    for place, entry in enumerate(entries, start=1):
        if entry.seq != place or entry.previous != previous or entry.hash != hash_entry(entry):
            return place
        previous = entry.hash
    if len(entries) != head_seq or previous != head_hash:
        return min(len(entries), head_seq) + 1
    return None
