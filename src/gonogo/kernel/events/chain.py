"""The chain of the event log: each entry's hash covers the entry and the hash of the one before it."""

from __future__ import annotations

import hashlib

import msgspec

GENESIS = "0" * 64
"""What the very first entry has for the hash of the one before it."""

_encode = msgspec.json.Encoder().encode


class Head(msgspec.Struct, frozen=True):
    """Where the chain ends: the place and the hash of its newest entry."""

    seq: int = 0
    hash: str = GENESIS


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry exactly as it is stored. ``data`` is its JSON text: the hash covers the text, not what it means."""

    seq: int
    id: str
    name: str
    subject: str
    at: str
    actor: str
    actor_name: str
    account: str = ""
    address: str = ""
    request_id: str = ""
    data: msgspec.Raw
    previous: str
    hash: str = ""


def hash_entry(entry: LogEntry) -> str:
    """SHA-256 (hex) of the entry's fields, its own hash left out, as a JSON array in the order they are declared.

    ``data`` is in it as text, so that only one spelling of it has this hash.
    """
    return hash_fields(
        entry.seq,
        entry.id,
        entry.name,
        entry.subject,
        entry.at,
        entry.actor,
        entry.actor_name,
        entry.account,
        entry.address,
        entry.request_id,
        bytes(entry.data).decode(),
        entry.previous,
    )


def hash_fields(seq: int, *texts: str) -> str:
    """The same from the fields themselves, which is what the writer has."""
    return hashlib.sha256(_encode((seq, *texts))).hexdigest()
