"""The journal of a run: append-only, each entry chained by SHA-256 to the one before.

An entry's hash is over the canonical JSON (sorted keys, no white space, UTF-8) of everything else it holds, the
previous entry's hash included. Whoever keeps the last hash can prove every entry, and that none is missing; what a
person did, and the end, are signed as well, each signature over the hash and so over everything before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

GENESIS = "0" * 64
_NOT_HASHED = frozenset({"hash", "signature", "signed_with"})
_MACHINE = "system"
_SIGNED = frozenset({"finished", "held"})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of a run. ``at`` is a UTC instant, ``item`` the plan's item it is about, if any.

    ``signed_with`` is the public key that proves ``signature``.
    """

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
    signature: str | None = None
    signed_with: str | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """An entry before it has its place in a journal."""

    name: str
    item: str | None = None
    data: dict[str, Any] = {}


def chain_entry(entry: Entry) -> Entry:
    """The entry with its hash."""
    return msgspec.structs.replace(entry, hash=hash_entry(entry))


def hash_entry(entry: Entry) -> str:
    """SHA-256 (hex) of everything in the entry but its own hash and what was made of it."""
    body = {name: value for name, value in msgspec.to_builtins(entry).items() if name not in _NOT_HASHED}
    return hashlib.sha256(write_canonical(body)).hexdigest()


def is_to_be_signed(entry: Entry) -> bool:
    """Whether the entry is a person's act or an end, which are signed."""
    return entry.actor != _MACHINE or entry.name in _SIGNED


def hash_text(text: str) -> str:
    """SHA-256 (hex) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


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
