"""The protocol over HTTP: a worker elsewhere is handed, and heard, the same as one beside the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.errors import QueueUnavailable
from gonogo.jobs.queues.remote import Address, RemoteQueue, WorkerRefused
from gonogo.jobs.schemas import Job, Progress, Result, Worker
from tests.jobs.waiting import wait_for
from tests.people import Server

MADE_UP = ("type=made.up",)


def find_address(server: Server, role: str = "operator") -> Address:
    return Address(server.url, getattr(server, role).headers["Authorization"].removeprefix("Bearer "))


@pytest.fixture
async def remote(server: Server) -> AsyncIterator[RemoteQueue]:
    queue = RemoteQueue(lambda: find_address(server))
    yield queue
    await queue.close()


@pytest.fixture
def desk(server: Server) -> JobsDesk:
    return server.kernel.get_part(JobsDesk)


async def test_a_job_goes_all_the_way(desk: JobsDesk, remote: RemoteQueue) -> None:
    jobs = [Job(type="made.up", payload={"n": n}, labels={"team": "web"}) for n in range(2)]
    await desk.queue.enqueue(jobs)
    await remote.register(Worker(id="w1", name="far", capabilities=MADE_UP))
    first = await remote.claim("w1", MADE_UP, 1, "n-1")
    assert [(claim.id, claim.payload, claim.labels) for claim in first] == [(jobs[0].id, {"n": 0}, {"team": "web"})]
    assert await remote.claim("w1", MADE_UP, 1, "n-1") == first
    told = Progress(id=jobs[0].id, fence=first[0].fence, fraction=0.5, lines=("a line",))
    assert (await remote.beat("w1", [told])).lost == ()
    finished = await remote.finish("w1", [Result(id=jobs[0].id, fence=1, value=[1])], 5, MADE_UP, "n-2")
    assert finished.verdicts == ("ok",)
    assert [claim.id for claim in finished.claims] == [jobs[1].id]
    view = await desk.queue.find(jobs[0].id)
    assert view is not None
    assert (view.state, view.value) == ("done", [1])
    await remote.leave("w1")
    assert "w1" not in [view.worker.id for view in await desk.queue.workers()]


async def test_a_late_report_is_stale(desk: JobsDesk, remote: RemoteQueue) -> None:
    job = Job(type="made.up")
    await desk.queue.enqueue([job])
    (claim,) = await remote.claim("w1", MADE_UP, 1, "n-1")
    await desk.queue.cancel([job.id])
    assert (await remote.beat("w1", [Progress(id=job.id, fence=claim.fence)])).cancelled == (job.id,)
    assert (await remote.finish("w1", [Result(id=job.id, fence=claim.fence)])).verdicts == ("stale",)


async def test_a_waiting_claim_is_woken(desk: JobsDesk, remote: RemoteQueue) -> None:
    waiting = asyncio.create_task(remote.claim("w1", MADE_UP, 1, "n-1", wait_s=20))

    async def is_known() -> bool:
        return any(view.worker.id == "w1" for view in await desk.queue.workers())

    await wait_for(is_known)
    job = Job(type="made.up")
    await desk.queue.enqueue([job])
    assert [claim.id for claim in await asyncio.wait_for(waiting, 30)] == [job.id]


async def test_a_closing_server_answers_a_waiting_claim(server: Server, remote: RemoteQueue) -> None:
    await remote.register(Worker(id="w1", capabilities=MADE_UP))
    claiming = asyncio.create_task(remote.claim("w1", MADE_UP, 1, "n-1", wait_s=30))
    server.kernel.closing.set()
    assert await claiming == ()


async def test_a_key_that_may_not_work_is_refused(server: Server) -> None:
    queue = RemoteQueue(lambda: find_address(server, "viewer"))
    with pytest.raises(WorkerRefused, match="role operator"):
        await queue.claim("w1", MADE_UP, 1, "n-1")
    await queue.close()


async def test_a_server_that_is_away_is_looked_for_anew(server: Server) -> None:
    addresses = [Address("http://127.0.0.1:9", "key"), find_address(server)]
    queue = RemoteQueue(lambda: addresses.pop(0))
    with pytest.raises(QueueUnavailable):
        await queue.beat("w1", [])
    await queue.beat("w1", [])
    assert addresses == []
    await queue.close()


async def test_no_server_at_all_is_no_answer() -> None:
    with pytest.raises(QueueUnavailable, match="No Gonogo server"):
        await RemoteQueue(lambda: None).beat("w1", [])
