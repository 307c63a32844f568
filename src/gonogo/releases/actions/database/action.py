"""``database check``."""

from __future__ import annotations

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.releases.actions.database.asking import open_database
from gonogo.releases.actions.database.checks import Wanted, check_database
from gonogo.releases.actions.options import check_known, read_list, read_text
from gonogo.releases.actions.stopping import run_stoppable

_LISTS = ("tables", "indexes", "rows", "json", "unique")


async def check(call: ActionCall) -> ActionResult:
    """Look at a database without changing it.

    Options: database (a path or a Postgres URL), tables, indexes, rows (table>=1), json (table.column whose values
    must parse), unique (table.column, or table.a+b, without duplicates).
    """
    check_known(call, "database", *_LISTS)
    place = read_text(call, "database", str(call.kernel.config.database_path))
    wanted = Wanted(**{name: read_list(call, name) for name in _LISTS})

    def work() -> tuple[list[str], dict[str, int]]:
        with open_database(place, call.folder) as database:
            return check_database(database, wanted, call.say)

    faults, counts = await run_stoppable(work)
    values = {"faults": len(faults), **{f"rows_{table.replace('.', '_')}": count for table, count in counts.items()}}
    if faults:
        return ActionResult(False, f"{len(faults)} faults: {'; '.join(faults[:3])}.", values)
    asked = sum(len(getattr(wanted, name)) for name in _LISTS)
    return ActionResult(True, f"The database is whole, and {asked} further checks on it hold.", values)
