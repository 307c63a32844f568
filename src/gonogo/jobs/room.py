"""The manifest of the jobs room."""

from __future__ import annotations

from gonogo.kernel.room import Room

ROOM = Room(
    name="jobs",
    summary="Work that survives: queue, workers, schedules and agents.",
)
