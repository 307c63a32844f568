"""Durable work of the house: tasks that are committed with the change that asks for them and survive the process.

A room defines what it can do, and accepts tasks inside its own transactions:

    kernel.tasks.define("webhooks.deliver", deliver)
    ids = kernel.tasks.accept(tx, [Task(type="webhooks.deliver", payload={"delivery": id})])

This is the port; a queue that serves it is given to ``Tasks.serve``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from gonogo.kernel.db.database import Tx


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work.

    - ``unique_key``: while a task that has not ended carries it, another is not taken in.
    - ``backoff``: seconds after the first, second, … failed attempt; the last one repeats. None: 1, 2, 4 … 300.
    - ``lane``: tasks of a lane are done one at a time, in the order in which they were accepted, retries included.
    """

    type: str
    payload: dict[str, Any]
    due: datetime | None = None
    unique_key: str | None = None
    max_attempts: int = 8
    backoff: tuple[float, ...] | None = None
    timeout_s: float = 60.0
    lane: str | None = None


ENQUEUE_JOB = "jobs.enqueue"
"""Tasks of this type take in a job for people's workers, under the task's own id; their payload is a ``JobAsked``."""


class JobAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A job that a room wants done by people's workers, in whatever queue they take from."""

    type: str
    payload: dict[str, Any]


def ask_job(asked: JobAsked, unique_key: str) -> Task:
    """The task that takes the job in: patient, for the queue may be away for days."""
    payload = msgspec.structs.asdict(asked)
    return Task(type=ENQUEUE_JOB, payload=payload, unique_key=unique_key, max_attempts=1000)


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What a handler is given. ``id`` stays the same over the attempts; ``attempt`` starts at 1."""

    id: str
    type: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int

    @property
    def is_last(self) -> bool:
        """Whether the task is dead if this attempt fails."""
        return self.attempt >= self.max_attempts


class TryAgain(Exception):
    """Raised by a handler: the attempt failed, the next one comes after ``after_s`` seconds."""

    def __init__(self, after_s: float, why: str) -> None:
        super().__init__(why)
        self.after_s = after_s


class GiveUp(Exception):
    """Raised by a handler: no further attempt can help; the task goes to the dead letters."""


Handler = Callable[[Attempt], Awaitable[Any]]
"""Any exception but the two above is a failed attempt, tried again by the back-off. Handlers must bear repeating."""


class TaskQueue(Protocol):
    """Who keeps accepted tasks and has them done."""

    def define(self, type: str, handler: Handler, concurrency: int) -> None:
        """Have tasks of ``type`` done by ``handler``, at most ``concurrency`` at once in this process."""
        ...

    def accept(self, tx: Tx, tasks: Sequence[Task]) -> list[str]:
        """Keep tasks as part of ``tx``; ids in order. A unique key that is taken gives the id of its holder."""
        ...

    def schedule(self, name: str, cron: str, task: Task) -> None:
        """Have ``task`` accepted anew at every moment of ``cron`` (five fields, UTC), once however often asked."""
        ...


class NoTaskQueue(RuntimeError):
    """A task was accepted in a house whose rooms bring no queue to keep it."""
