from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gonogo.kernel.kernel import Kernel
from tests.releases.actions.api import Api, serve_api
from tests.releases.actions.stage import Stage


@pytest.fixture
def stage(kernel: Kernel, workdir: Path) -> Stage:
    return Stage(kernel, workdir)


@pytest.fixture
def api() -> Iterator[Api]:
    with serve_api() as api:
        yield api
