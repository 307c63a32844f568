"""A record that somebody touched: it shows, and where."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.journeys.processes import Machine


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine on which one run has ended in GO."""
    folder = tmp_path_factory.mktemp("original")
    machine = Machine(folder, folder / "home")
    machine.write("RELEASE.md", '# Say it\n\n```sh\necho said\n# Should contain "said"\necho done\n```\n')
    done = machine.call("run", "RELEASE.md", "--yes")
    assert done.returncode == 0, done.stdout
    return machine


@pytest.fixture
def finished(original: Machine, tmp_path: Path) -> Machine:
    """A copy of it, to touch."""
    shutil.copytree(original.home, tmp_path / "home")
    return Machine(tmp_path, tmp_path / "home")


def change_rows(machine: Machine, statement: str, *values: object) -> None:
    with sqlite3.connect(machine.home / "gonogo.db") as database:
        changed = database.execute(statement, values).rowcount
    database.close()
    assert changed == 1


def find_output(machine: Machine, content: bytes) -> Path:
    """The evidence file with this content."""
    [found] = [path for path in (machine.home / "runs").rglob("*") if path.is_file() and path.read_bytes() == content]
    return found


def test_an_untouched_record_is_whole(finished: Machine) -> None:
    done = finished.call("verify", "last")
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "Whole")


def test_a_changed_entry_is_named(finished: Machine) -> None:
    change_rows(finished, "UPDATE release_journal SET actor_name = 'somebody else' WHERE seq = 3")
    done = finished.call("verify", "last")
    assert done.returncode == 1
    assert "Entry 3" in done.stdout


def test_a_missing_end_is_named(finished: Machine) -> None:
    change_rows(finished, "DELETE FROM release_journal WHERE seq = (SELECT max(seq) FROM release_journal)")
    done = finished.call("verify", "last")
    assert done.returncode == 1
    assert "missing" in done.stdout


def test_a_changed_evidence_file_is_named(finished: Machine) -> None:
    output = find_output(finished, b"said\n")
    output.chmod(0o600)
    output.write_bytes(b"sung\n")
    done = finished.call("verify", "last")
    assert done.returncode == 1
    assert output.name in done.stdout
