"""The settings a program holds beside a real server that goes away, comes back, or is killed; and after a fork."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gonogo.client.gonogo import Gonogo
from gonogo.client.mirror import Change
from tests.journeys.processes import DEADLINE_S, Machine, kill_hard, wait_until
from tests.programs import ensure_program

CATALOG = (
    '[settings."tide.level"]\ntype = "int"\ndefault = 2\n\n[settings."pier.open"]\ntype = "bool"\ndefault = true\n'
)
FORKING = Path(__file__).with_name("forking.py")
Process = subprocess.Popen[str]


@contextmanager
def serve(machine: Machine, port: str = "0") -> Iterator[Process]:
    """``gonogo serve`` on a port, ready."""
    (machine.home / "server.json").unlink(missing_ok=True)
    with machine.start("serve", "--port", port) as server:
        wait_until(lambda: (machine.home / "server.json").exists() or server.poll() is not None, "the server is up")
        assert server.poll() is None, server.communicate()
        yield server


@pytest.fixture
def server(machine: Machine) -> Iterator[Process]:
    with serve(machine) as server:
        with machine.connect() as gonogo:
            gonogo.settings.declare(CATALOG)
        yield server


def end_well(server: Process) -> None:
    server.terminate()
    server.wait(DEADLINE_S)


@pytest.mark.parametrize("end", [end_well, kill_hard])
def test_a_restart_leaves_neither_gap_nor_duplicate(
    machine: Machine, server: Process, end: Callable[[Process], None]
) -> None:
    heard: list[Change] = []
    with machine.connect() as gonogo:
        settings = gonogo.settings
        settings.watch("tide.", heard.append)
        first = settings.set("tide.level", 10)["store_version"]
        wait_until(lambda: heard, "the first change is heard")

        end(server)
        wait_until(lambda: settings.stale_since, "the values are marked stale")
        assert settings["tide.level"] == 10

        with serve(machine, gonogo.target.url.rpartition(":")[2]):
            with machine.connect() as other:
                for level in (11, 12, 13):
                    other.settings.set("tide.level", level)
            wait_until(lambda: settings["tide.level"] == 13, "it has caught up")
            wait_until(lambda: settings.stale_since is None, "it is in step")
    assert [change.value for change in heard] == [10, 11, 12, 13]
    assert [change.version for change in heard] == [first, first + 1, first + 2, first + 3]


def edit(machine: Machine, value: str) -> None:
    """What somebody does with the database's own shell."""
    sql = f"UPDATE settings SET value = '{value}' WHERE key = 'tide.level'"
    subprocess.run([ensure_program("sqlite3"), machine.home / "gonogo.db", ".timeout 5000", sql], check=True)


def test_an_edit_by_another_program_arrives(machine: Machine, server: Process) -> None:
    with machine.connect() as gonogo:
        gonogo.settings.follow()
        edit(machine, "7")
        wait_until(lambda: gonogo.settings["tide.level"] == 7, "the outside edit is heard")
        edit(machine, '"high"')
        wait_until(lambda: gonogo.settings.get("tide.level")["problem"], "the bad value is refused")
        assert gonogo.settings["tide.level"] == 7


def test_a_forked_child_keeps_the_values_and_opens_its_own_link(machine: Machine, server: Process) -> None:
    done = subprocess.run(
        [sys.executable, FORKING, machine.home], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "first": 4,
        "stale_at_first": True,
        "threads_at_first": ["MainThread"],
        "followed": True,
        "in_step": True,
        "parent_followed": True,
        "parent_goes_on": True,
    }


def test_reading_is_safe_while_another_thread_follows(machine: Machine, server: Process) -> None:
    with machine.connect() as gonogo, Gonogo(home=machine.home) as other:
        seen = set()
        for level in range(20):
            other.settings.set("tide.level", level)
            seen.add(gonogo.settings["tide.level"])
        wait_until(lambda: gonogo.settings["tide.level"] == 19, "the last value is heard")
    assert seen <= set(range(20)) | {2}
