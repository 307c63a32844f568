from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gonogo.kernel.config import Config
from tests.services.stage import Stage, end_keepers


@pytest.fixture
async def stage(config: Config) -> AsyncIterator[Stage]:
    """Where services are started; none of them outlives the test."""
    yield Stage(config)
    await end_keepers(config.folder)
