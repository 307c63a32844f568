"""Identifiers: UUIDv7, so that ids sort by the time they were made (RFC 9562)."""

from __future__ import annotations

import uuid_utils


def new_id() -> str:
    """A fresh UUIDv7 in its usual text form."""
    return str(uuid_utils.uuid7())
