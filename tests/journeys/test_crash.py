"""kill -9 in the middle: nothing runs twice unasked, and everything else goes on where it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gonogo.client.errors import ApiError
from tests.journeys.processes import Machine, kill_hard, wait_until

SLOW = """\
# Move the shop

```sh
CITY=Ghent
mkdir -p van
cd van
echo packed >> log
echo moving >> log; for i in $(seq 600); do [ -e arrived ] && break; sleep 0.1; done
echo "unpacked in $CITY" >> log
```
"""
WATCHED = """\
# Watch the shop

```sh
echo opened >> log
```

Watch it for 6 seconds. <!-- gonogo: soak 6s every 1s -->

```sh
echo closed >> log
```
"""


def start_run(machine: Machine, text: str) -> str:
    """Start a run on the machine's server, attended by nobody."""
    path = machine.write("RELEASE.md", text)
    with machine.connect() as gonogo:
        started: str = gonogo.releases.start(path=str(path), attended=False)["id"]
    return started


def list_items(machine: Machine, run: str) -> dict[str, Any]:
    """The run's items by their text."""
    with machine.connect() as gonogo:
        release = gonogo.releases.show(run)
    return {item["text"]: item for phase in release["phases"] for item in phase["items"]}


def test_a_command_that_ended_unseen_is_evidence_and_not_run_again(machine: Machine) -> None:
    with machine.serve() as server:
        run = start_run(machine, SLOW)
        wait_until(lambda: machine.count("van/log") == 2, "the slow command has begun")
        kill_hard(server)
    machine.write("van/arrived", "")

    resumed = machine.call("resume", run, "--yes")

    assert resumed.returncode == 0, resumed.stdout
    lines = (machine.folder / "van" / "log").read_text().splitlines()
    assert lines == ["packed", "moving", "unpacked in Ghent"]


def test_a_command_that_still_runs_is_waited_for_and_keeps_its_target(machine: Machine) -> None:
    with machine.serve() as server:
        run = start_run(machine, SLOW)
        wait_until(lambda: machine.count("van/log") == 2, "the slow command has begun")
        kill_hard(server)

    with machine.serve(), machine.connect() as gonogo:
        slow = next(text for text in list_items(machine, run) if text.startswith("echo moving"))
        wait_until(lambda: list_items(machine, run)[slow]["state"]["orphan"] == "running", "it was found running")
        with pytest.raises(ApiError, match=run):
            start_run(machine, SLOW)
        assert gonogo.releases.show(run)["status"] == "running"
        machine.write("van/arrived", "")
        wait_until(lambda: gonogo.releases.show(run)["status"] == "finished", "the run is over")
        assert gonogo.releases.show(run)["verdict"] == "go"
    lines = (machine.folder / "van" / "log").read_text().splitlines()
    assert lines == ["packed", "moving", "unpacked in Ghent"]


def test_the_clock_of_a_soak_goes_on_while_nobody_is_there(machine: Machine) -> None:
    with machine.serve() as server:
        run = start_run(machine, WATCHED)
        soak = "Watch it for 6 seconds."
        wait_until(lambda: list_items(machine, run)[soak]["state"]["until"], "the soak has begun")
        until = list_items(machine, run)[soak]["state"]["until"]
        kill_hard(server)

    done = machine.call("resume", run, "--yes")

    assert done.returncode == 0, done.stdout
    assert (machine.folder / "log").read_text().splitlines() == ["opened", "closed"]
    shown = machine.read_json("releases", "show", run)
    [state] = [item["state"] for phase in shown["phases"] for item in phase["items"] if item["text"] == soak]
    report = json.loads(machine.call("report", run, "--format", "json").stdout)
    deadlines = [entry["data"]["until"] for entry in report["journal"] if entry["data"].get("until")]
    assert deadlines == [until], "the deadline is the one that was set before the crash"
    assert until <= state["finished_at"]


def test_the_record_of_a_run_that_was_cut_off_is_whole(machine: Machine) -> None:
    with machine.serve() as server:
        run = start_run(machine, SLOW)
        wait_until(lambda: machine.count("van/log") == 2, "the slow command has begun")
        kill_hard(server)
    machine.write("van/arrived", "")
    assert machine.read_json("verify", run)["ok"] is True
