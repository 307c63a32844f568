"""Payloads as they are typed at a terminal."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.cli.exits import CannotRun


def read_payload(type: str, text: str) -> Any:
    """The payload that was typed. Raises ``CannotRun`` when it is no JSON object, or a command that is none."""
    if type == "shell" and text.strip() in ("", "{}"):
        raise CannotRun("A `shell` job needs its command: gonogo jobs enqueue shell 'make backup'.")
    if type == "shell" and not text.lstrip().startswith("{"):
        return {"command": text}
    try:
        payload = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise CannotRun(f"The payload is not JSON: {error}.") from error
    if not isinstance(payload, dict):
        raise CannotRun('The payload is a JSON object, such as \'{"url": "https://example.com"}\'.')
    return payload
