"""What the room's commands and routes work with: the fleet, the collectors, and who is watching."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from gonogo.observe.collecting.host import HostCollector
from gonogo.observe.collecting.processes import ProcessCollector
from gonogo.observe.fleet import Fleet

WATCHED_FOR_S = 60.0
REMEMBERED = 1000
"""Packed hours whose size is remembered."""


@dataclass(slots=True)
class Desk:
    """The long-lived parts of the room."""

    fleet: Fleet
    collector: HostCollector = field(default_factory=HostCollector)
    processes: ProcessCollector = field(default_factory=ProcessCollector)
    noted_at: dict[str, float] = field(default_factory=dict)
    watched_at: float = -WATCHED_FOR_S
    packed: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def note_packed(self, size: int) -> None:
        """Remember the bytes of a packed hour."""
        if size:
            self.packed.append(size)

    @property
    def bytes_per_day(self) -> int:
        """Bytes of a host's packed samples in a day, by the hours that were packed last; 0 before the first one."""
        return 24 * sum(self.packed) // len(self.packed) if self.packed else 0
