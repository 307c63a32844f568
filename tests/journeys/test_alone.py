"""One person on a fresh machine gets to GO; with a second account nobody signs or decides from the command line."""

from __future__ import annotations

from tests.journeys.processes import Machine, only_line

CHECKLIST = """\
# Put the bread out

## Ready?
- [ ] The counter is wiped

## Deploy
```sh
touch bread
```

- **GO/NO-GO**: the crust is fine

## Sign-off
- Shop manager: ________
"""


def test_alone_on_a_fresh_machine_it_ends_in_go_and_says_that_nobody_else_looked(machine: Machine) -> None:
    machine.write("RELEASE.md", CHECKLIST)

    done = machine.call("run", "RELEASE.md", "--yes", "--accept-humans", "you@example.com")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "One account: signed and decided by who started it. No second person has looked." in done.stdout
    assert " for you@example.com" in done.stdout
    assert machine.call("verify", "last").returncode == 0


def test_with_a_second_account_the_command_line_neither_signs_nor_decides(machine: Machine) -> None:
    machine.write("RELEASE.md", CHECKLIST)
    assert machine.call("people", "add", "mia@example.com", "--role", "approver").returncode == 0

    done = machine.call("run", "RELEASE.md", "--yes", "--accept-humans", "mia@example.com")

    assert done.returncode == 3, done.stdout
    shown = machine.read_json("releases", "show", "last")
    items = {each["kind"]: each["id"] for phase in shown["phases"] for each in phase["items"]}
    for act in (
        ("decide", "last", items["gate"], "go"),
        ("sign", "last", items["sign"], "--as", "mia@example.com"),
        ("skip", "last", items["sign"], "--reason", "in a hurry"),
    ):
        refused = machine.call("releases", *act)
        assert refused.returncode != 0
        assert "gonogo login" in only_line(refused.stderr), refused.stderr
    shown = machine.read_json("releases", "show", "last")
    states = {each["id"]: each["state"] for phase in shown["phases"] for each in phase["items"]}
    assert (states[items["gate"]]["status"], states[items["sign"]]["status"]) == ("open", "open")
    assert states[items["human"]]["by"].endswith(" for mia@example.com")
