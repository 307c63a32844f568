"""What the processes of each service use, their children counted with them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import psutil

from gonogo.services.state import KeeperState


class Usage(msgspec.Struct, frozen=True):
    """CPU in % of a core since the look before, memory in bytes."""

    cpu: float = 0.0
    rss: int = 0
    processes: int = 0


class Meter:
    """Looks at all services at once; a process counts for the service in whose session it is.

    Only the version in service counts: during a swap the old one, which drains, would double every number.
    """

    def __init__(self) -> None:
        self.usage: dict[str, Usage] = {}
        self._known: dict[int, psutil.Process] = {}

    def look(self, states: Mapping[str, KeeperState]) -> None:
        """Measure now."""
        leaders = {
            each.process.pid: name
            for name, state in states.items()
            for each in state.instances
            if each.process and each.role == "active"
        }
        found: dict[str, Usage] = dict.fromkeys(states, Usage())
        present: dict[int, psutil.Process] = {}
        for folder in Path("/proc").iterdir() if leaders else ():
            if not folder.name.isdecimal():
                continue
            pid = int(folder.name)
            # A process may end at any moment.
            with contextlib.suppress(ProcessLookupError, psutil.Error):
                name = leaders.get(os.getsid(pid))
                if name is not None:
                    process = present[pid] = self._known.get(pid) or psutil.Process(pid)
                    found[name] = _add(found[name], process)
        self._known, self.usage = present, found


def _add(usage: Usage, process: psutil.Process) -> Usage:
    with process.oneshot():
        return Usage(usage.cpu + process.cpu_percent(None), usage.rss + process.memory_info().rss, usage.processes + 1)
