"""Agents at the terminal, and across a killed server: found again, never two, their jobs done once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from gonogo.jobs.agents.post import VARIABLE, find_holder
from tests.journeys.processes import Machine, kill_hard, wait_until

PATIENT = "echo begun >> begun; for i in $(seq 1200); do [ -e go ] && exit 0; sleep 0.1; done; exit 1"


@pytest.fixture
def yard(machine: Machine) -> Iterator[Machine]:
    """A machine whose server does no jobs itself, and whose agents end with the test."""
    machine.write("gonogo.toml", "[jobs]\nconcurrency = 0\n")
    yield machine
    for post in (machine.home / "agents").glob("*/post.json"):
        if (holder := find_holder(post)) is not None:
            os.killpg(holder.pid, signal.SIGKILL)


def run(machine: Machine, *words: str, code: int = 0) -> str:
    done = machine.call(*words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def show(machine: Machine, name: str) -> Any:
    with machine.connect() as gonogo:
        return gonogo.agents.show(name)


def await_work(machine: Machine, name: str) -> Any:
    wait_until(lambda: show(machine, name)["phase"] == "working", f"{name} works")
    return show(machine, name)


def enqueue(machine: Machine, name: str) -> str:
    with machine.connect() as gonogo:
        return str(gonogo.jobs.enqueue("shell", {"command": PATIENT}, needs=[f"agent={name}"], max_attempts=5)["id"])


def read_job(machine: Machine, id: str) -> Any:
    with machine.connect() as gonogo:
        return gonogo.jobs.show(id)


def list_copies(home: Path) -> list[int]:
    """Processes of this data folder's agents; the commands of their jobs are left out."""
    posts = {str(post) for post in (home / "agents").glob("*/post.json")}
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(VARIABLE) in posts and "worker" in process.cmdline():
                found.append(process.pid)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def test_an_agent_at_the_terminal(yard: Machine) -> None:
    yard.keep_data()
    assert "No agent has been spawned." in run(yard, "agents", "list")
    assert "ollama" in run(yard, "agents", "templates")
    with yard.serve():
        spawn = ("agents", "spawn", "shell", "--name", "porter", "--role", "carrier", "--capability", "zone=north")
        assert "porter is starting." in run(yard, *spawn)
        pid = await_work(yard, "porter")["pid"]
        assert "carrier" in run(yard, "agents", "list")
        needs = ("--needs", "role=carrier", "--needs", "zone=north")
        assert "done" in run(yard, "jobs", "enqueue", "shell", "echo carried", *needs, "--wait")
        told = run(yard, "agents", "show", "porter")
        assert str(pid) in told
        assert "working" in told
        assert "2 jobs at once: shell" in run(yard, "agents", "logs", "porter")
        assert "There is an agent 'porter'" in yard.call(*spawn).stderr
        assert "Stop it first" in yard.call("agents", "forget", "porter").stderr
        assert "porter is stopped." in run(yard, "agents", "stop", "porter")
        assert not psutil.pid_exists(pid)
        assert "stopped" in run(yard, "agents", "show", "porter")
        run(yard, "agents", "restart", "porter")
        assert await_work(yard, "porter")["pid"] != pid
        run(yard, "agents", "stop", "porter")
        assert "porter is forgotten." in run(yard, "agents", "forget", "porter")
        assert yard.read_json("agents", "list") == []
    assert list_copies(yard.home) == []


def test_an_agent_outlives_a_killed_server_with_its_job(yard: Machine) -> None:
    with yard.serve() as server:
        run(yard, "agents", "spawn", "shell", "--name", "porter")
        pid = await_work(yard, "porter")["pid"]
        job = enqueue(yard, "porter")
        wait_until(lambda: yard.count("begun") == 1, "the job has begun")
        kill_hard(server)
    assert list_copies(yard.home) == [pid]
    with yard.serve():
        found = await_work(yard, "porter")
        assert (found["pid"], list_copies(yard.home)) == (pid, [pid])
        wait_until(lambda: show(yard, "porter")["jobs"] == [job], "its job is its own again")
        yard.write("go", "")
        wait_until(lambda: read_job(yard, job)["state"] == "done", "the job is done")
        assert (read_job(yard, job)["attempt"], yard.count("begun")) == (1, 1)


def test_an_agent_killed_with_its_server_is_started_again_and_takes_its_job_up(yard: Machine) -> None:
    with yard.serve() as server:
        run(yard, "agents", "spawn", "shell", "--name", "porter")
        pid = await_work(yard, "porter")["pid"]
        job = enqueue(yard, "porter")
        wait_until(lambda: yard.count("begun") == 1, "the job has begun")
        kill_hard(server)
        os.kill(pid, signal.SIGKILL)
    with yard.serve():
        again = await_work(yard, "porter")["pid"]
        assert again != pid
        wait_until(lambda: yard.count("begun") == 2, "the job has begun again")
        assert list_copies(yard.home) == [again]
        yard.write("go", "")
        wait_until(lambda: read_job(yard, job)["state"] == "done", "the job is done")
        told = read_job(yard, job)
        assert told["attempt"] == 2
        with yard.connect() as gonogo:
            metrics = gonogo.jobs.metrics()
        assert (metrics["recovered_total"], metrics["done_total"]) == (1, 1)
