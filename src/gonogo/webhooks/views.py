"""How endpoints stand: each with its last day added up, the ones in trouble first."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.schemas import Endpoint
from gonogo.webhooks.store.deliveries import list_times
from gonogo.webhooks.store.endpoints import list_endpoints
from gonogo.webhooks.store.figures import Tally, count_waiting, tally_endpoints

DAY = timedelta(days=1)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint and its last 24 hours: attempts, percent taken, mean and slowest time, what waits."""

    endpoint: Endpoint
    delivered: int
    failed: int
    success_rate: float | None
    mean_ms: float | None
    slowest_ms: float | None
    waiting: int


async def list_standings(kernel: Kernel) -> list[Standing]:
    """Every endpoint: disabled ones first, then failing ones, then by address."""
    return sorted(await kernel.db.read(_read_standings), key=_order)


def read_standing(tx: Tx, endpoint: Endpoint) -> Standing:
    """One endpoint beside its last day."""
    tally = tally_endpoints(tx, DAY).get(endpoint.id, Tally())
    return make_standing(endpoint, tally, count_waiting(tx).get(endpoint.id, 0))


class Times(msgspec.Struct, frozen=True):
    """How long the newest attempts took, seconds; None before the first."""

    p50: float | None
    p95: float | None
    count: int


def read_times(tx: Tx, id: str) -> Times:
    """The times of an endpoint's newest attempts."""
    times = sorted(list_times(tx, id))
    if not times:
        return Times(None, None, 0)
    p50, p95 = (times[int(q * (len(times) - 1))] / 1000 for q in (0.5, 0.95))
    return Times(p50, p95, len(times))


def make_standing(endpoint: Endpoint, tally: Tally, waiting: int) -> Standing:
    """An endpoint beside its sums."""
    return Standing(
        endpoint=endpoint,
        delivered=tally.delivered,
        failed=tally.failed,
        success_rate=tally.success_rate,
        mean_ms=tally.mean_ms,
        slowest_ms=tally.slowest_ms if tally.total else None,
        waiting=waiting,
    )


def _read_standings(tx: Tx) -> list[Standing]:
    tallies, waiting = tally_endpoints(tx, DAY), count_waiting(tx)
    return [
        make_standing(endpoint, tallies.get(endpoint.id, Tally()), waiting.get(endpoint.id, 0))
        for endpoint in list_endpoints(tx)
    ]


def _order(standing: Standing) -> tuple[bool, bool, float, str]:
    endpoint = standing.endpoint
    rate = 100.0 if standing.success_rate is None else standing.success_rate
    return endpoint.state == "active", endpoint.failing_since is None, rate, endpoint.url
