"""All SQL of the releases room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import RowMapping, bindparam, func, insert, select, update

from gonogo.kernel.db.database import Tx
from gonogo.releases.journal import Entry
from gonogo.releases.models import checklists, release_journal, runs
from gonogo.releases.schemas import Checklist, Summary

_CHECKLIST = tuple(column for column in checklists.c if column.name not in ("markdown", "adoption"))
_SUMMARY = tuple(runs.c[name] for name in Summary.__struct_fields__ if name != "exit_code")
# Made once: these run for every step of every release, and making a statement costs more than running it.
_INSERT_ENTRY = insert(release_journal)
_FIND_HEAD = select(runs.c.head_seq, runs.c.head_hash).where(runs.c.id == bindparam("run"))
_UPDATE_RUN = update(runs).where(runs.c.id == bindparam("run"))
EXIT_CODES = {"go": 0, "no_go": 1}
EXIT_HELD = 3


def insert_run(tx: Tx, values: dict[str, Any]) -> None:
    tx.execute(insert(runs).values(**values))


def update_run(tx: Tx, run: str, values: dict[str, Any]) -> None:
    tx.execute(_UPDATE_RUN, {"run": run, **values})


def find_run(tx: Tx, run: str) -> RowMapping | None:
    """Every column of one run."""
    return tx.execute(select(runs).where(runs.c.id == run)).mappings().first()


def find_head(tx: Tx, run: str) -> tuple[int, str] | None:
    """The place and the hash of the newest entry of a run's journal."""
    row = tx.execute(_FIND_HEAD, {"run": run}).first()
    return (row.head_seq, row.head_hash) if row else None


def list_runs(tx: Tx, *, before: str | None = None, status: str | None = None, limit: int = 50) -> list[Summary]:
    """Runs, newest first; ``before`` is the last id of the page before."""
    query = select(*_SUMMARY).order_by(runs.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(runs.c.id < before)
    if status is not None:
        query = query.where(runs.c.status == status)
    return [Summary(**row, exit_code=read_exit_code(row)) for row in tx.execute(query).mappings()]


def read_exit_code(row: RowMapping | dict[str, Any]) -> int | None:
    """What a command line ends with for this run; None while the run goes on by itself."""
    if row["status"] == "held":
        return EXIT_HELD
    return EXIT_CODES.get(row["verdict"] or "") if row["status"] == "finished" else None


def list_unfinished(tx: Tx) -> list[str]:
    """The ids of runs that a starting server takes up again; held ones wait for their person."""
    query = select(runs.c.id).where(runs.c.status.not_in(("finished", "held"))).order_by(runs.c.id)
    return list(tx.execute(query).scalars())


def list_on_target(tx: Tx, target: str, *, but: str) -> list[str]:
    """The ids of the other runs on a target that are not over."""
    query = select(runs.c.id).where(runs.c.target == target, runs.c.status != "finished", runs.c.id != but)
    return list(tx.execute(query).scalars())


def count_runs(tx: Tx) -> dict[str, int]:
    """How many runs there are of each status."""
    query = select(runs.c.status, func.count().label("number")).group_by(runs.c.status)
    return {row["status"]: row["number"] for row in tx.execute(query).mappings()}


def find_last_finished(tx: Tx) -> RowMapping | None:
    """Verdict and rollback seconds of the run that finished last."""
    query = select(runs.c.verdict, runs.c.rollback_seconds).where(runs.c.status == "finished")
    return tx.execute(query.order_by(runs.c.finished_at.desc()).limit(1)).mappings().first()


def insert_entry(tx: Tx, entry: Entry) -> None:
    tx.execute(_INSERT_ENTRY, msgspec.to_builtins(entry))


def list_entries(tx: Tx, run: str, *, after: int = 0, limit: int | None = None) -> list[Entry]:
    """A run's journal in order."""
    query = select(release_journal).where(release_journal.c.run == run, release_journal.c.seq > after)
    rows = tx.execute(query.order_by(release_journal.c.seq).limit(limit)).mappings()
    return [Entry(**row) for row in rows]


def find_hash(tx: Tx, run: str, seq: int) -> str | None:
    """The hash of one entry."""
    query = select(release_journal.c.hash).where(release_journal.c.run == run, release_journal.c.seq == seq)
    found: str | None = tx.execute(query).scalar()
    return found


def insert_checklist(tx: Tx, values: dict[str, Any]) -> None:
    tx.execute(insert(checklists).values(**values))


def update_checklist(tx: Tx, checklist: str, values: dict[str, Any]) -> None:
    tx.execute(update(checklists).where(checklists.c.id == checklist).values(**values))


def find_checklist(tx: Tx, *, id: str | None = None, path: str | None = None) -> Checklist | None:
    """One checklist by id or by the path of its file."""
    match = checklists.c.id == id if id is not None else checklists.c.path == path
    row = tx.execute(select(*_CHECKLIST).where(match)).mappings().first()
    return Checklist(**row) if row else None


def find_text(tx: Tx, checklist: str) -> tuple[str, str | None]:
    """The text of a checklist as it was saved last, and the answers kept with it."""
    query = select(checklists.c.markdown, checklists.c.adoption).where(checklists.c.id == checklist)
    row = tx.execute(query).first()
    return (row.markdown, row.adoption) if row else ("", None)


def list_checklists(tx: Tx) -> Sequence[Checklist]:
    """All checklists by name."""
    return [Checklist(**row) for row in tx.execute(select(*_CHECKLIST).order_by(checklists.c.name)).mappings()]
