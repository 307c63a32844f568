"""kill -9 in the middle: nothing runs twice unasked, and everything else goes on where it was."""

from __future__ import annotations

from typing import Any

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


def test_a_command_that_was_under_way_is_not_run_again_without_a_word(machine: Machine) -> None:
    with machine.serve() as server:
        run = start_run(machine, SLOW)
        wait_until(lambda: machine.count("van/log") == 2, "the slow command has begun")
        kill_hard(server)
    machine.write("van/arrived", "")

    first = machine.call("resume", run, "--yes")

    assert first.returncode == 3, first.stdout
    assert "unknown" in first.stdout or "?" in first.stdout
    log = machine.folder / "van" / "log"
    assert log.read_text().splitlines() == ["packed", "moving"]
    [unknown] = [
        item["id"]
        for phase in machine.read_json("releases", "show", run)["phases"]
        for item in phase["items"]
        if item["state"]["status"] == "unknown"
    ]
    assert machine.call("releases", "retry", run, unknown, "--as", "ada").returncode == 0
    assert log.read_text().splitlines() == ["packed", "moving"], "a word from the command line starts nothing by itself"
    assert machine.call("resume", run, "--yes").returncode == 0
    assert log.read_text().splitlines() == ["packed", "moving", "moving", "unpacked in Ghent"]


def test_the_result_of_an_orphan_can_be_taken(machine: Machine) -> None:
    with machine.serve() as server:
        run = start_run(machine, SLOW)
        wait_until(lambda: machine.count("van/log") == 2, "the slow command has begun")
        kill_hard(server)
    machine.write("van/arrived", "")

    with machine.serve():
        with machine.connect() as gonogo:
            wait_until(lambda: gonogo.releases.show(run)["status"] == "held", "the new server has found the run")
            shown = gonogo.releases.show(run)
            [unknown] = [
                item["id"]
                for phase in shown["phases"]
                for item in phase["items"]
                if item["state"]["status"] == "unknown"
            ]
        wait_until(lambda: machine.call("releases", "resolve", run, unknown).returncode == 0, "the orphan has ended")
        with machine.connect() as gonogo:
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
    assert state["until"] == until, "the deadline is the one that was set before the crash"
    assert state["attempt"] <= 1


def test_the_record_of_a_run_that_was_cut_off_is_whole(machine: Machine) -> None:
    with machine.serve() as server:
        run = start_run(machine, SLOW)
        wait_until(lambda: machine.count("van/log") == 2, "the slow command has begun")
        kill_hard(server)
    machine.write("van/arrived", "")
    assert machine.read_json("verify", run)["ok"] is True
