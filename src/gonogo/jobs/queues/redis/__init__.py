"""The queue in Redis: fastest, and as durable as that Redis is."""

from __future__ import annotations

from gonogo.jobs.queues.library import LibraryQueue
from gonogo.kernel.clock import Clock


def open_redis(url: str, clock: Clock, prefix: str = "gonogo", **options: float) -> LibraryQueue:
    """The queue in the Redis at ``url``; ``prefix`` is the hash tag of its keys. Nothing is connected yet."""
    from gonogo.jobs.queues.redis.engine import RedisEngine

    return LibraryQueue(RedisEngine(url, clock, prefix, **options), clock)
