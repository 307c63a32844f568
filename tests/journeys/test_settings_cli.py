"""``gonogo settings`` from the terminal, with a server and without one."""

from __future__ import annotations

import sqlite3

import msgspec
import pytest

from tests.journeys.processes import Machine, only_line, wait_until

CATALOG = """
[settings."tide.level"]
type = "float"
default = 2
min = 0
max = 10
unit = "m"

[settings."tide.name"]
type = "enum"
default = "spring"
choices = ["spring", "neap"]

[settings."pier.open"]
type = "bool"
default = true
restart_required = true

[presets.storm]
description = "All hands inside."
values = { "tide.level" = 9, "pier.open" = false }
"""


@pytest.fixture
def harbour(machine: Machine) -> Machine:
    """A data folder with the catalog declared. No server runs."""
    machine.write("harbour.toml", CATALOG)
    done = machine.call("settings", "declare", "harbour.toml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "harbour.toml: 3 added, 0 updated, 0 as they were, 1 presets.\n"
    return machine


def say(machine: Machine, *arguments: str) -> str:
    """What a command prints that must go well."""
    done = machine.call("settings", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refuse(machine: Machine, *arguments: str) -> str:
    """The one line of a command that must not go well."""
    done = machine.call("settings", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    return only_line(done.stderr)


def test_declaring_twice_changes_nothing(harbour: Machine) -> None:
    assert say(harbour, "declare", "harbour.toml") == "harbour.toml: 0 added, 0 updated, 3 as they were.\n"


def test_values_are_set_read_and_taken_back(harbour: Machine) -> None:
    with harbour.serve():
        assert say(harbour, "set", "tide.level", "3.5", "--why", "new moon") == "tide.level is 3.5 m now, version 2.\n"
        assert say(harbour, "set", "tide.level", "3.5").startswith("tide.level is 3.5 m already")
        assert say(harbour, "get", "tide.level") == "3.5\n"
        assert "restart" in say(harbour, "set", "pier.open", "off")
        assert "●" in say(harbour, "list", "--modified")
        assert "new moon" in say(harbour, "history", "tide.level")
        assert "(the default)" in say(harbour, "undo", "tide.level")
        say(harbour, "unset", "pier.open")
        assert harbour.read_json("settings", "list", "--modified") == []
        assert [found["key"] for found in harbour.read_json("settings", "search", "tdie", "levle")] == ["tide.level"]


def test_errors_are_one_clear_line(harbour: Machine) -> None:
    with harbour.serve():
        assert "Did you mean 'tide.level'?" in refuse(harbour, "get", "tide.levl")
        assert "must be at most 10 m" in refuse(harbour, "set", "tide.level", "11")
        assert "must be a number, not string" in refuse(harbour, "set", "tide.level", "high")
        assert "spring" in refuse(harbour, "set", "tide.name", "ebb")
        assert "known: storm" in refuse(harbour, "apply", "calm")
        assert "add --yes" in refuse_after_preview(harbour, "apply", "storm")
        assert say(harbour, "get", "tide.level") == "2\n"


def refuse_after_preview(machine: Machine, *arguments: str) -> str:
    done = machine.call("settings", *arguments)
    assert done.returncode == 2
    assert "2 → 9" in done.stdout
    return only_line(done.stderr)


def test_a_preset_is_shown_then_applied(harbour: Machine) -> None:
    with harbour.serve():
        assert "would change" in say(harbour, "apply", "storm", "--dry-run")
        assert say(harbour, "get", "tide.level") == "2\n"
        assert "2 settings changed." in say(harbour, "apply", "storm", "--yes")
        presets = harbour.read_json("settings", "presets")
        assert [(preset["name"], preset["differing"]) for preset in presets] == [("storm", 0)]
        assert say(harbour, "apply", "storm", "--yes") == "Nothing would change.\n"


@pytest.mark.parametrize("name", ["kept.toml", "kept.yaml", "kept.json"])
def test_what_was_exported_comes_in_again(harbour: Machine, name: str) -> None:
    with harbour.serve():
        say(harbour, "set", "tide.level", "7")
        say(harbour, "export", "--modified", "--output", name)
        say(harbour, "unset", "tide.level")
        assert "2 → 7" in say(harbour, "import", name, "--dry-run")
        assert "1 setting changed." in say(harbour, "import", name, "--yes")
        assert say(harbour, "get", "tide.level") == "7\n"


def test_everything_goes_back_to_a_version(harbour: Machine) -> None:
    with harbour.serve():
        version = harbour.read_json("settings", "set", "tide.level", "3")["store_version"]
        say(harbour, "apply", "storm", "--yes")
        assert "2 settings changed." in say(harbour, "restore", "--version", str(version), "--yes")
        assert say(harbour, "get", "tide.level") == "3\n"


def test_changes_are_watched(harbour: Machine) -> None:
    with harbour.serve(), harbour.start("settings", "watch", "tide.", "--count", "1", "--json") as watching:
        assert watching.stderr is not None
        assert watching.stdout is not None
        assert watching.stderr.readline().startswith("Watching")
        say(harbour, "set", "pier.open", "off")
        say(harbour, "set", "tide.level", "6")
        change = msgspec.json.decode(watching.stdout.readline())
        assert (change["key"], change["value"]) == ("tide.level", 6)
        wait_until(lambda: watching.poll() is not None, "the watch ends after its one change")


def test_a_bad_value_from_outside_is_reported(harbour: Machine) -> None:
    with sqlite3.connect(harbour.home / "gonogo.db") as database:
        database.execute("UPDATE settings SET value = '\"high\"' WHERE key = 'tide.level'")
    database.close()
    with harbour.serve():
        done = harbour.call("settings", "validate")
        assert done.returncode == 1
        assert "tide.level: 'tide.level' must be a number" in done.stdout
        read = harbour.call("settings", "get", "tide.level")
        assert (read.stdout, "last good value" in read.stderr) == ("2\n", True)
        say(harbour, "set", "tide.level", "4")
        assert harbour.call("settings", "validate").returncode == 0
