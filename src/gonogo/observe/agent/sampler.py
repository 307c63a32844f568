"""Half of the agent: sample every five seconds, scan processes every thirty, put both on disk."""

from __future__ import annotations

from typing import Protocol

from gonogo.observe.agent.buffer import Buffer
from gonogo.observe.schemas import Details, Sample, Snapshot

SCAN_EVERY_S = 30


class ReadsHost(Protocol):
    """What is asked for samples."""

    def read(self, now: float, bytes_per_day: int = 0) -> tuple[Sample, Details]: ...


class ReadsProcesses(Protocol):
    """What is asked for processes."""

    def read(self, now: float) -> Snapshot: ...


class Sampler:
    """Fills the buffer. ``details`` is the newest description of the machine."""

    def __init__(self, buffer: Buffer, collector: ReadsHost, processes: ReadsProcesses) -> None:
        self.details: Details | None = None
        self.bytes_per_day = 0
        self._buffer = buffer
        self._collector = collector
        self._processes = processes
        self._next_scan = 0.0

    def beat(self, now: float) -> None:
        """Do what is due at ``now`` (seconds since the epoch); called at every full five seconds."""
        sample, self.details = self._collector.read(now, self.bytes_per_day)
        self._buffer.add_sample(sample)
        if now >= self._next_scan:
            self._buffer.add_snapshot(self._processes.read(now))
            self._next_scan = now + SCAN_EVERY_S
