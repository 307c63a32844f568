"""Settings of the room that can't be meant are refused before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.app import ROOMS
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.kernel import Kernel


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"jobs_url": "mysql://a"}, "'jobs_url' begins with 'mysql:'"),
        ({"jobs_url": "redis://a", "jobs_ledger": "sqlite://b"}, "'jobs_ledger' is neither a postgresql:// address"),
        ({"jobs_ledger": "postgresql://b"}, "'jobs_ledger' goes with a queue in Redis only"),
        ({"jobs_connectors": " , "}, "'jobs_connectors' names none"),
        ({"jobs_connectors": "shell,pen"}, "no connector 'pen'"),
        ({"jobs_modules": "no_such_module_anywhere"}, "no_such_module_anywhere"),
    ],
)
async def test_a_setting_that_can_not_be_used(tmp_path: Path, options: dict[str, str], told: str) -> None:
    kernel = Kernel(Config(home=str(tmp_path / "home"), log_days=0, **options), ROOMS)
    with pytest.raises(ConfigError) as refused:
        async with kernel:
            pass
    assert told in str(refused.value)


async def test_no_built_in_worker_needs_no_connectors(tmp_path: Path) -> None:
    config = Config(home=str(tmp_path / "home"), log_days=0, jobs_concurrency=0, jobs_connectors="")
    async with Kernel(config, ROOMS):
        pass
