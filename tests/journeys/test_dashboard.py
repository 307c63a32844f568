"""The infrastructure dashboard on its way into production: sign in, ask everything, press it, look at the data."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from functools import partial

import httpx

from tests.journeys.processes import Machine, wait_until
from tests.journeys.test_server import read_url

PATH = "/api/v1/observability/infrastructure"
ENDPOINTS = ("system", "process", "platform", "summary", "health", "report")
ADMIN = {"email": "admin@localhost", "password": "correct horse battery staple"}
REQUESTS, AT_ONCE = 1000, 10


def sign_in(url: str) -> dict[str, str]:
    """The header that opens everything, by way of the login's own answer."""
    answer = httpx.post(f"{url}/api/v1/auth/login", json=ADMIN)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}


async def press(url: str, headers: dict[str, str]) -> Counter[int]:
    """A thousand requests, ten at a time; how many there were of each status."""
    statuses: Counter[int] = Counter()
    left = iter(range(REQUESTS))

    async def visit(client: httpx.AsyncClient) -> None:
        for _ in left:
            statuses[(await client.get(f"{url}{PATH}/health")).status_code] += 1

    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60) as client:
        await asyncio.gather(*(visit(client) for _ in range(AT_ONCE)))
    return statuses


def count_rows(machine: Machine, table: str) -> int:
    """How many rows somebody with SQL sees."""
    with closing(sqlite3.connect(machine.home / "gonogo.db")) as database:
        [(count,)] = database.execute(f"SELECT count(*) FROM {table}")
    return int(count)


def test_the_dashboard_holds_what_its_checklist_asks(machine: Machine) -> None:
    with machine.serve():
        url = read_url(machine)
        headers = sign_in(url)
        for name in ENDPOINTS:
            answer = httpx.get(f"{url}{PATH}/{name}", headers=headers)
            assert (answer.status_code, answer.json()["status"]) == (200, "success"), name
            assert httpx.get(f"{url}{PATH}/{name}").status_code == 401, name

        system = httpx.get(f"{url}{PATH}/system", headers=headers).json()["data"]["metrics"]
        assert 0 < system["memory_percent"] < 100
        health = httpx.get(f"{url}{PATH}/health", headers=headers).json()["data"]
        assert {one["component"] for one in health["components"]} >= {"reports", "memory", "disk"}
        assert all(one["rule"] for one in health["components"] if one["lost"])

        assert asyncio.run(press(url, headers)) == Counter({200: REQUESTS})

        for table in ("system_metrics_history", "process_metrics_history", "infrastructure_health"):
            wait_until(partial(count_rows, machine, table), f"{table} has rows")
        for upkeep in (
            ("cleanup", "--days", "30", "--dry-run", "--vacuum"),
            ("cleanup", "--days", "30", "--vacuum"),
            ("aggregate", "--hours", "2"),
            ("aggregate", "--period", "daily", "--hours", "48"),
        ):
            done = machine.call("observe", *upkeep)
            assert done.returncode == 0, done.stderr
        assert count_rows(machine, "metric_aggregations") > 0


def test_thresholds_are_set_by_the_environment_of_the_process(machine: Machine) -> None:
    with machine.start("up", "--port", "0", HEALTH_MEMORY_WARNING="1", HEALTH_MEMORY_CRITICAL="1") as server:
        wait_until(lambda: machine.is_served_by(server) or server.poll() is not None, "the server is up")
        assert server.poll() is None, server.communicate()
        with machine.connect() as gonogo:
            health = gonogo.observe.health()
    memory = next(one for one in health["components"] if one["component"] == "memory")
    assert (memory["status"], memory["rule"], memory["threshold"]) == ("critical", "HEALTH_MEMORY_CRITICAL", 1.0)
    broken = machine.call("up", "--port", "0", HEALTH_DISK_CRITICAL="full")
    assert broken.returncode == 2
    assert "HEALTH_DISK_CRITICAL" in broken.stderr


def test_a_check_of_the_file_and_a_log_are_told_by_the_command_line(machine: Machine) -> None:
    log = machine.write("shop.log", "INFO open\n")
    with machine.serve():
        url = read_url(machine)
    machine.write(
        "gonogo.toml",
        f'[checks.self]\nurl = "{url}/health"\nevery = "1s"\n\n[logs.shop]\npath = "{log}"\nfrom_start = true\n',
    )
    with machine.start("up", "--port", url.rpartition(":")[2]) as server:
        wait_until(lambda: machine.is_served_by(server) or server.poll() is not None, "the server is up")
        assert server.poll() is None, server.communicate()
        asked = machine.call("checks", "run", "self")
        assert asked.returncode == 0, asked.stdout + asked.stderr
        assert asked.stdout.startswith("self: 200 in ")
        assert "self" in machine.call("checks", "list").stdout
        wait_until(lambda: machine.read_json("observe", "logs")[0]["lines"] == 1, "the line is counted")
        added = machine.call("checks", "add", "gone", "http://127.0.0.1:1/", "--failures", "1")
        assert added.returncode == 0, added.stderr
        gone = machine.call("checks", "run", "gone")
        assert gone.returncode == 1
        assert "127.0.0.1:1" in gone.stdout
        assert machine.read_json("checks", "show", "gone")["state"] == "down"
        removed = machine.call("checks", "remove", "self")
        assert removed.returncode == 2
        assert "gonogo.toml" in removed.stderr
        assert machine.call("checks", "remove", "gone").returncode == 0
        target = machine.call("observe", "targets", "add", "self", f"{url}/metrics")
        assert target.returncode == 0, target.stderr
        assert [one["name"] for one in machine.read_json("observe", "targets", "list")] == ["self"]
        assert machine.call("observe", "targets", "remove", "self").returncode == 0
