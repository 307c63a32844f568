from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gonogo.kernel.config import Config
from tests.people import PASSWORD
from tests.webhooks.receiver import Receiver, run_receiver


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """As everywhere, but webhooks may go to this machine."""
    return Config(
        home=str(tmp_path / "home"),
        port=0,
        admin_password=PASSWORD,
        database_synchronous="NORMAL",
        webhooks_allow="127.0.0.1, ferry.test",
    )


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with run_receiver() as receiver:
        yield receiver
