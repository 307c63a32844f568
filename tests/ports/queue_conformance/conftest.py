"""The queue of each backend in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gonogo.jobs.queue import Queue
from tests.fake_clock import FakeClock
from tests.ports.queue_conformance.backends import BACKENDS


@pytest.fixture(params=BACKENDS)
async def queue(request: pytest.FixtureRequest, clock: FakeClock) -> AsyncIterator[Queue]:
    async with BACKENDS[request.param](clock) as queue:
        yield queue
