"""Who changed what in the last day, counted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Select, func, select

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.settings.models import history

HOURS = 24
MOST = 5


class Analytics(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of the last day by hour, oldest first, and who and what there were most of."""

    hours: tuple[int, ...]
    total: int
    settings: tuple[tuple[str, int], ...]
    people: tuple[tuple[str, int], ...]

    @property
    def tallest(self) -> int:
        """The busiest hour, at least 1 so that bars can be drawn against it."""
        return max(1, *self.hours)


def read_analytics(tx: Tx, now: datetime) -> Analytics:
    """Changes of the last day, those of catalogs aside."""
    since = format_instant(now - timedelta(hours=HOURS))
    recent = (history.c.at > since, history.c.action != "declare")
    hour = func.substr(history.c.at, 1, 13)
    by_hour = _count(tx, select(hour, func.count()).where(*recent).group_by(hour))
    moments = [format_instant(now - timedelta(hours=back))[:13] for back in reversed(range(HOURS))]
    people = select(history.c.actor_name, func.count()).where(*recent).group_by(history.c.actor_name)
    settings = select(history.c.key, func.count()).where(*recent).group_by(history.c.key)
    return Analytics(
        hours=tuple(by_hour.get(moment, 0) for moment in moments),
        total=sum(by_hour.values()),
        settings=_list_most(tx, settings),
        people=_list_most(tx, people),
    )


def _list_most(tx: Tx, query: Select[Any]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(_count(tx, query)).most_common(MOST))


def _count(tx: Tx, query: Select[Any]) -> dict[str, int]:
    found: dict[str, int] = dict(tx.execute(query).fetchall())  # type: ignore[arg-type]
    return found
