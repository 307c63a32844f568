"""The bus in memory: every subscriber has its own bounded queue, so a slow one delays nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.events.event import Event

log = structlog.get_logger()
QUEUE_SIZE = 1000
Listener = Callable[[Event], None]


class Subscription:
    """Events of some topics, in order. ``missed`` counts those dropped because the reader was too slow.

    Who sees ``missed`` grow reads the event log from the last ``seq`` it knows.
    """

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.missed = 0
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_SIZE)

    def offer(self, event: Event) -> None:
        """Queue the event, or count it as missed when the queue is full."""
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.missed += 1

    async def get(self) -> Event:
        """The next event, waiting for it."""
        return await self._queue.get()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            yield await self._queue.get()


class Bus:
    """Publishing and subscribing within one process; call it on the event loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._subscriptions: set[Subscription] = set()
        self.last_seq = 0
        """Place of the newest event published here; 0 until there is one. A page notes it before it reads."""
        self._listeners: list[tuple[str, Listener]] = []

    @property
    def subscriber_count(self) -> int:
        """How many listen by a queue at the moment."""
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

    def listen(self, topic: str, listener: Listener) -> None:
        """Call ``listener`` at once with every event of ``topic``, before the change's own caller goes on.

        For caches that must not outlive the change; it lasts as long as the bus and must be quick.
        """
        self._listeners.append((topic, listener))

    def publish(self, events: Iterable[Event]) -> None:
        """Hand committed events to their subscribers."""
        for event in events:
            self.last_seq = event.seq or self.last_seq
            topics = event.topics
            for topic, listener in self._listeners:
                if topic in topics:
                    _call(listener, event)
            for subscription in self._subscriptions:
                if not subscription.topics.isdisjoint(topics):
                    subscription.offer(event)

    def notify(self, name: str, subject: str, data: dict[str, Any] | None = None) -> None:
        """Tell listeners something not worth keeping (progress, new output): no ``seq``, not in the log."""
        event = Event(name=name, subject=subject, at=format_instant(self._clock.now()), data=data or {})
        self.publish((event,))


def _call(listener: Listener, event: Event) -> None:
    try:
        listener(event)
    except Exception:
        # The change is committed: one that can't take it in must not keep it from its caller and from the others.
        log.exception("a listener failed", listener=repr(listener), name=event.name)
