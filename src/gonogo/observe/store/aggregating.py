"""``metric_aggregations``: hours and days of every metric, for whoever reads with SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, Select, delete, exists, func, literal, select
from sqlalchemy.dialects.sqlite import Insert, insert

from gonogo.kernel.db.database import Tx
from gonogo.observe.metrics import METRICS
from gonogo.observe.models import aggregations, blocks, system_metrics
from gonogo.observe.rollup import Cells
from gonogo.observe.store.instants import write_at
from gonogo.observe.tiers import DAY, DAY_S, HOUR, RAW

HOURLY, DAILY = "hourly", "daily"
HOURLY_DAYS = 90
"""Rows take ten times the room of packed hours, which are kept for three years."""
_NAMES = [column.name for column in aggregations.columns]
_COUNTED = ("sample_count", "sum_value", "min_value", "max_value")


def write_hour(tx: Tx, host: str, start: int, columns: Sequence[Cells]) -> None:
    """Write a sealed hour of a host: exact, from its cells."""
    rows = [
        {
            "host": host,
            "period": HOURLY,
            "period_start": write_at(start),
            "metric": metric.name,
            "metric_type": metric.type,
            "sample_count": cells[0].samples,
            "sum_value": metric.restore(cells[0].total),
            "min_value": metric.restore(cells[0].low),
            "max_value": metric.restore(cells[0].high),
        }
        for metric, cells in zip(METRICS, columns, strict=True)
        if cells[0] is not None
    ]
    if rows:
        tx.execute(_overwrite(insert(aggregations)), rows)


def add_hours(tx: Tx, start: int, end: int) -> int:
    """Add up what is not sealed yet of the hours from ``start`` to ``end``; gives how many rows were written."""
    first = start - start % HOUR.step_s
    return sum(
        tx.execute(_overwrite(insert(aggregations).from_select(_NAMES, _select_open(name, type_, first, end)))).rowcount
        for name, type_ in ((metric.name, metric.type) for metric in METRICS)
    )


def add_days(tx: Tx, start: int, end: int) -> int:
    """Add up the hours of the days from ``start`` to ``end``; gives how many rows were written."""
    hourly, period_start = aggregations.alias(), write_at(start - start % DAY_S)
    day = func.substr(hourly.c.period_start, 1, 10) + "T00:00:00.000Z"
    query = (
        select(
            hourly.c.host,
            literal(DAILY),
            day,
            hourly.c.metric,
            hourly.c.metric_type,
            func.sum(hourly.c.sample_count),
            func.sum(hourly.c.sum_value),
            func.min(hourly.c.min_value),
            func.max(hourly.c.max_value),
        )
        .where(hourly.c.period == HOURLY, hourly.c.period_start >= period_start, hourly.c.period_start < write_at(end))
        .group_by(hourly.c.host, day, hourly.c.metric, hourly.c.metric_type)
    )
    return tx.execute(_overwrite(insert(aggregations).from_select(_NAMES, query))).rowcount


def delete_old(tx: Tx, now: int) -> int:
    """Drop hours and days that were kept for long enough; gives how many rows went."""
    gone = 0
    for period, days in ((HOURLY, HOURLY_DAYS), (DAILY, DAY.days)):
        match = (aggregations.c.period == period, aggregations.c.period_start < write_at(now - days * DAY_S))
        gone += tx.execute(delete(aggregations).where(*match)).rowcount
    return gone


def _select_open(name: str, type_: str, start: int, end: int) -> Select[tuple[object, ...]]:
    timestamp, column = system_metrics.c.timestamp, system_metrics.c[name]
    hour = func.substr(timestamp, 1, 13) + ":00:00.000Z"
    return (
        select(
            system_metrics.c.host,
            literal(HOURLY),
            hour,
            literal(name),
            literal(type_, aggregations.c.metric_type.type),
            func.count(column),
            func.sum(column),
            func.min(column),
            func.max(column),
        )
        # Rows that came late for a sealed hour are not the whole of it; sealing it again writes them.
        .where(timestamp >= write_at(start), timestamp < write_at(end), column.is_not(None), _is_open(timestamp))
        .group_by(system_metrics.c.host, hour)
    )


def _is_open(timestamp: Column[str]) -> ColumnElement[bool]:
    epoch = func.unixepoch(timestamp)
    return ~exists().where(
        blocks.c.host == system_metrics.c.host,
        blocks.c.tier == RAW.name,
        blocks.c.start == epoch - epoch % RAW.span_s,
    )


def _overwrite(statement: Insert) -> Insert:
    changes = {name: statement.excluded[name] for name in _COUNTED}
    keys = ["host", "period", "period_start", "metric"]
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)
