"""``gonogo loadtest`` against real servers, in small."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec
import pytest

from gonogo.cli.app import run_command
from gonogo.cli.loadtest import command
from gonogo.cli.loadtest.profiles import Profile
from gonogo.client.gonogo import Gonogo
from tests.journeys.processes import Machine, wait_until

SMALL = Profile(
    name="quick",
    settings=50,
    search_settings=60,
    clients=5,
    sdk_reads=1000,
    http_rounds=1,
    http_round_s=0.1,
    writes=5,
    searches=8,
    edits=3,
    lasting_s=0.5,
)
NAMES = ["SDK", "HTTP read", "durable write", "over HTTP", "outside edit", "each of 5", "memory", "processor", "search"]


@pytest.fixture(autouse=True)
def keep_small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(command.PROFILES, "quick", SMALL)
    monkeypatch.chdir(tmp_path)


def test_every_figure_is_measured(tmp_path: Path) -> None:
    assert run_command(["loadtest", "settings", "quick"]) in (0, 1)
    summary = msgspec.json.decode((tmp_path / "load_test_results" / "summary.json").read_bytes())
    assert summary["is_complete"]
    assert all(name in figure["name"] for name, figure in zip(NAMES, summary["figures"], strict=True))
    assert all(figure["value"] > 0 for figure in summary["figures"])


def test_a_running_server_is_left_as_it_was(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with machine.serve():
        monkeypatch.setenv("GONOGO_HOME", str(machine.home))
        with Gonogo(home=machine.home) as gonogo:
            assert run_command(["loadtest", "settings", "quick", "--url", gonogo.target.url]) in (0, 1)
            assert gonogo.settings.list() == []


def test_an_interrupt_keeps_what_was_measured(machine: Machine) -> None:
    with machine.start("loadtest", "settings", "quick", "--hours", "1", "--clients", "5") as test:
        assert test.stderr is not None
        wait_until(lambda: "again and again" in (test.stderr.readline() if test.stderr else ""), "changes are made")
        os.kill(test.pid, signal.SIGINT)
        assert test.wait(60) == 130
    summary = msgspec.json.decode((machine.folder / "load_test_results" / "summary.json").read_bytes())
    assert not summary["is_complete"]
    assert "read through the SDK" in [figure["name"] for figure in summary["figures"]]
