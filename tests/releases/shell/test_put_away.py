"""What a run's commands were given goes when the run is over, or is sealed while a rollback may need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.kernel.vault import SealBroken, Vault
from gonogo.releases.shell.put_away import seal_state, unseal_state, wipe_state

FILES = {"session.state": "export A='planted'\n", "session@web1.variables": "planted\udcff", "session.base": "x"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    (tmp_path / "1.1.out").write_text("kept")
    return tmp_path


def read_all(folder: Path) -> dict[str, str]:
    found = (path for path in folder.iterdir() if path.name != "1.1.out")
    return {path.name: path.read_text(encoding="utf-8", errors="surrogateescape") for path in found}


def test_wiped(folder: Path) -> None:
    wipe_state(folder)
    assert [path.name for path in folder.iterdir()] == ["1.1.out"]


def test_sealed_and_taken_out_again(folder: Path) -> None:
    vault = Vault("k" * 40, "test")
    seal_state(folder, vault)
    [sealed] = read_all(folder).values()
    assert "planted" not in sealed
    seal_state(folder, vault)  # nothing is left to seal, and nothing is lost
    unseal_state(folder, vault)
    assert read_all(folder) == FILES
    assert {path.stat().st_mode & 0o777 for path in folder.glob("session*")} == {0o600}
    unseal_state(folder, vault)
    assert read_all(folder) == FILES


def test_another_key_opens_nothing(folder: Path) -> None:
    seal_state(folder, Vault("k" * 40, "test"))
    with pytest.raises(SealBroken):
        unseal_state(folder, Vault("other" * 8, "test"))


def test_wiped_when_it_was_sealed(folder: Path) -> None:
    seal_state(folder, Vault("k" * 40, "test"))
    wipe_state(folder)
    assert read_all(folder) == {}
