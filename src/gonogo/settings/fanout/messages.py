"""The messages of the socket, as bytes. docs/reference/settings-websocket.asyncapi.yaml describes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gonogo.kernel.http.frames import encode_frame


class Told(msgspec.Struct, frozen=True):
    """One change as clients see it: ``version`` is the store's, a secret's value is masked."""

    key: str
    value: Any
    version: int
    by: str
    at: str


def write_hello(version: int, heartbeat_s: float) -> bytes:
    """The first message: the store's version, and every how many seconds a heartbeat comes."""
    return _encode({"type": "hello", "version": version, "heartbeat": heartbeat_s})


def write_snapshot(version: int, values: Mapping[str, Any]) -> bytes:
    """Every value."""
    return _encode({"type": "snapshot", "version": version, "settings": values})


def write_changes(version: int, changes: Iterable[Told]) -> bytes:
    """One change as ``change``; several, or none, as ``batch``."""
    listed = list(changes)
    if len(listed) == 1 and listed[0].version == version:
        return _encode({"type": "change"} | msgspec.structs.asdict(listed[0]))
    return _encode({"type": "batch", "version": version, "changes": listed})


def write_heartbeat(version: int, at: str) -> bytes:
    """Still there; the client answers with any message, or a pong."""
    return _encode({"type": "heartbeat", "version": version, "at": at})


def _encode(message: dict[str, Any]) -> bytes:
    return encode_frame(msgspec.json.encode(message))
