"""Which commands make a data folder, and how it is found."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cyclopts import App

from gonogo.cli.commands import MAKES_FOLDER, NEEDS_NO_FOLDER, list_commands
from gonogo.client.discovery import find_folder
from gonogo.kernel.config import load_config
from gonogo.kernel.data_folder import find_data_folder
from tests.cli.conftest import Call
from tests.needs import needs

OTHERWISE = frozenset({"worker", "agent", "loadtest settings"})
"""Two that stay until they are stopped, and one that measures for minutes."""
WORDS = {
    "logout": (),
    "restore": ("x", "--yes"),
    "observe history": ("h", "cpu_percent"),
    "alerts save-rule": ("x.toml",),
    "webhooks show": ("1",),
}


def list_every_command() -> Iterator[str]:
    for command in list_commands():
        module, _, name = command.target.partition(":")
        yield from walk(getattr(importlib.import_module(f"gonogo.cli.{module}"), name), command.name)


def walk(app: Any, name: str) -> Iterator[str]:
    below = [each for each in app if not each.startswith("-")] if isinstance(app, App) else []
    for each in below:
        yield from walk(app[each], f"{name} {each}")
    if not below:
        yield name


def list_read_only() -> list[str]:
    return [name for name in list_every_command() if name not in MAKES_FOLDER | NEEDS_NO_FOLDER | OTHERWISE]


def test_every_name_of_the_tables_is_a_command() -> None:
    there_are = {*list_every_command(), "backup", "restore", "serve"}
    assert there_are >= MAKES_FOLDER | NEEDS_NO_FOLDER


@pytest.mark.parametrize("name", list_read_only())
def test_a_command_that_begins_nothing_leaves_nothing(call: Call, tmp_path: Path, name: str) -> None:
    done = call(*name.split(), *WORDS.get(name, ()))
    for needed in range(1, 5):
        if "requires an argument" not in done.err and "Missing" not in done.err and "requires" not in done.err:
            break
        done = call(*name.split(), *["1"] * needed)
    assert "Traceback" not in done.err
    assert not (tmp_path / ".gonogo").exists()


@pytest.mark.parametrize("words", [("jobs", "list"), ("releases", "list"), ("keys", "list"), ("whoami",)])
def test_without_a_data_folder_the_way_out_is_named(call: Call, words: tuple[str, ...]) -> None:
    done = call(*words)
    assert done.code == 2
    assert "gonogo up" in done.complaint
    assert "GONOGO_HOME" in done.complaint


def test_a_scan_needs_no_data_folder(call: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here\n")
    assert call("secrets", "scan", ".").code == 0
    assert not (tmp_path / ".gonogo").exists()


def test_the_data_folder_is_found_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = tmp_path / "src" / "deep"
    below.mkdir(parents=True)
    (tmp_path / ".gonogo").mkdir()
    assert find_data_folder(below) is None  # nobody has kept data in it
    (tmp_path / ".gonogo" / "gonogo.db").touch()
    (tmp_path / "gonogo.toml").write_text("log_days = 7\n")
    monkeypatch.chdir(below)
    assert find_data_folder(below) == find_folder(below) == tmp_path / ".gonogo"
    assert load_config({}).folder == tmp_path / ".gonogo"
    assert load_config({}).log_days == 7
    assert load_config({"GONOGO_HOME": "mine"}).folder == below / "mine"


@needs(os.geteuid() == 0, "root, to give a folder away")
def test_somebody_elses_folder_above_is_passed_over(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / ".gonogo").mkdir()
    (tmp_path / ".gonogo" / "gonogo.db").touch()
    os.chown(tmp_path / ".gonogo", 65534, 65534)
    assert find_data_folder(below) is None
    assert find_folder(below) == below / ".gonogo"
