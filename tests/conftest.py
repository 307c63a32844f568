"""What every test may ask for: a clock that stands still, an open kernel, a running server with people signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from gonogo.app import ROOMS, create_app
from gonogo.kernel import environment
from gonogo.kernel import kernel as kernel_module
from gonogo.kernel.auth import passwords
from gonogo.kernel.auth.actor import ROLES
from gonogo.kernel.config import Config
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.http.server import serve_app
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.needs import check_needs, is_ci
from tests.people import PASSWORD, Server, open_client

# How long an example takes is the machine's affair: no property may fail because another test runs beside it.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """No test is passed over in CI because of what the machine lacks."""
    check_needs(item, in_ci=is_ci())


@pytest.fixture(autouse=True, scope="session")
def hash_quickly() -> None:
    """Real argon2, with the least work it allows: tests sign in often."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True, scope="session")
def migrate_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new database is a copy of one that was migrated at the start: migrating each costs half a second."""
    template = tmp_path_factory.mktemp("migrated") / "gonogo.db"
    migrate_database(template)

    def copy_template(path: Path) -> bool:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(template.read_bytes())
            return True
        return migrate_database(path)

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(kernel_module, "migrate_database", copy_template)
        yield


@pytest.fixture(autouse=True, scope="session")
def leave_loggers_open() -> Iterator[None]:
    """A logger that is cached at its first use can't be listened to by a later test of the same process."""
    configure = structlog.configure

    def configure_openly(**options: Any) -> None:
        configure(**options | {"cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(structlog, "configure", configure_openly)
        yield


@pytest.fixture(autouse=True)
def forget_taken_variables() -> Iterator[None]:
    """A command in this process takes secrets out of the environment and remembers them: not for the next test."""
    yield
    environment._TAKEN.clear()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(home=str(tmp_path / "home"), port=0, admin_password=PASSWORD, database_synchronous="NORMAL")


@pytest.fixture
async def kernel(config: Config, clock: FakeClock) -> AsyncIterator[Kernel]:
    """An open kernel with every room, on an empty data folder."""
    async with Kernel(config, ROOMS, clock) as kernel:
        yield kernel


@asynccontextmanager
async def run_server(config: Config, clock: FakeClock) -> AsyncIterator[Server]:
    """The whole application on a free port of this machine, with a client for each role."""
    app = create_app(config, clock)
    async with AsyncExitStack() as opened:
        address = await opened.enter_async_context(serve_app(app, port=0))
        clients = {
            role: await opened.enter_async_context(await open_client(app.state.kernel, address.url, role))
            for role in ROLES
        }
        stranger = await opened.enter_async_context(httpx.AsyncClient(base_url=address.url))
        yield Server(address.url, app, **clients, stranger=stranger)


@pytest.fixture
async def server(config: Config, clock: FakeClock) -> AsyncIterator[Server]:
    """The running application, as most tests want it."""
    async with run_server(config, clock) as server:
        yield server


@pytest.fixture
async def public_server(config: Config, clock: FakeClock) -> AsyncIterator[Server]:
    """The same behind a proxy that serves ``https://public.example``."""
    async with run_server(
        msgspec.structs.replace(config, public_url="https://public.example", allowed_hosts="gonogo.example"), clock
    ) as server:
        yield server
