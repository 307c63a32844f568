"""The examination: what it finds on an installation, good and bad."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from gonogo.kernel.config import Config
from gonogo.kernel.data_folder import prepare_folder
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.doctor import Finding, examine, machine
from gonogo.kernel.doctor import data as data_module
from tests.cli.conftest import Call, call

__all__ = ["call"]


@pytest.fixture
def used(config: Config) -> Config:
    """A configuration whose data folder has been used."""
    prepare_folder(config.folder)
    migrate_database(config.database_path)
    return config


def find(config: Config, what: str) -> Finding:
    [found] = [finding for finding in examine(config) if finding.what == what]
    return found


def test_a_good_installation(used: Config) -> None:
    levels = {finding.what: finding.level for finding in examine(used)}
    assert {levels[what] for what in ("settings", "file modes", "version", "database", "API keys")} == {"ok"}
    assert "fault" not in levels.values()


def test_nothing_is_changed(config: Config) -> None:
    assert find(config, "data folder").level == "note"
    assert not config.folder.exists()


@pytest.mark.parametrize(("environment", "level"), [("Live", "fault"), ("development", "note")])
def test_what_production_refuses(config: Config, environment: str, level: str) -> None:
    weak = msgspec.structs.replace(config, environment=environment, debug=True)
    assert find(weak, "setting debug").level == level


def test_loose_modes(used: Config) -> None:
    key = used.folder / "local.key"
    key.write_text("x" * 48)
    key.chmod(0o644)
    assert str(key) in find(used, "file modes").text
    key.chmod(0o600)
    used.folder.chmod(0o755)
    assert find(used, "file modes").level == "fault"


def test_keys_that_never_expire(used: Config) -> None:
    with closing(sqlite3.connect(used.database_path)) as database:
        columns = {row[1]: row for row in database.execute("PRAGMA table_info(api_keys)")}
        needed = [name for name, row in columns.items() if row[3] and row[4] is None and name != "expires_at"]
        marks = ", ".join("?" * len(needed))
        database.execute(f"INSERT INTO api_keys ({', '.join(needed)}) VALUES ({marks})", ["x"] * len(needed))
        database.commit()
    assert find(used, "API keys").text == "1 API key never expires."


def test_a_newer_database(used: Config) -> None:
    with closing(sqlite3.connect(used.database_path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    assert find(used, "version").level == "fault"


def test_a_damaged_database(used: Config) -> None:
    used.database_path.write_bytes(b"no database at all" * 100)
    assert find(used, "database").level == "fault"


@pytest.mark.parametrize(("kind", "level"), [("nfs4", "fault"), ("tmpfs", "warning"), ("ext4", "ok")])
def test_file_systems(used: Config, monkeypatch: pytest.MonkeyPatch, kind: str, level: str) -> None:
    monkeypatch.setattr(data_module, "find_file_system", lambda _folder: kind)
    assert find(used, "file system").level == level


def test_backups(used: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find(used, "backups").level == "warning"
    manifest = tmp_path / "backups" / "gonogo" / "1" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.touch()
    assert find(used, "backups").level == "ok"
    os.utime(manifest, (0, 0))
    assert find(used, "backups").level == "warning"


@pytest.mark.parametrize(("state", "level"), [(5, "warning"), (0, "ok"), (None, "note")])
def test_clock(used: Config, monkeypatch: pytest.MonkeyPatch, state: int | None, level: str) -> None:
    monkeypatch.setattr(machine, "_ask_kernel_for_time", lambda: state)
    assert find(used, "clock").level == level


def test_who_runs_what(used: Config) -> None:
    assert "data folder" in find(used, "releases run as").text
    assert find(msgspec.structs.replace(used, environment="prod"), "jobs run as").level == "warning"


def test_a_shared_queue_without_a_key(used: Config) -> None:
    shared = msgspec.structs.replace(used, jobs_url="redis://queue.test/0")
    assert find(shared, "job payloads").level == "warning"
    assert find(msgspec.structs.replace(shared, settings_key="k" * 40), "job payloads").level == "ok"


def test_the_command(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    good = call("doctor", "--json")
    assert (good.code, json.loads(good.out)["healthy"]) == (0, True)
    monkeypatch.setenv("GONOGO_ENVIRONMENT", "production")
    monkeypatch.setenv("GONOGO_DEBUG", "true")
    bad = call("doctor")
    assert bad.code == 1
    assert "FAULT    setting debug" in bad.out
    assert bad.out.endswith("1 at fault.\n")
