"""The manifest of the webhooks room."""

from __future__ import annotations

from gonogo.kernel.room import Room

ROOM = Room(
    name="webhooks",
    summary="Told once, told for sure: signed webhooks out, verified hooks in.",
)
