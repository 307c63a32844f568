"""Redis goes away under load: everybody is answered, nothing grows, and work resumes by itself."""

from __future__ import annotations

from tests.journeys.outage import Outage
from tests.journeys.processes import Machine
from tests.servers import RedisServer

SECONDS = 3.0
SPARE_BYTES, SPARE_SOCKETS = 20_000_000, 10


def test_an_outage_costs_patience_and_nothing_else(machine: Machine) -> None:
    redis = RedisServer()
    redis.start()
    try:
        figures = Outage(machine, redis).run(SECONDS)
    finally:
        redis.stop()
    assert set(figures.answers["POST /api/jobs"]) == {201}
    assert set(figures.answers["GET /api/jobs"]) == {200}
    assert set(figures.answers["GET /api/settings"]) == {200}
    assert set(figures.answers["GET /api/workers"]) == {503}
    assert figures.has_retry_after
    assert figures.memory_after < figures.memory_before + SPARE_BYTES
    assert figures.sockets_after <= figures.sockets_before + SPARE_SOCKETS
    assert figures.done == figures.accepted > 20
