"""What the room's commands and routes work with: the fleet, the collectors, and who is watching."""

from __future__ import annotations

from dataclasses import dataclass, field

from gonogo.observe.collecting.host import HostCollector
from gonogo.observe.collecting.processes import ProcessCollector
from gonogo.observe.fleet import Fleet

WATCHED_FOR_S = 60.0


@dataclass(slots=True)
class Desk:
    """The long-lived parts of the room."""

    fleet: Fleet
    collector: HostCollector = field(default_factory=HostCollector)
    processes: ProcessCollector = field(default_factory=ProcessCollector)
    noted_at: dict[str, float] = field(default_factory=dict)
    watched_at: float = -WATCHED_FOR_S
