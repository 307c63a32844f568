"""The command line in this process: arguments in; exit code, output and errors out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gonogo.cli.main import main


@dataclass(frozen=True)
class Done:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on standard error."""
        [line] = self.err.strip().splitlines()
        return line


Call = Callable[..., Done]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    """Call ``gonogo`` in an empty folder without server, login or settings."""
    for name in ("GONOGO_URL", "GONOGO_API_KEY", "GONOGO_HOME", "GONOGO_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["gonogo", *arguments])
        code = main()
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return run


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A data folder that a Gonogo has used, in the folder that ``call`` runs in."""
    folder = tmp_path / ".gonogo"
    folder.mkdir()
    (folder / "server.lock").touch()
    return folder
