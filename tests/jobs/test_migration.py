"""The room's revision, down and up again with jobs in it: the queue goes and comes back empty, all else stays."""

from __future__ import annotations

from pathlib import Path

from gonogo.jobs.models import FAMILIES
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.jobs.schemas import Job, JobFilter, Result
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus
from tests.fake_clock import FakeClock
from tests.kernel.db.test_migrate import list_tables, run_alembic


async def count_jobs(path: Path, clock: FakeClock, family: str, *added: Job) -> int:
    """Do the first job of those added; how many the queue holds then."""
    database = SqliteDatabase(path, clock, Bus(clock), synchronous="NORMAL")
    queue = SqliteQueue(database, clock, family)
    await queue.enqueue(added)
    for claim in await queue.claim("w", ("type=noop",), 1, "n"):
        await queue.finish("w", [Result(id=claim.id, fence=claim.fence, lines=("done",))])
    found = await queue.list(JobFilter())
    await database.close()
    return len(found)


async def test_the_queue_goes_and_comes_back_empty(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    for family in FAMILIES:
        assert (
            await count_jobs(path, clock, family, *(Job(type="noop", lane="l", unique_key=f"{n}") for n in range(3)))
            == 3
        )
    whole = list_tables(path)
    run_alembic(path, "downgrade", "0006")
    left = list_tables(path)
    assert not [name for name in left if name.split("_")[0] in FAMILIES]
    assert "settings" in left
    assert migrate_database(path)
    assert list_tables(path) == whole
    for family in FAMILIES:
        assert await count_jobs(path, clock, family) == 0
