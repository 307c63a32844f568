"""The manifest of the services room."""

from __future__ import annotations

from gonogo.kernel.room import Room

ROOM = Room(
    name="services",
    summary="Processes kept up, and swapped without a dropped request.",
)
