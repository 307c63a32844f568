"""The schema's way up, down and up again, and its agreement with the tables in code."""

from __future__ import annotations

import importlib
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import gonogo.app
import gonogo.migrations
from gonogo.kernel.db.migrate import SchemaTooNew, migrate_database
from gonogo.kernel.db.sqlite import open_engine
from gonogo.kernel.db.tables import metadata

FOLDER = Path(gonogo.migrations.__file__).parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "gonogo.db"
    assert migrate_database(path)
    return path


def make_settings() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(FOLDER))
    return settings


def run_alembic(path: Path, move: str, revision: str) -> None:
    settings = make_settings()
    engine = open_engine(path)
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        getattr(command, move)(settings, revision)
    engine.dispose()


def list_tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_fresh_file_is_readable_by_its_owner_alone(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_time_there_is_nothing_to_do(path: Path) -> None:
    assert not migrate_database(path)


def test_head_names_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(make_settings()).get_heads() == [gonogo.migrations.HEAD]


def test_the_migrated_schema_is_the_one_in_code(path: Path) -> None:
    for models in Path(gonogo.__file__).parent.glob("*/models.py"):
        importlib.import_module(f"gonogo.{models.parent.name}.models")
    engine = open_engine(path)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert differences == []


def test_every_revision_goes_down_and_up_again(path: Path) -> None:
    whole = list_tables(path)
    revisions = [script.revision for script in ScriptDirectory.from_config(make_settings()).walk_revisions()]
    for _ in revisions:
        run_alembic(path, "downgrade", "-1")
    assert list_tables(path) <= {"alembic_version", "sqlite_sequence"}
    assert migrate_database(path)
    assert list_tables(path) == whole


def test_the_newest_revision_keeps_older_data_on_its_way_down_and_up(path: Path) -> None:
    newest = ScriptDirectory.from_config(make_settings()).get_revision("head")
    assert newest is not None
    kernel_survives = newest.down_revision is not None
    insert = "INSERT INTO leases (name, holder, fence, expires_at) VALUES ('seal', 'host', 7, '2026')"
    with closing(sqlite3.connect(path)) as database:
        database.execute(insert)
        database.commit()
    run_alembic(path, "downgrade", "-1")
    assert migrate_database(path)
    with closing(sqlite3.connect(path)) as database:
        kept = database.execute("SELECT fence FROM leases").fetchall()
    assert kept == ([(7,)] if kernel_survives else [])


def test_a_failing_migration_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE leases (what TEXT)")
    with pytest.raises(Exception, match="already exists"):
        migrate_database(path)
    assert list_tables(path) == {"leases"}


def test_a_database_of_a_newer_gonogo_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with pytest.raises(SchemaTooNew, match="9999"):
        migrate_database(path)
