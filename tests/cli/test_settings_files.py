"""Files of settings judged without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.cli.app import run_command
from gonogo.cli.exits import CannotRun
from gonogo.cli.settings_files import find_faults, read_file

CATALOG = """
[settings."tide.level"]
type = "float"
default = 2
min = 0
max = 10
"""
STORM = '[presets.storm]\nvalues = { "tide.level" = 99, "pier.open" = false }\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tide.toml").write_text(CATALOG)
    return tmp_path


def judge(*names: str) -> dict[str, list[str]]:
    return find_faults([read_file(Path(name)) for name in names])


def test_a_catalog_that_fits_has_no_faults() -> None:
    assert judge("tide.toml") == {"tide.toml": []}


def test_presets_are_judged_by_the_catalogs_beside_them(folder: Path) -> None:
    (folder / "presets.toml").write_text(STORM)
    faults = judge("tide.toml", "presets.toml")["presets.toml"]
    assert len(faults) == 2
    assert "'tide.level' must be at most 10" in faults[0]
    assert "'pier.open', which is no setting" in faults[1]


def test_values_are_judged_too(folder: Path) -> None:
    (folder / "values.json").write_text('{"tide.level": "high", "tide.name": "neap"}')
    faults = judge("tide.toml", "values.json")["values.json"]
    assert "'tide.level' must be a number, not string" in faults[0]
    assert "declares 'tide.name'" in faults[1]


def test_values_may_stand_in_tables_within_tables(folder: Path) -> None:
    (folder / "values.toml").write_text("[tide]\nlevel = 3\n")
    assert judge("tide.toml", "values.toml")["values.toml"] == []


def test_what_is_no_text_is_told(folder: Path) -> None:
    (folder / "picture.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CannotRun, match=r"picture\.toml is not UTF-8 text"):
        read_file(Path("picture.toml"))


def test_a_catalog_that_contradicts_itself_says_where(folder: Path) -> None:
    (folder / "odd.yaml").write_text("settings:\n  tide.level: {type: int, default: high}\n")
    assert "tide.level" in judge("odd.yaml")["odd.yaml"][0]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("nowhere.toml", None, "There is no file"),
        ("nowhere", None, "There is no file"),
        ("a.txt", "x", "--format"),
        ("a.toml", "x = ", "not valid TOML"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_line(folder: Path, name: str, text: str | None, told: str) -> None:
    if text is not None:
        (folder / name).write_text(text)
    with pytest.raises(CannotRun, match=told):
        read_file(Path(name))


def test_the_command_ends_with_its_verdict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "presets.toml").write_text(STORM)
    assert run_command(["settings", "validate", "tide.toml"]) == 0
    assert "1 settings, all fit" in capsys.readouterr().err
    assert run_command(["settings", "validate", "tide.toml", "presets.toml"]) == 1
    assert "presets.toml: " in capsys.readouterr().out
    assert run_command(["settings", "validate", "nowhere.toml"]) == 2
