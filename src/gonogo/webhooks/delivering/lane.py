"""One endpoint's lane: what was taken for it, who works on it, how fast it may go."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from gonogo.webhooks.delivering.target import Target
from gonogo.webhooks.schemas import Endpoint
from gonogo.webhooks.store.claiming import Want, Work

CONCURRENCY = 16
"""Requests at one time to one endpoint."""
DEPTH = 256
"""Deliveries taken at one time for an endpoint that answers well."""
LEASE_S = 60.0
LATEST_START_S = 40.0
"""How old a lease may be when an attempt starts: it must be over, timeout and all, before the lease is."""
HORIZON_S = LATEST_START_S / 4
"""How far ahead work is taken: what waits here, leased, nobody else can do, and a replay waits behind it."""


@dataclass(slots=True)
class Lane:
    """Belongs to one deliverer. ``hungry`` when there may be more due than was taken."""

    endpoint: Endpoint
    target: Target
    failing: bool
    queue: deque[tuple[Work, float]] = field(default_factory=deque)
    under_way: set[int] = field(default_factory=set)
    hungry: bool = False
    next_slot: float = 0.0
    took_s: float = 0.0
    """How long an attempt takes of late."""

    @property
    def breadth(self) -> int:
        """How many requests may run side by side."""
        return 1 if self.endpoint.ordered else CONCURRENCY

    @property
    def depth(self) -> int:
        """How many deliveries to hold at one time. A failing endpoint gets no more than it can be asked at once."""
        most = CONCURRENCY if self.failing else DEPTH
        if self.took_s:
            most = min(most, max(self.breadth, int(self.breadth * HORIZON_S / self.took_s)))
        if self.endpoint.rate_limit is not None:
            most = min(most, max(1, int(self.endpoint.rate_limit * HORIZON_S)))
        return most

    @property
    def room(self) -> int:
        """How many more deliveries to take."""
        return max(0, self.depth - len(self.queue) - len(self.under_way))

    @property
    def wants_more(self) -> bool:
        """Whether it is time to take more."""
        return self.hungry and self.room >= self.depth // 2

    def make_want(self) -> Want:
        """What to take now; those in order only when nothing of theirs is open any more."""
        busy = self.endpoint.ordered and (self.queue or self.under_way)
        return Want(self.endpoint.id, 0 if busy else self.room, self.endpoint.ordered)

    def take(self, works: Iterable[Work], now: float) -> None:
        """Queue what was leased at ``now`` (monotonic seconds); what waited here past its lease has a new one now."""
        fresh = {work.id: work for work in works if work.id not in self.under_way}
        if any(work.id in fresh for work, _ in self.queue):
            self.queue = deque(waiting for waiting in self.queue if waiting[0].id not in fresh)
        self.queue.extend((work, now) for work in fresh.values())

    def note_pace(self, took_s: float) -> None:
        """Remember how long an attempt took; the latest eight or so count."""
        self.took_s += (took_s - self.took_s) / 8 if self.took_s else took_s

    def empty(self) -> list[int]:
        """Give up what has not begun; gives the ids."""
        ids = [work.id for work, _ in self.queue]
        self.queue.clear()
        return ids

    def claim_slot(self, now: float) -> float:
        """Seconds to wait until the next request may go; the rate limit spaces them evenly."""
        if self.endpoint.rate_limit is None:
            return 0.0
        slot = max(now, self.next_slot)
        self.next_slot = slot + 1 / self.endpoint.rate_limit
        return slot - now
