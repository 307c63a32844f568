"""Every host as it is now, in memory: what the live endpoints, the health and the page read."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gonogo.observe.errors import HostNotFound
from gonogo.observe.levels import Standing
from gonogo.observe.metrics import NAMES, find_place
from gonogo.observe.schemas import Details, Platform, Report, Sample, Snapshot

SPARK_LENGTH = 180
"""Samples of a sparkline: a quarter of an hour."""
SILENT_AFTER_S = 90
"""Seconds without a sample after which a host counts as silent."""
_SPARKED = ("cpu_percent", "memory_percent")


@dataclass(slots=True)
class HostState:
    """One host's newest numbers; instants are seconds since the epoch. ``revision`` grows with every report."""

    host: str
    agent: str
    first_seen: int
    sample: Sample | None = None
    details: Details | None = None
    platform: Platform = field(default_factory=Platform)
    snapshot: Snapshot | None = None
    standings: dict[str, Standing] = field(default_factory=dict)
    seen_at: float = 0.0
    revision: int = 0
    sparks: dict[str, array[float]] = field(default_factory=lambda: {name: array("f") for name in _SPARKED})

    @property
    def metrics(self) -> dict[str, float | None]:
        """The newest sample by name; empty when there is none."""
        return dict(zip(NAMES, self.sample.values, strict=True)) if self.sample is not None else {}

    def is_silent(self, now: float) -> bool:
        """Whether its newest sample is too old to say anything about now."""
        return self.sample is None or now - self.sample.at > SILENT_AFTER_S

    def find_value(self, name: str) -> float | None:
        """One number of the newest sample."""
        place = find_place(name)
        return None if place is None or self.sample is None else self.sample.values[place]

    def add_sample(self, sample: Sample) -> None:
        """Take over a sample; one older than the newest changes nothing."""
        if self.sample is not None and sample.at <= self.sample.at:
            return
        self.sample = sample
        for name, spark in self.sparks.items():
            place = find_place(name)
            value = None if place is None else sample.values[place]
            spark.append(float("nan") if value is None else value)
            del spark[:-SPARK_LENGTH]


class Fleet:
    """Hosts by name. ``local`` is the machine that this Gonogo runs on; ``revision`` grows with every report."""

    def __init__(self, local: str) -> None:
        self.local = local
        self.revision = 0
        self.accepted = 0
        self.duplicates = 0
        self.refused = 0
        self._hosts: dict[str, HostState] = {}

    def __len__(self) -> int:
        return len(self._hosts)

    def __iter__(self) -> Iterator[HostState]:
        return iter(self._hosts.values())

    def get(self, host: str | None) -> HostState:
        """A host's state, this machine's without a name. Raises ``HostNotFound``."""
        found = self._hosts.get(host or self.local)
        if found is None:
            raise HostNotFound(host or self.local)
        return found

    def find(self, host: str) -> HostState | None:
        """A host's state; None when it never reported."""
        return self._hosts.get(host)

    def forget(self, host: str) -> None:
        """Leave a host out until it reports again."""
        self._hosts.pop(host, None)
        self.revision += 1

    def load(self, states: Iterable[HostState]) -> None:
        """Begin with what was written down."""
        self._hosts = {state.host: state for state in states}

    def note(self, report: Report, samples: Iterable[Sample], now: float) -> HostState:
        """Take over what a host reported; gives its state."""
        state = self._hosts.get(report.host)
        if state is None:
            state = self._hosts[report.host] = HostState(report.host, report.agent, int(now))
        state.agent, state.seen_at, state.revision = report.agent, now, state.revision + 1
        for sample in samples:
            state.add_sample(sample)
        state.details = report.details or state.details
        state.platform = report.platform or state.platform
        if report.snapshots:
            state.snapshot = max(report.snapshots, key=lambda snapshot: snapshot.at)
        self.revision += 1
        return state
