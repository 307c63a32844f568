"""A part of the faults of ``python -m tests.faults``: every fourth place to be killed at, and everything else once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.injecting import inject
from tests.faults.stage import BACKENDS
from tests.servers import PostgresServer, RedisServer

FIRST = {backend: place % 4 for place, backend in enumerate(BACKENDS)}


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = RedisServer(durable=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize("backend", BACKENDS)
async def test_no_fault_loses_or_doubles(backend: str, redis: RedisServer, postgres: PostgresServer) -> None:
    findings = await inject(backend, redis, postgres, every=4, offset=FIRST[backend])
    assert [finding for finding in findings if not finding.is_clean] == []
    assert any(finding.accepted for finding in findings)
