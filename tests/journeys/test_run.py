"""A checklist from the command line to its verdict, without a server."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.journeys.processes import DEADLINE_S, Machine, only_line, wait_until

GREETING = """\
# Put the greeting out

## Ready?
- [ ] The shop window is clean

## Put it out
```sh
WORD=hello
mkdir -p window
cd window
echo "$WORD" >> sign
cat sign
# Should contain "{expected}"
```

## Rollback (< 1 minute)
```sh
mv window/sign taken-down
echo taken down >> window/log
```
"""


def test_a_checklist_that_holds_ends_in_go(machine: Machine) -> None:
    machine.write("RELEASE.md", GREETING.format(expected="hello"))

    done = machine.call("run", "RELEASE.md", "--yes", "--accept-humans", "ada")

    assert done.returncode == 0, done.stdout + done.stderr
    assert " GO " in done.stdout
    assert (machine.folder / "window" / "sign").read_text() == "hello\n"
    [told] = [line for line in done.stdout.splitlines() if "The shop window is clean — " in line]
    assert "@" in told and told.endswith(" for ada: Accepted in advance."), told
    report = machine.call("report", "last", "--format", "html", "--output", "report.html")
    assert report.returncode == 0
    assert "<html" in (machine.folder / "report.html").read_text()


def test_a_broken_expectation_ends_in_no_go_and_is_rolled_back(machine: Machine) -> None:
    machine.write("RELEASE.md", GREETING.format(expected="good evening"))

    done = machine.call("run", "RELEASE.md", "--yes", "--accept-humans", "ada")

    assert done.returncode == 1
    assert " NO-GO " in done.stdout
    assert not (machine.folder / "window" / "sign").exists()
    assert machine.count("window/log") == 1
    [run] = machine.read_json("releases", "list")["items"]
    assert (run["verdict"], run["exit_code"]) == ("no_go", 1)
    assert machine.call("rollback", "last").returncode == 2
    assert machine.count("window/log") == 1


def test_stop_as_policy_leaves_things_as_they_are(machine: Machine) -> None:
    machine.write("RELEASE.md", GREETING.format(expected="good evening"))
    done = machine.call("run", "RELEASE.md", "--yes", "--accept-humans", "ada", "--on-no-go", "stop")
    assert done.returncode == 1
    assert (machine.folder / "window" / "sign").exists()


def test_people_s_items_stay_open_without_people_until_they_are_ticked(machine: Machine) -> None:
    machine.write("RELEASE.md", GREETING.format(expected="hello"))

    done = machine.call("run", "RELEASE.md", "--yes")

    assert done.returncode == 3
    assert "HELD" in done.stdout
    assert "needs a decision: The shop window is clean" in done.stdout
    [name] = [line.split()[0] for line in done.stdout.splitlines() if line.split()[1:2] == ["tick"]]
    ticked = machine.call("releases", "tick", "last", name, "--note", "looked myself", "--as", "bob")
    assert ticked.returncode == 0, ticked.stderr
    assert machine.call("resume", "last", "--yes").returncode == 0
    assert machine.count("window/sign") == 1, "what had run must not run again"
    shown = machine.read_json("releases", "show", "last")
    states = {each["id"]: each["state"] for phase in shown["phases"] for each in phase["items"]}
    assert states[name]["by"].endswith(" for bob"), "who it was stays, beside for whom"
    assert states[name]["note"] == "looked myself"


def test_variables_from_the_command_line_reach_the_commands(machine: Machine) -> None:
    machine.write("RELEASE.md", '# Name it\n\n```sh\necho "$SHOP in $CITY" > name\n```\n')
    done = machine.call("run", "RELEASE.md", "--yes", "--var", "SHOP=Books & more", "--var", "CITY=Ghent")
    assert done.returncode == 0, done.stdout
    assert (machine.folder / "name").read_text() == "Books & more in Ghent\n"


def test_a_run_needs_approval_and_takes_it_from_a_pipe(machine: Machine) -> None:
    machine.write("RELEASE.md", "# Touch it\n\n```sh\ntouch it\n```\n")

    nobody = machine.call("run", "RELEASE.md")
    refused = machine.call("run", "RELEASE.md", input="n\n")

    assert (nobody.returncode, refused.returncode) == (2, 2)
    assert "--yes" in only_line(nobody.stderr)
    assert not (machine.folder / "it").exists()
    assert machine.call("run", "RELEASE.md", input="y\n").returncode == 0
    assert (machine.folder / "it").exists()


@pytest.mark.parametrize("path", ["nowhere.md", "folder.md", "binary.md", os.devnull])
def test_what_is_no_checklist_is_refused_in_one_line(machine: Machine, path: str) -> None:
    (machine.folder / "folder.md").mkdir()
    (machine.folder / "binary.md").write_bytes(bytes(range(256)) * 20)

    done = machine.call("run", path, "--yes")

    assert done.returncode == 2
    assert Path(path).name in only_line(done.stderr)
    assert not machine.home.exists(), "nothing may be left behind by a file that can't be run"


def test_a_checklist_with_a_blocking_finding_does_not_start(machine: Machine) -> None:
    machine.write("RELEASE.md", "# Odd\n\n- [ ] Load <!-- gonogo: gate process.rss << 3 -->\n\n```sh\ntouch it\n```\n")
    done = machine.call("run", "RELEASE.md", "--yes")
    assert done.returncode == 2
    assert not (machine.folder / "it").exists()


def test_an_interrupt_leaves_the_run_to_be_resumed(machine: Machine) -> None:
    waiting = "for i in $(seq 600); do [ -e go ] && break; sleep 0.1; done"
    machine.write("RELEASE.md", f"# Slow\n\n```sh\necho begun >> log\n{waiting}\necho on >> log\n```\n")
    with machine.start("run", "RELEASE.md", "--yes") as running:
        wait_until(lambda: machine.count("log") == 1, "the first command has run")
        wait_until(lambda: "for i in" in running.stdout.readline(), "the slow command is told")  # type: ignore[union-attr]
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=DEADLINE_S)
    assert running.returncode == 3, err
    assert "gonogo resume" in out
    assert "Traceback" not in err

    machine.write("go", "")
    resumed = machine.call("resume", "last", "--yes")
    assert resumed.returncode == 0, resumed.stdout
    assert machine.count("log") == 2, "the command went on by itself, and how it ended is known: nothing runs twice"
