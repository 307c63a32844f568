"""``gonogo database``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gonogo.cli.calling import call_action
from gonogo.cli.options import AsJson

Place = Annotated[str | None, Parameter(help="An SQLite file or a Postgres URL; Gonogo's own when absent.")]
Tables = Annotated[tuple[str, ...], Parameter(help="Tables that must be there; may be repeated.")]
Indexes = Annotated[tuple[str, ...], Parameter(help="Indexes that must be there; may be repeated.")]
Rows = Annotated[tuple[str, ...], Parameter(help="Rows such as 'settings==78'; may be repeated.")]
Columns = Annotated[tuple[str, ...], Parameter(help="table.column whose values must be JSON; may be repeated.")]
Keys = Annotated[tuple[str, ...], Parameter(help="table.column or table.a+b without duplicates; may be repeated.")]
app = App(name="database", help="Look whether a database is whole and holds what it should.")


@app.command
def check(
    database: Place = None,
    /,
    *,
    tables: Tables = (),
    indexes: Indexes = (),
    rows: Rows = (),
    json_columns: Columns = (),
    unique: Keys = (),
    json: AsJson = False,
) -> int:
    """Check integrity, tables, indexes, row counts, JSON columns and duplicate keys; nothing is changed.

    Example: gonogo database check events.db --tables video_sources --rows 'processing_config==1'
    """
    options = {"database": database, "tables": tables, "indexes": indexes, "rows": rows}
    return call_action("database.check", {**options, "json": json_columns, "unique": unique}, json=json)
