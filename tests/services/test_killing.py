"""A killed Gonogo: its services stay up, are found again, and no second copy of them is started."""

from __future__ import annotations

import asyncio
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.journeys.processes import Machine, kill_hard, wait_until
from tests.services.stage import PROGRAMS, end_keepers, find_port


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path, tmp_path / "home")
    yield machine
    asyncio.run(end_keepers(machine.home))


def fetch(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        text: str = answer.read().decode()
        return text


def count_copies(port: int) -> int:
    """Processes of the service that this port belongs to, by the argument only they have."""
    words = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return sum(f"mark-{port}" in each for each in words)


def declare(machine: Machine, port: int) -> None:
    words = ", ".join(f'"{word}"' for word in (sys.executable, str(PROGRAMS / "web.py"), "{fd}", f"mark-{port}"))
    machine.write(
        "gonogo.toml",
        f'[services.web]\ncommand = [{words}]\nlisten = "127.0.0.1:{port}"\nreplicas = 2\nhealth = {{ path = "/" }}\n',
    )


def is_ready(machine: Machine) -> bool:
    with machine.connect() as gonogo:
        service = gonogo.services.show("web")
    return bool(service["condition"] == "ready" and service["ready"] == 2)


def test_a_killed_server(machine: Machine) -> None:
    port = find_port()
    declare(machine, port)
    with machine.serve() as server:
        wait_until(lambda: is_ready(machine), "the service is ready")
        with machine.connect() as gonogo:
            before = {process["pid"] for process in gonogo.services.show("web")["processes"]}
        kill_hard(server)
        assert fetch(port).startswith("v1 ")
        assert count_copies(port) == 2
    with machine.serve() as server:
        wait_until(lambda: is_ready(machine), "the service is found again")
        with machine.connect() as gonogo:
            after = {process["pid"] for process in gonogo.services.show("web")["processes"]}
            assert after == before
            swap = gonogo.services.swap("web")
            assert (swap["status"], swap["to_version"]) == ("done", "v2")
        wait_until(lambda: count_copies(port) == 2, "the old version has drained")
        assert fetch(port).startswith("v2 ")


def test_the_command_line_without_a_server(machine: Machine) -> None:
    port = find_port()
    declare(machine, port)
    assert machine.call("services", "up").returncode in (0, 1)
    wait_until(lambda: machine.call("services", "status").returncode == 0, "the service is ready")
    swapped = machine.call("services", "swap", "web", "--to", "blue", "--env", "SAYS=navy")
    assert "web: v1 → blue by socket; ready after" in swapped.stdout, swapped.stderr
    assert fetch(port).startswith("navy ")
    failed = machine.call("services", "swap", "web", "--command", f"{sys.executable} -c exit(4)")
    assert failed.returncode == 1
    assert "web stays at blue: v2 did not take over" in failed.stderr
    assert "exit code 4" in failed.stderr
    assert "web: blue → v1" in machine.call("services", "rollback", "web").stdout
    assert "serving navy" in machine.call("services", "logs", "web", "--search", "NAVY").stdout
    assert machine.call("services", "down").returncode == 0
    wait_until(lambda: count_copies(port) == 0, "everything has ended")


def test_a_swap_under_a_killed_server_comes_to_its_end(machine: Machine) -> None:
    port = find_port()
    declare(machine, port)
    with machine.serve() as server:
        wait_until(lambda: is_ready(machine), "the service is ready")
        with machine.start("services", "swap", "web", "--env", "LATE=1") as swapping:
            wait_until(lambda: count_copies(port) == 4, "both versions run")
            kill_hard(server)
            swapping.wait(60)
    wait_until(lambda: fetch(port).startswith("v2 "), "the keeper has moved the traffic by itself")
    with machine.serve(), machine.connect() as gonogo:
        wait_until(lambda: gonogo.services.swaps("web")[0]["status"] == "done", "the swap is written down")
        assert gonogo.services.show("web")["version"] == "v2"
