"""Workers and servers that are killed, stopped or blocked: no job is lost, no outcome is recorded twice."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from subprocess import Popen
from typing import Any

import pytest

from gonogo.jobs.rules import LEASE_S
from tests.journeys.processes import Machine, kill_hard, wait_until

FUNCTIONS = """\
import os
import time
from pathlib import Path

from gonogo.client.jobs import job


def note(line):
    with Path("begun").open("a") as file:
        file.write(f"{line}\\n")


@job("patient")
def patient() -> int:
    note(os.getpid())
    for _ in range(1200):
        if Path("go").exists():
            return os.getpid()
        time.sleep(0.05)
    raise TimeoutError("nobody said go")


@job("blocking")
async def blocking(seconds: float) -> int:
    note(os.getpid())
    time.sleep(seconds)
    return os.getpid()
"""


@pytest.fixture
def shop(machine: Machine) -> Machine:
    machine.write("functions.py", FUNCTIONS)
    machine.write("gonogo.toml", "jobs_concurrency = 0\n")
    return machine


@contextmanager
def work(shop: Machine, name: str) -> Iterator[Popen[str]]:
    """A worker process, known to the server."""
    arguments = ("--connectors", "python", "--modules", "functions", "--name", name, "--concurrency", "2")
    with shop.start("worker", *arguments) as worker:
        wait_until(lambda: name in list_workers(shop), f"worker {name} is known")
        yield worker


def list_workers(shop: Machine) -> dict[str, Any]:
    with shop.connect() as gonogo:
        return {each["worker"]["name"]: each for each in gonogo.jobs.workers()}


def enqueue(shop: Machine, type: str, **payload: Any) -> str:
    with shop.connect() as gonogo:
        return str(gonogo.jobs.enqueue(type, payload)["id"])


def show(shop: Machine, id: str) -> Any:
    with shop.connect() as gonogo:
        return gonogo.jobs.show(id)


def is_in(shop: Machine, id: str, *states: str) -> Callable[[], bool]:
    return lambda: show(shop, id)["state"] in states


def read_totals(shop: Machine) -> tuple[int, int]:
    """Jobs taken in, and outcomes recorded."""
    with shop.connect() as gonogo:
        metrics = gonogo.jobs.metrics()
    return metrics["enqueued_total"], metrics["done_total"] + metrics["dead_total"]


def test_a_killed_workers_job_is_done_by_another(shop: Machine) -> None:
    with shop.serve():
        with work(shop, "first") as first:
            job = enqueue(shop, "patient")
            wait_until(lambda: shop.count("begun") == 1, "the job has begun")
            kill_hard(first)
        with work(shop, "second") as second:
            wait_until(lambda: shop.count("begun") == 2, "the job has begun again")
            shop.write("go", "")
            wait_until(is_in(shop, job, "done"), "the job is done")
            assert (show(shop, job)["value"], show(shop, job)["attempt"]) == (second.pid, 2)
            assert read_totals(shop) == (1, 1)


def test_a_killed_servers_worker_reports_to_the_next(shop: Machine) -> None:
    with shop.serve() as server, work(shop, "steady") as worker:
        job = enqueue(shop, "patient")
        wait_until(lambda: shop.count("begun") == 1, "the job has begun")
        kill_hard(server)
        shop.write("go", "")
        with shop.serve():
            wait_until(is_in(shop, job, "done"), "the job is done")
            assert (show(shop, job)["value"], show(shop, job)["attempt"]) == (worker.pid, 1)
            assert read_totals(shop) == (1, 1)


def test_a_killed_servers_own_job_is_done_by_the_next(machine: Machine) -> None:
    command = "echo begun >> begun; for i in $(seq 600); do [ -e go ] && exit 0; sleep 0.1; done; exit 1"
    with machine.serve() as server:
        with machine.connect() as gonogo:
            job = gonogo.jobs.enqueue("shell", {"command": command})["id"]
        wait_until(lambda: machine.count("begun") == 1, "the job has begun")
        kill_hard(server)
    with machine.serve():
        wait_until(lambda: machine.count("begun") == 2, "the job has begun again")
        machine.write("go", "")
        wait_until(is_in(machine, job, "done"), "the job is done")
        assert read_totals(machine) == (1, 1)


def test_a_blocked_event_loop_keeps_its_lease(shop: Machine) -> None:
    with shop.serve(), work(shop, "busy") as worker:
        job = enqueue(shop, "blocking", seconds=LEASE_S + 4)
        wait_until(is_in(shop, job, "done", "dead", "failed"), "the job has ended")
        assert (show(shop, job)["value"], show(shop, job)["attempt"]) == (worker.pid, 1)
        assert shop.count("begun") == 1


def test_a_stopped_worker_that_wakes_too_late_is_not_believed(shop: Machine) -> None:
    with shop.serve(), work(shop, "sleeper") as sleeper:
        job = enqueue(shop, "patient")
        wait_until(lambda: shop.count("begun") == 1, "the job has begun")
        sleeper.send_signal(signal.SIGSTOP)
        with work(shop, "other") as other:
            wait_until(lambda: shop.count("begun") == 2, "the job has begun again")
            shop.write("go", "")
            wait_until(is_in(shop, job, "done"), "the job is done")
            sleeper.send_signal(signal.SIGCONT)
            wait_until(lambda: list_workers(shop)["sleeper"]["alive"], "the sleeper is back")
            follow_up = enqueue(shop, "patient")
            wait_until(is_in(shop, follow_up, "done"), "the next job is done")
            assert show(shop, job)["value"] == other.pid
            assert read_totals(shop) == (2, 2)


def test_a_worker_told_to_stop_ends_its_job_first(shop: Machine) -> None:
    with shop.serve(), work(shop, "polite") as polite:
        job = enqueue(shop, "patient")
        wait_until(lambda: shop.count("begun") == 1, "the job has begun")
        polite.send_signal(signal.SIGTERM)
        waiting = enqueue(shop, "patient")
        shop.write("go", "")
        assert polite.wait(60) == 0
        assert show(shop, job)["state"] == "done"
        assert show(shop, waiting)["state"] == "ready"
        assert "polite" not in list_workers(shop)
