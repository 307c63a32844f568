from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.releases.room import ROOM
from tests.fake_clock import FakeClock

ANN = Actor(id="u-ann", name="ann@example.org", kind="user", role="operator")
BEA = Actor(id="u-bea", name="bea@example.org", kind="user", role="approver")
EVE = Actor(id="u-eve", name="eve@example.org", kind="user", role="viewer")

TABLES = {"hosts": {"beside": {"command": ["env"]}}, "roles": {"CTO": ["bea@example.org"]}}
OpenKernel = Callable[[], AbstractAsyncContextManager[Kernel]]


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def open_kernel(tmp_path: Path, clock: FakeClock) -> OpenKernel:
    """Opens the server on one and the same data folder, as often as a test wants."""
    config = Config(
        home=str(tmp_path / "home"), admin_password="long enough it is", database_synchronous="NORMAL", tables=TABLES
    )

    @asynccontextmanager
    async def open_one() -> AsyncIterator[Kernel]:
        async with Kernel(config, (ROOM,), clock) as kernel:
            yield kernel

    return open_one


@pytest.fixture
async def kernel(open_kernel: OpenKernel) -> AsyncIterator[Kernel]:
    async with open_kernel() as opened:
        yield opened
