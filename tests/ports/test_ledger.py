"""What a ledger takes of the outcomes that it is told, and what it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gonogo.jobs.queues.ledger.port import Ledger
from gonogo.jobs.queues.ledger.postgres import PostgresLedger
from gonogo.jobs.queues.ledger.sqlite import SqliteLedger
from gonogo.jobs.queues.library.outcome import Outcome
from gonogo.jobs.queues.postgres.engine import PostgresEngine
from gonogo.jobs.rules import to_ms
from gonogo.kernel.ids import new_id
from tests.fake_clock import FakeClock
from tests.ports.queue_conformance.acts import add, get
from tests.ports.queue_conformance.backends import open_database
from tests.servers import run_postgres


@pytest.fixture(params=["sqlite", "postgres"])
async def ledger(request: pytest.FixtureRequest, clock: FakeClock) -> AsyncIterator[Ledger]:
    if request.param == "sqlite":
        async with open_database(clock) as database:
            yield SqliteLedger(database, clock)
        return
    opened = PostgresLedger(PostgresEngine(run_postgres().url, clock, f"q{new_id()}", request_s=10.0), clock)
    yield opened
    await opened.close()


async def test_a_batch_is_taken_whole(ledger: Ledger, clock: FakeClock) -> None:
    epoch, now = await ledger.begin_epoch(), to_ms(clock.now())
    kept, forgotten, failed, cancelled = (
        await add(ledger),
        await add(ledger, keep_s=0.0),
        await add(ledger),
        await add(ledger),
    )
    outcomes = [
        Outcome(kept, "done", now, 1, 1, started=now, ended=now, value=[7], message="well", lines=("one", "two")),
        Outcome(forgotten, "done", now, 1, 1, started=now, ended=now, lines=("gone",)),
        Outcome(failed, "failed", now + 5000, 1, 1, started=now, error="not yet"),
        Outcome(cancelled, "cancelled", now, 0, 1, ended=now, error="not wanted"),
    ]
    assert await ledger.settle(epoch, outcomes) == {kept, forgotten, failed, cancelled}
    view = await get(ledger, kept)
    assert (view.state, view.value, view.fraction, view.message) == ("done", [7], 1.0, "well")
    assert await ledger.read_log(kept) == ("one", "two")
    assert (await ledger.find(forgotten), await ledger.read_log(forgotten)) == (None, ())
    assert [(one.job.id, one.due, one.error) for one in (await ledger.list_live(0, "", 9)).kept] == [
        (failed, now + 5000, "not yet")
    ]
    assert (await get(ledger, cancelled)).error == "not wanted"


async def test_what_was_said_before_is_taken_again_and_nothing_else(ledger: Ledger, clock: FakeClock) -> None:
    epoch, now = await ledger.begin_epoch(), to_ms(clock.now())
    done, dead = await add(ledger), await add(ledger)
    said = [
        Outcome(done, "done", now, 1, 1, started=now, ended=now, value="first"),
        Outcome(dead, "dead", now, 1, 1, started=now, ended=now, error="first"),
    ]
    assert await ledger.settle(epoch, said) == {done, dead}
    assert await ledger.settle(epoch, said) == {done, dead}
    other = [
        Outcome(done, "done", now, 2, 2, started=now, ended=now, value="second"),
        Outcome(dead, "done", now, 2, 2, started=now, ended=now, value="second"),
        Outcome(new_id(), "done", now, 1, 1),
    ]
    assert await ledger.settle(epoch, other) == frozenset()
    assert ((await get(ledger, done)).value, (await get(ledger, dead)).error) == ("first", "first")


async def test_the_next_of_a_lane_may_go_when_the_first_is_done(ledger: Ledger, clock: FakeClock) -> None:
    epoch, now = await ledger.begin_epoch(), to_ms(clock.now())
    first, second = await add(ledger, lane="l"), await add(ledger, lane="l")
    assert [claim.id for claim in await ledger.claim("w", ("type=noop",), 9, new_id())] == [first]
    await ledger.settle(epoch, [Outcome(first, "done", now, 1, 1, started=now, ended=now)])
    assert [claim.id for claim in await ledger.claim("w", ("type=noop",), 9, new_id())] == [second]


async def test_outcomes_of_another_epoch_are_refused(ledger: Ledger, clock: FakeClock) -> None:
    before, now = await ledger.begin_epoch(), to_ms(clock.now())
    job = await add(ledger)
    await ledger.begin_epoch()
    assert await ledger.settle(before, [Outcome(job, "done", now, 1, 1, ended=now)]) == frozenset()
    assert (await get(ledger, job)).state == "ready"
