"""``gonogo settings`` from the terminal, with a server and without one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from gonogo.cli.app import run_command
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


class Harbour:
    """A running server with the catalog, and a terminal beside it: commands run in this process, which is quicker."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.capsys: pytest.CaptureFixture[str] | None = None

    def call(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, output and complaints of ``gonogo settings …``."""
        assert self.capsys is not None
        code = run_command(["settings", *arguments])
        out, err = self.capsys.readouterr()
        return code, out, err

    def say(self, *arguments: str) -> str:
        """What a command prints that must go well."""
        code, out, err = self.call(*arguments)
        assert code == 0, err
        return out

    def read_json(self, *arguments: str) -> Any:
        """What it prints with ``--json``."""
        return msgspec.json.decode(self.say(*arguments, "--json"))

    def refuse(self, *arguments: str) -> str:
        """The one line of a command that must not go well."""
        code, out, err = self.call(*arguments)
        assert (code, out) == (2, "")
        return only_line(err)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harbour]:
    folder = tmp_path_factory.mktemp("harbour")
    machine = Machine(folder, folder / "home")
    machine.write("harbour.toml", CATALOG)
    with machine.serve(), machine.connect() as gonogo:
        gonogo.settings.declare(CATALOG, source="harbour")
        yield Harbour(machine)


@pytest.fixture
def harbour(served: Harbour, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Harbour]:
    """The harbour with every setting at its default."""
    monkeypatch.setenv("GONOGO_HOME", str(served.machine.home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(served.machine.folder / "config"))
    monkeypatch.chdir(served.machine.folder)
    with served.machine.connect() as gonogo:
        gonogo.settings.batch({}, unset=["tide.level", "tide.name", "pier.open"])
    served.capsys = capsys
    yield served


def test_without_a_server_the_folder_is_opened_here(machine: Machine) -> None:
    machine.write("harbour.toml", CATALOG)
    done = machine.call("settings", "declare", "harbour.toml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "harbour.toml: 3 added, 0 updated, 0 as they were, 1 presets.\n"
    assert machine.call("settings", "get", "tide.level").stdout == "2\n"


def test_a_knob_that_nobody_has_turned_yet_is_read_and_turned(machine: Machine) -> None:
    machine.keep_data()
    knob = "gonogo.health.cpu_warning"
    assert machine.call("settings", "get", knob).stdout == "80\n"
    turned = machine.call("settings", "set", knob, "75")
    assert (turned.returncode, turned.stderr) == (0, "")
    assert turned.stdout.startswith(f"{knob} is 75 % now")


def test_declaring_twice_changes_nothing(harbour: Harbour) -> None:
    assert harbour.say("declare", "harbour.toml") == "harbour.toml: 0 added, 0 updated, 3 as they were.\n"


def test_values_are_set_read_and_taken_back(harbour: Harbour) -> None:
    assert harbour.say("set", "tide.level", "3.5", "--why", "new moon").startswith("tide.level is 3.5 m now, version")
    assert harbour.say("set", "tide.level", "3.5").startswith("tide.level is 3.5 m already")
    assert harbour.say("get", "tide.level") == "3.5\n"
    assert "restart" in harbour.say("set", "pier.open", "off")
    assert "●" in harbour.say("list", "--modified")
    assert "new moon" in harbour.say("history", "tide.level")
    assert "(the default)" in harbour.say("undo", "tide.level")
    harbour.say("unset", "pier.open")
    assert harbour.read_json("list", "--modified") == []
    assert [found["key"] for found in harbour.read_json("search", "tdie", "levle")] == ["tide.level"]


def test_errors_are_one_clear_line(harbour: Harbour) -> None:
    assert "Did you mean 'tide.level'?" in harbour.refuse("get", "tide.levl")
    assert "must be at most 10 m" in harbour.refuse("set", "tide.level", "11")
    assert "must be a number, not string" in harbour.refuse("set", "tide.level", "high")
    assert "spring" in harbour.refuse("set", "tide.name", "ebb")
    assert "known: storm" in harbour.refuse("apply", "calm")
    assert "add --yes" in refuse_after_preview(harbour, "apply", "storm")
    assert harbour.say("get", "tide.level") == "2\n"


def refuse_after_preview(harbour: Harbour, *arguments: str) -> str:
    code, out, err = harbour.call(*arguments)
    assert code == 2
    assert "2 → 9" in out
    return only_line(err)


def test_a_preset_is_shown_then_applied(harbour: Harbour) -> None:
    assert "would change" in harbour.say("apply", "storm", "--dry-run")
    assert harbour.say("get", "tide.level") == "2\n"
    assert "2 settings changed." in harbour.say("apply", "storm", "--yes")
    presets = harbour.read_json("presets")
    assert [(preset["name"], preset["differing"]) for preset in presets] == [("storm", 0)]
    assert harbour.say("apply", "storm", "--yes") == "Nothing would change.\n"


@pytest.mark.parametrize("name", ["kept.toml", "kept.yaml", "kept.json"])
def test_what_was_exported_comes_in_again(harbour: Harbour, name: str) -> None:
    harbour.say("set", "tide.level", "7")
    harbour.say("export", "--modified", "--output", name)
    harbour.say("unset", "tide.level")
    assert "2 → 7" in harbour.say("import", name, "--dry-run")
    assert "1 setting changed." in harbour.say("import", name, "--yes")
    assert harbour.say("get", "tide.level") == "7\n"


def test_everything_goes_back_to_a_version(harbour: Harbour) -> None:
    version = harbour.read_json("set", "tide.level", "3")["store_version"]
    harbour.say("apply", "storm", "--yes")
    assert "2 settings changed." in harbour.say("restore", "--version", str(version), "--yes")
    assert harbour.say("get", "tide.level") == "3\n"


def test_changes_are_watched(harbour: Harbour) -> None:
    with harbour.machine.start("settings", "watch", "tide.", "--count", "1", "--json") as watching:
        assert watching.stderr is not None
        assert watching.stdout is not None
        assert watching.stderr.readline().startswith("Watching")
        harbour.say("set", "pier.open", "off")
        harbour.say("set", "tide.level", "6")
        change = msgspec.json.decode(watching.stdout.readline())
        assert (change["key"], change["value"]) == ("tide.level", 6)
        wait_until(lambda: watching.poll() is not None, "the watch ends after its one change")


def test_a_bad_value_from_outside_is_reported(harbour: Harbour) -> None:
    database = sqlite3.connect(harbour.machine.home / "gonogo.db", timeout=10)
    database.execute("UPDATE settings SET value = '\"high\"' WHERE key = 'tide.level'")
    database.commit()
    database.close()
    wait_until(lambda: harbour.read_json("get", "tide.level")["problem"], "the value is refused")
    code, out, _ = harbour.call("validate")
    assert (code, out.startswith("'tide.level' must be a number")) == (1, True)
    code, out, err = harbour.call("get", "tide.level")
    assert (out, "last good value" in err) == ("2\n", True)
    harbour.say("set", "tide.level", "4")
    assert harbour.call("validate")[0] == 0


def test_a_bad_value_written_while_nobody_looked_is_found_at_the_start(machine: Machine) -> None:
    machine.write("harbour.toml", CATALOG)
    machine.call("settings", "declare", "harbour.toml")
    database = sqlite3.connect(machine.home / "gonogo.db")
    database.execute("UPDATE settings SET value = '\"high\"' WHERE key = 'tide.level'")
    database.commit()
    database.close()
    read = machine.call("settings", "get", "tide.level")
    assert (read.stdout, "last good value" in read.stderr) == ("2\n", True)
