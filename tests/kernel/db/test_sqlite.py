"""The writer and its readers: what is committed, what is undone, and who hears of it."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.database import DatabaseBusy, DatabaseFailed, Tx
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.db.tables import event_log, idempotency_keys
from gonogo.kernel.events.bus import Bus
from tests.fake_clock import FakeClock

PATIENCE_S = 0.05


async def read_subjects(db: SqliteDatabase) -> list[str]:
    return [stored.subject for stored in await db.read(find_events)]


async def hold_writer(db: SqliteDatabase) -> tuple[asyncio.Task[None], asyncio.Event]:
    """Keep the writer busy until the event is set, so that what follows becomes one group."""
    loop = asyncio.get_running_loop()
    started, release = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        started.set()
        await release.wait()

    def run(tx: Tx) -> None:
        asyncio.run_coroutine_threadsafe(wait(), loop).result()

    holding = asyncio.create_task(db.write(run))
    await started.wait()
    return holding, release


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    return path


@pytest.fixture
def bus(clock: FakeClock) -> Bus:
    return Bus(clock)


@pytest.fixture
async def db(path: Path, clock: FakeClock, bus: Bus) -> AsyncIterator[SqliteDatabase]:
    db = SqliteDatabase(path, clock, bus, busy_timeout_s=PATIENCE_S)
    yield db
    await db.close()


def emit(tx: Tx, subject: str) -> int | None:
    return tx.emit("thing.done", subject, {"of": subject}, SYSTEM).seq


def emit_twice(tx: Tx, subject: str) -> None:
    emit(tx, f"{subject}a")
    emit(tx, f"{subject}b")


def count_events(tx: Tx) -> int:
    number: int = tx.execute(select(func.count()).select_from(event_log)).scalar_one()
    return number


async def test_a_change_returns_its_value_once_it_is_committed(db: SqliteDatabase, path: Path) -> None:
    seq = await db.write(partial(emit, subject="a"))
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT seq, subject FROM event_log").fetchall() == [(seq, "a")]


async def test_a_statement_of_text_shares_the_transaction(db: SqliteDatabase) -> None:
    def change(tx: Tx) -> tuple[int, list[tuple[str]]]:
        rows = [{"key": key, "at": "2026"} for key in ("a", "b", "c")]
        tx.run_many("INSERT INTO idempotency_keys (key, fingerprint, at) VALUES (:key, '', :at)", rows)
        kept = tx.run("DELETE FROM idempotency_keys WHERE key > ? RETURNING key", ("a",)).fetchall()
        return tx.execute(select(func.count()).select_from(idempotency_keys)).scalar_one(), kept

    def break_off(tx: Tx) -> None:
        tx.run("DELETE FROM idempotency_keys")
        raise LookupError("no")

    assert await db.write(change) == (1, [("b",), ("c",)])
    with pytest.raises(LookupError):
        await db.write(break_off)
    assert await db.read(lambda tx: tx.run("SELECT key FROM idempotency_keys").fetchall()) == [("a",)]


async def test_a_statement_of_text_fails_as_any_other(db: SqliteDatabase) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await db.write(lambda tx: tx.run("INSERT INTO idempotency_keys (key) VALUES ('a')") and None)
    with pytest.raises(DatabaseFailed, match="readonly"):
        await db.read(lambda tx: tx.run("DELETE FROM idempotency_keys") and None)


async def test_changes_that_wait_together_share_commits(db: SqliteDatabase) -> None:
    statements: list[str] = []
    db._writer._driver.set_trace_callback(statements.append)
    hold, release = await hold_writer(db)
    writes = [asyncio.create_task(db.write(partial(emit, subject=str(n)))) for n in range(200)]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(hold, *writes)
    assert await db.read(count_events) == 200
    assert 1 <= statements.count("COMMIT") <= 2


async def test_a_failing_change_undoes_only_itself(db: SqliteDatabase, bus: Bus) -> None:
    def fail(tx: Tx) -> None:
        emit(tx, "undone")
        raise LookupError("no")

    with bus.subscribe("*") as subscription:
        outcomes = await asyncio.gather(
            *(db.write(partial(emit, subject=str(n))) for n in range(3)),
            db.write(fail),
            *(db.write(partial(emit, subject=str(n))) for n in range(3, 6)),
            return_exceptions=True,
        )
        published = [await subscription.get() for _ in range(6)]
    assert isinstance(outcomes[3], LookupError)
    stored = await db.read(find_events)
    assert [stored_event.subject for stored_event in stored] == ["0", "1", "2", "3", "4", "5"]
    assert published == stored


async def test_events_are_published_after_the_commit_and_in_order(db: SqliteDatabase, bus: Bus) -> None:
    with bus.subscribe("thing") as subscription:
        writes = [asyncio.create_task(db.write(partial(emit_twice, subject=str(n)))) for n in range(50)]
        seqs = []
        for _ in range(100):
            heard = await subscription.get()
            seqs.append(heard.seq or 0)
            assert await db.read(partial(find_events, after=seqs[-1] - 1, limit=1)) == [heard]
        await asyncio.gather(*writes)
    assert seqs == sorted(seqs)
    assert len(set(seqs)) == 100


async def test_the_caller_goes_on_only_after_its_event_was_published(db: SqliteDatabase, bus: Bus) -> None:
    heard: list[str] = []
    bus.listen("thing", lambda event: heard.append(event.subject))
    for n in range(20):
        await db.write(partial(emit, subject=str(n)))
        assert heard[-1] == str(n)


async def test_a_reader_sees_nothing_uncommitted(db: SqliteDatabase) -> None:
    loop = asyncio.get_running_loop()
    seen: list[int] = []

    def write_and_look(tx: Tx) -> None:
        emit(tx, "half")
        seen.append(asyncio.run_coroutine_threadsafe(db.read(count_events), loop).result())

    await db.write(write_and_look)
    seen.append(await db.read(count_events))
    assert seen == [0, 1]


async def test_a_read_can_not_write(db: SqliteDatabase) -> None:
    with pytest.raises(DatabaseFailed, match="readonly"):
        await db.read(partial(emit, subject="no"))
    assert await db.read(count_events) == 0


async def test_a_locked_database_is_told_in_time_and_loses_nothing(db: SqliteDatabase, path: Path) -> None:
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(
        *(db.write(partial(emit, subject=str(n))) for n in range(3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [DatabaseBusy] * 3
    busy = outcomes[0]
    assert isinstance(busy, DatabaseBusy)
    assert busy.status == 503
    assert busy.headers == {"Retry-After": "1"}
    locker.execute("COMMIT")
    locker.close()
    await db.write(partial(emit, subject="after"))
    assert await read_subjects(db) == ["after"]


async def test_a_short_lock_is_waited_for(path: Path, clock: FakeClock, bus: Bus) -> None:
    db = SqliteDatabase(path, clock, bus, busy_timeout_s=30)
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(db.write(partial(emit, subject="late")))
    assert await db.read(count_events) == 0
    locker.execute("COMMIT")
    locker.close()
    assert await writing == 1
    await db.close()


async def test_a_full_disk_reaches_the_caller_and_keeps_what_was_there(db: SqliteDatabase) -> None:
    await db.write(partial(emit, subject="before"))
    await db.write(_limit_pages)
    with pytest.raises(DatabaseFailed, match="disk is full"):
        await db.write(lambda tx: tx.emit("thing.done", "big", {"of": "x" * 1_000_000}, SYSTEM))
    await db.write(lambda tx: tx.execute(text("PRAGMA max_page_count = 1000000")) and None)
    await db.write(partial(emit, subject="after"))
    assert await read_subjects(db) == ["before", "after"]


def _limit_pages(tx: Tx) -> None:
    pages = tx.execute(text("PRAGMA page_count")).scalar_one()
    tx.execute(text(f"PRAGMA max_page_count = {pages + 2}"))


async def test_when_sqlite_undoes_the_transaction_every_caller_hears_of_it(db: SqliteDatabase, bus: Bus) -> None:
    def lose(tx: Tx) -> None:
        # What SQLite does by itself on some I/O errors.
        tx.connection.exec_driver_sql("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")

    with bus.subscribe("*") as subscription:
        hold, release = await hold_writer(db)
        changes = (partial(emit, subject="earlier"), lose, partial(emit, subject="later"))
        writes = [asyncio.create_task(db.write(change)) for change in changes]
        await asyncio.sleep(0)
        release.set()
        await hold
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        assert all(isinstance(outcome, sqlite3.OperationalError) for outcome in outcomes)
        await db.write(partial(emit, subject="next"))
        assert (await subscription.get()).subject == "next"
    assert await read_subjects(db) == ["next"]


async def test_a_broken_commit_reaches_every_caller(db: SqliteDatabase, bus: Bus) -> None:
    def defer_a_fault(tx: Tx) -> None:
        tx.execute(text("PRAGMA defer_foreign_keys = ON"))
        columns = "id, user_id, kind, token_hash, created_at, expires_at"
        tx.execute(text(f"INSERT INTO sessions ({columns}) VALUES ('s', 'nobody', 'browser', 'h', 'c', 'e')"))

    with bus.subscribe("*") as subscription:
        hold, release = await hold_writer(db)
        writes = [
            asyncio.create_task(db.write(partial(emit, subject="one"))),
            asyncio.create_task(db.write(defer_a_fault)),
            asyncio.create_task(db.write(partial(emit, subject="two"))),
        ]
        await asyncio.sleep(0)
        release.set()
        await hold
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        assert all(isinstance(outcome, Exception) for outcome in outcomes)
        await db.write(partial(emit, subject="three"))
        assert (await subscription.get()).subject == "three"
    assert await read_subjects(db) == ["three"]


async def test_a_change_nobody_waits_for_any_more_does_not_start(db: SqliteDatabase) -> None:
    hold, release = await hold_writer(db)
    given_up = asyncio.create_task(db.write(partial(emit, subject="given up")))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    release.set()
    await hold
    assert await db.write(count_events) == 0


class Unusual(BaseException):
    """Neither an error nor an exit."""


@pytest.mark.parametrize(("raised", "told"), [(StopIteration, RuntimeError), (Unusual, Unusual)])
async def test_no_exception_stops_the_writer(
    db: SqliteDatabase, raised: type[BaseException], told: type[BaseException]
) -> None:
    def fail(tx: Tx) -> None:
        raise raised

    with pytest.raises(told):
        await db.write(fail)
    assert await db.write(partial(emit, subject="still here")) == 1


async def test_close_finishes_the_queue(path: Path, clock: FakeClock, bus: Bus) -> None:
    db = SqliteDatabase(path, clock, bus)
    writes = [asyncio.create_task(db.write(partial(emit, subject=str(n)))) for n in range(500)]
    await asyncio.sleep(0)
    await db.close()
    assert await asyncio.gather(*writes) == list(range(1, 501))


async def test_a_closed_database_refuses(path: Path, clock: FakeClock, bus: Bus) -> None:
    db = SqliteDatabase(path, clock, bus)
    await db.close()
    with pytest.raises(DatabaseFailed, match="stopping"):
        await db.write(count_events)


async def test_ping_is_a_read(db: SqliteDatabase) -> None:
    assert await db.ping() > 0


async def test_what_follows_a_commit_is_done_before_anybody_hears_of_it(db: SqliteDatabase, bus: Bus) -> None:
    order: list[str] = []
    bus.listen("thing", lambda event: order.append(event.subject))

    def change(tx: Tx) -> None:
        tx.after_commit(lambda: order.append("followed"))
        emit(tx, "published")

    await db.write(change)
    assert order == ["followed", "published"]


async def test_what_was_undone_is_not_followed(db: SqliteDatabase) -> None:
    followed: list[str] = []

    def change(tx: Tx, name: str) -> None:
        tx.after_commit(partial(followed.append, name))
        if name == "fails":
            raise LookupError(name)

    hold, release = await hold_writer(db)
    writes = [asyncio.create_task(db.write(partial(change, name=name))) for name in ("one", "fails", "two")]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(hold, *writes, return_exceptions=True)
    assert followed == ["one", "two"]
    with pytest.raises(LookupError):
        await db.write(partial(change, name="fails"))
    assert followed == ["one", "two"]


async def test_what_fails_after_the_commit_is_told_to_the_caller_alone(db: SqliteDatabase) -> None:
    def act() -> None:
        raise LookupError("afterwards")

    def change(tx: Tx) -> None:
        emit(tx, "kept")
        tx.after_commit(act)

    with pytest.raises(LookupError, match="afterwards"):
        await db.write(change)
    await db.write(partial(emit, subject="next"))
    assert await read_subjects(db) == ["kept", "next"]


async def test_a_pause_is_used_to_checkpoint(db: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: queue.SimpleQueue[str] = queue.SimpleQueue()
    db._writer._driver.set_trace_callback(statements.put)
    monkeypatch.setattr("gonogo.kernel.db.wal.REST_AFTER", 3)
    for n in range(3):
        await db.write(partial(emit, subject=str(n)))
    while not (await asyncio.to_thread(statements.get, timeout=30)).startswith("PRAGMA wal_checkpoint"):
        continue
    await db.write(partial(emit, subject="after"))
    assert await read_subjects(db) == ["0", "1", "2", "after"]
