"""Bringing the schema up to date: Alembic, loaded only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from gonogo.kernel.db.sqlite import open_engine
from gonogo.migrations import HEAD


class SchemaTooNew(Exception):
    """The database was written by a newer Gonogo; this one would damage it."""


def migrate_database(path: Path) -> bool:
    """Upgrade the database at ``path`` to ``HEAD`` and say whether anything had to be done.

    A fresh file is made with mode 0600. Raises ``SchemaTooNew``.
    """
    path.touch(mode=0o600)
    engine = open_engine(path)
    try:
        with engine.connect() as connection:
            if _find_revision(connection) == HEAD:
                return False
            connection.rollback()
            with connection.begin():
                _upgrade(connection)
        return True
    finally:
        engine.dispose()


def _find_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parents[2] / "migrations"))
    revision = _find_revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew(
            f"The database is at revision {revision}, which this version of Gonogo does not know. "
            "Install the version that wrote it, or restore a backup."
        )
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
