"""The camera example: its release goes to GO under full load without a failed request, and no bad version stays."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.journeys.processes import Machine, wait_until
from tests.releases.actions.ports import find_ports

EXAMPLE = Path(__file__).parents[2] / "examples" / "camera_config"
CROWD = Path(__file__).with_name("crowd.py")
QUICK = ("--var", "SOAK=4s", "--var", "CALM=1s", "--var", "LOAD=2s", "--var", "SAMPLES=10")
PROMISED_S = 120.0


class Site:
    """The example in a folder of its own, on free ports, under a server that keeps its services up."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.api, self.dev, self.page = find_ports(3)
        for source in EXAMPLE.rglob("*"):
            if source.is_file() and "__pycache__" not in source.parts:
                target = machine.folder / source.relative_to(EXAMPLE)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        for name in ("gonogo.toml", "RELEASE.md"):
            path = machine.folder / name
            text = path.read_text()
            for fixed, free in (("8780", self.api), ("8781", self.dev), ("8790", self.page)):
                text = text.replace(fixed, str(free))
            path.write_text(text)
        self.call(sys.executable, "prepare.py", "data/production.db", "data/development.db")
        self.call("git", "init", "-q")
        self.call("git", "add", "--all")
        self.call("git", "-c", "user.name=a", "-c", "user.email=a@b.test", "commit", "-qm", "version 1")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.api}"

    def call(self, *command: str) -> str:
        environment = self.machine.environment
        done = subprocess.run(command, cwd=self.machine.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def release(self, *variables: str) -> subprocess.CompletedProcess[str]:
        """The one command."""
        return self.machine.call("run", "RELEASE.md", "--yes", "--accept-humans", "ada@example.org", *QUICK, *variables)

    def read_version(self) -> str:
        """Which version answers now."""
        version: str = httpx.get(f"{self.url}/health", trust_env=False).json()["version"]
        return version

    def is_up(self) -> bool:
        """Whether the page answers, which asks the service."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.page}/", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def end_services(self) -> None:
        """Services outlive their server; a test's must not."""
        key = (self.machine.home / "local.key").read_text().strip()
        server = msgspec.json.decode((self.machine.home / "server.json").read_bytes())["url"]
        headers = {"authorization": f"Bearer {key}"}
        answer = httpx.post(f"{server}/api/services/down", headers=headers, json={}, timeout=180, trust_env=False)
        assert answer.is_success, answer.text

    @contextmanager
    def besiege(self, connections: int = 8) -> Iterator[dict[str, Any]]:
        """Full load while the block runs; what it came to is in the given dictionary afterwards."""
        paths = ("get-sources", "get-processing-cameras", "camera-status")
        urls = [f"{self.url}/api/config/{path}" for path in paths]
        command = [sys.executable, str(CROWD), str(connections), *urls]
        crowd = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        told: dict[str, Any] = {}
        try:
            yield told
            output, _ = crowd.communicate("", timeout=60)
            told.update(msgspec.json.decode(output))
        finally:
            crowd.kill()
            crowd.communicate()


@pytest.fixture
def site(machine: Machine) -> Iterator[Site]:
    site = Site(machine)
    with machine.serve():
        try:
            wait_until(site.is_up, "the services are up")
            yield site
        finally:
            site.end_services()


def read_release(site: Site) -> Any:
    """The run that was made."""
    return site.machine.read_json("releases", "show", "last")


def test_version_2_goes_live_under_full_load(site: Site) -> None:
    with site.besiege() as told:
        # A machine that is kept busy answers late; what is slow by itself is another test's.
        done = site.release("--var", "TOLERANCE=100000%")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert site.read_version() == "v2"
    assert (told["failed"], told["failures"]) == (0, {})
    assert told["answered"] > 500
    [backup] = site.machine.read_json("backup", "list")
    assert {part["kind"] for part in backup["parts"]} == {"git", "sqlite", "file", "machine"}
    tasks = site.machine.read_json("follow-ups", "list")
    assert [task["period"] for task in tasks] == ["day 1"] * 2 + ["week 1"] * 2 + ["month 1"] * 2


@pytest.mark.parametrize(
    ("version", "gate", "reason"),
    [
        ("v2-broken-contract", "contract verify", "$.count is a string, was integer"),
        ("v2-never-ready", "swap service=cameras", "503"),
        ("v2-leaks", ("process.rss{service=cameras}", "soak"), "process.rss{service=cameras} changed by"),
    ],
)
def test_a_bad_version_is_stopped_and_version_1_is_back(
    site: Site, version: str, gate: str | tuple[str, ...], reason: str
) -> None:
    with site.besiege() as told:
        done = site.release("--var", "TOLERANCE=100000%", "--var", f"TO={version}")
    check_stopped(site, done, gate, reason)
    assert (told["failed"], told["failures"]) == (0, {})


def test_a_slower_version_is_stopped_and_version_1_is_back(site: Site) -> None:
    done = site.release("--var", "TO=v2-slow")
    # On a busy machine another request may be slow as well, and stand before it in the reason.
    check_stopped(site, done, "contract verify", "breaking change")
    assert re.search(r"✘ GET /api/config/camera-status: [^\n]*\n[^\n]*✘ p50 is", done.stdout), done.stdout[-3000:]


def check_stopped(site: Site, done: subprocess.CompletedProcess[str], gate: str | tuple[str, ...], reason: str) -> None:
    """NO-GO by that gate and for that reason, and the way back taken within its promise."""
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr
    release = read_release(site)
    failed = next(i for phase in release["phases"] for i in phase["items"] if i["id"] == release["failure"]["item"])
    assert failed["text"].startswith(gate), release["failure"]
    assert reason in release["failure"]["why"]
    rollback = release["rollback"]
    assert (rollback["outcome"], rollback["level"], rollback["promise_s"]) == ("passed", 1, PROMISED_S), rollback
    assert rollback["seconds"] < PROMISED_S
    assert site.read_version() == "v1"
