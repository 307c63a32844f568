"""When upkeep is due: by the clock's hours and days in UTC, once each, also after a time when Gonogo was off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

Every = Literal["hour", "day"]


class Due(msgspec.Struct, frozen=True):
    """A piece of upkeep: every hour on the hour, or every day at ``hour`` o'clock UTC."""

    name: str
    every: Every
    hour: int = 0


CLEAN = Due("cleanup", "day", 2)
ADD_HOURS = Due("aggregate hourly", "hour")
ADD_DAYS = Due("aggregate daily", "day", 3)
SCHEDULE = (ADD_HOURS, CLEAN, ADD_DAYS)


def is_due(due: Due, now: datetime, last: datetime) -> bool:
    """Whether its newest moment has passed without its having run since."""
    return last < find_moment(due, now)


def find_moment(due: Due, now: datetime) -> datetime:
    """The newest moment at or before ``now`` at which it should have run."""
    on_hour = now.replace(minute=0, second=0, microsecond=0)
    if due.every == "hour":
        return on_hour
    today = on_hour.replace(hour=due.hour)
    return today if today <= now else today - timedelta(days=1)
