"""A running server whose settings are those of ``stage.CATALOG``."""

from __future__ import annotations

import pytest

from tests.people import Server
from tests.settings.stage import declare


@pytest.fixture
async def stage(server: Server) -> Server:
    await declare(server)
    return server
