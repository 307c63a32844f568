"""The chain of revisions: HEAD is its end, and a database at HEAD is left alone."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory

from gonogo import migrations
from gonogo.kernel.db.migrate import migrate_database


def test_head_is_the_newest_revision() -> None:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(settings).get_heads() == [migrations.HEAD]


def test_a_database_at_head_is_left_alone(tmp_path: Path) -> None:
    assert migrate_database(tmp_path / "gonogo.db")
    assert not migrate_database(tmp_path / "gonogo.db")
