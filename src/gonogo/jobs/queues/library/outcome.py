"""What a ledger must be told of a job."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.jobs.schemas import State


class Outcome(msgspec.Struct, frozen=True):
    """What became of a job in Redis: an end, or an attempt that failed. Moments are milliseconds."""

    id: str
    state: State
    due: int
    attempt: int
    fence: int
    started: int | None = None
    ended: int | None = None
    message: str = ""
    value: Any = None
    error: str = ""
    lines: tuple[str, ...] = ()
