"""The bus in memory: every subscriber has its own bounded queue, so a slow one delays nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.events.event import Event

QUEUE_SIZE = 1000


class Subscription:
    """Events of some topics, in order. ``missed`` counts those dropped because the reader was too slow.

    Who sees ``missed`` grow reads the event log from the last ``seq`` it knows.
    """

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.missed = 0
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_SIZE)

    def offer(self, event: Event) -> None:
        if self.topics.isdisjoint(event.topics):
            return
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.missed += 1

    async def get(self) -> Event:
        return await self._queue.get()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            yield await self._queue.get()


class Bus:
    """Publishing and subscribing within one process; call it on the event loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._subscriptions: set[Subscription] = set()

    @property
    def subscriber_count(self) -> int:
        return len(self._subscriptions)

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[Subscription]:
        """Listen to topics (see ``Event.topics``) for the length of a ``with`` block."""
        subscription = Subscription(topics)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def publish(self, events: Iterable[Event]) -> None:
        """Hand committed events to their subscribers."""
        for event in events:
            for subscription in self._subscriptions:
                subscription.offer(event)

    def notify(self, name: str, subject: str, data: dict[str, Any] | None = None) -> None:
        """Tell listeners something not worth keeping (progress, new output): no ``seq``, not in the log."""
        event = Event(name=name, subject=subject, at=format_instant(self._clock.now()), data=data or {})
        self.publish((event,))
