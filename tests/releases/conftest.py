from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.schemas import Person
from gonogo.kernel.auth.store import find_person, insert_person
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.releases.room import ROOM
from tests.fake_clock import FakeClock

ANN = Actor(id="u-ann", name="ann@example.org", kind="user", role="operator", permissions=("commands:run",))
BEA = Actor(id="u-bea", name="bea@example.org", kind="user", role="approver", permissions=("commands:run",))
EVE = Actor(id="u-eve", name="eve@example.org", kind="user", role="viewer")

TABLES = {"hosts": {"beside": {"command": ["env"]}}, "roles": {"CTO": ["bea@example.org"]}}
OpenKernel = Callable[[], AbstractAsyncContextManager[Kernel]]


def add_accounts(tx: Tx) -> None:
    """Ann, Bea and Eve have accounts; with the administrator's there are four."""
    for actor in (ANN, BEA, EVE):
        if find_person(tx, id=actor.id) is None:
            insert_person(tx, Person(actor.id, actor.name, actor.name, actor.role, "2026-01-01T00:00:00.000Z"), "")


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
            await kernel.db.write(add_accounts)
            yield kernel

    return open_one


@pytest.fixture
async def kernel(open_kernel: OpenKernel) -> AsyncIterator[Kernel]:
    async with open_kernel() as opened:
        yield opened
