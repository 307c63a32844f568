from __future__ import annotations

import itertools
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from gonogo.releases.shell.hosts import Hosts
from gonogo.releases.shell.session import Ended, Session, Step


class Ran(msgspec.Struct, frozen=True):
    """What a test looks at: how the command ended and the evidence that was kept of it."""

    ended: Ended
    out: str
    err: str


Run = Callable[..., Awaitable[Ran]]


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def session(tmp_path: Path, workdir: Path) -> Session:
    return open_session(tmp_path, workdir)


def open_session(tmp_path: Path, workdir: Path) -> Session:
    """The session of a run; opening it again is what a restarted server does."""
    hosts = Hosts({"beside": ("env", f"XDG_CACHE_HOME={tmp_path / 'cache'}")})
    opened = Session(tmp_path / "run", hosts, run="r1")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GONOGO_ADMIN_PASSWORD": "never"}
    opened.open(environment, workdir, {"DEPLOY_TOKEN": "open-sesame"})
    return opened


@pytest.fixture
def run(session: Session) -> Run:
    numbers = itertools.count(1)

    async def run_command(command: str, **options: object) -> Ran:
        item = f"i{next(numbers)}"
        ended = await session.run(Step(item=item, attempt=1, command=command, **options))  # type: ignore[arg-type]
        files = session.files(item, 1)
        return Ran(ended, files.path("out").read_text(), files.path("err").read_text())

    return run_command
