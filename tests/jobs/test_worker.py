"""The worker over the model of the queue: attempts and their outcomes, patience, draining."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import pytest

from gonogo.client.job_functions import PayloadRefused, job
from gonogo.jobs.connectors import list_connectors, open_connectors
from gonogo.jobs.connectors.connector import ConnectorNotFound, JobFailed, Run
from gonogo.jobs.connectors.python import PythonConnector
from gonogo.jobs.errors import QueueUnavailable
from gonogo.jobs.model import MemoryQueue
from gonogo.jobs.rules import LEASE_S
from gonogo.jobs.schemas import Claim, Finished, Job, JobView, Result
from gonogo.jobs.working.attempt import MOST_RESULT
from gonogo.jobs.working.worker import QueueWorker, describe_worker
from gonogo.kernel.durable import GiveUp, TryAgain
from tests.fake_clock import FakeClock
from tests.jobs.waiting import wait_for, wait_until


class Stage:
    """A connector that does what the payload's ``do`` names."""

    name = "stage"

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.begun: list[str] = []

    def list_capabilities(self) -> Sequence[str]:
        return ("type=act",)

    async def run(self, run: Run) -> Any:
        self.begun.append(run.claim.id)
        match run.payload["do"]:
            case "return":
                run.say("returning")
                return {"folder": run.folder.is_dir()}
            case "wait":
                await self.gate.wait()
            case "fail":
                raise JobFailed("it rained")
            case "break":
                raise ZeroDivisionError("by nought")
            case "again":
                raise TryAgain(60, "come back")
            case "never":
                raise GiveUp("impossible")
            case "object":
                return {"at": object()}
            case "surrogate":
                return "\udcff"
            case "circle":
                circle: list[Any] = []
                circle.append(circle)
                return circle
            case "huge":
                return "x" * (MOST_RESULT + 1)
            case "odd text":
                run.say("line \udcff")
                run.report(0.5, "half \udcff")
                raise JobFailed("no \udcff")
        return None

    async def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def queue(clock: FakeClock) -> MemoryQueue:
    return MemoryQueue(clock)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def worker(queue: MemoryQueue, stage: Stage) -> AsyncIterator[QueueWorker]:
    worker = QueueWorker(queue, describe_worker("test", 2), [stage])
    working = asyncio.create_task(worker.run())
    yield worker
    await worker.drain(0)
    await asyncio.wait_for(working, 30)
    await worker.close()


async def act(queue: MemoryQueue, do: str, **details: Any) -> str:
    (accepted,) = await queue.enqueue([Job(type="act", payload={"do": do}, **details)])
    return accepted.id


async def see(queue: MemoryQueue, id: str, *states: str) -> JobView:
    async def look() -> JobView | None:
        view = await queue.find(id)
        return view if view is not None and view.state in states else None

    view = await wait_for(look)
    assert view is not None
    return view


@pytest.mark.parametrize(
    ("do", "state", "error"),
    [
        ("return", "done", ""),
        ("fail", "failed", "it rained"),
        ("break", "failed", "ZeroDivisionError: by nought"),
        ("again", "failed", "come back"),
        ("never", "dead", "impossible"),
    ],
)
async def test_an_attempt_ends_as_the_connector_says(
    queue: MemoryQueue, worker: QueueWorker, do: str, state: str, error: str
) -> None:
    view = await see(queue, await act(queue, do), state)
    assert view.error == error


@pytest.mark.parametrize("do", ["object", "surrogate", "circle", "huge"])
async def test_a_result_that_no_queue_can_keep_is_a_dead_job(queue: MemoryQueue, worker: QueueWorker, do: str) -> None:
    view = await see(queue, await act(queue, do), "dead")
    assert view.error.startswith("Its result can't be kept")
    msgspec.json.encode(view)


async def test_text_that_is_no_unicode_is_told_with_escapes(queue: MemoryQueue, worker: QueueWorker) -> None:
    told = await act(queue, "odd text", max_attempts=1)
    assert (await see(queue, told, "dead")).error == "no \\udcff"
    assert await queue.read_log(told) == ("line \\udcff",)


async def test_the_log_holds_what_was_said_and_a_defects_traceback(queue: MemoryQueue, worker: QueueWorker) -> None:
    said, broken = await act(queue, "return"), await act(queue, "break")
    assert (await see(queue, said, "done")).value == {"folder": True}
    assert await queue.read_log(said) == ("returning",)
    await see(queue, broken, "failed")
    assert (await queue.read_log(broken))[-1] == "ZeroDivisionError: by nought"


async def test_an_attempt_out_of_time_has_failed(queue: MemoryQueue, worker: QueueWorker) -> None:
    view = await see(queue, await act(queue, "wait", timeout_s=0.05), "failed")
    assert view.error == "It ran for longer than 0.05 s."


async def test_it_holds_no_more_than_it_has_hands(queue: MemoryQueue, worker: QueueWorker, stage: Stage) -> None:
    ids = [await act(queue, "wait") for _ in range(3)]
    await wait_until(lambda: len(stage.begun) == 2)
    assert (await queue.stats()).ready == 1
    stage.gate.set()
    for job_id in ids:
        await see(queue, job_id, "done")


async def test_a_cancelled_job_is_stopped_by_the_next_beat(
    queue: MemoryQueue, worker: QueueWorker, stage: Stage
) -> None:
    job_id = await act(queue, "wait")
    await wait_until(lambda: stage.begun)
    await queue.cancel([job_id])
    await worker.beat()
    await wait_until(lambda: worker.running == 0)
    assert (await see(queue, job_id, "cancelled")).attempt == 1


async def test_draining_ends_what_can_be_ended_and_gives_back_the_rest(
    queue: MemoryQueue, worker: QueueWorker, stage: Stage
) -> None:
    job_id = await act(queue, "wait", max_attempts=1)
    await wait_until(lambda: stage.begun)
    await worker.drain(0)
    assert (await see(queue, job_id, "ready")).attempt == 0


async def test_a_queue_that_is_away_is_asked_on(clock: FakeClock, stage: Stage) -> None:
    class Moody(MemoryQueue):
        away = 3

        async def claim(self, *asked: Any, **more: Any) -> tuple[Claim, ...]:
            claims = await super().claim(*asked, **more)
            if self.away:
                self.away -= 1
                raise QueueUnavailable("The answer was lost.")
            return claims

    queue = Moody(clock)
    job_id = await act(queue, "return")
    worker = QueueWorker(queue, describe_worker("test", 1), [stage])
    working = asyncio.create_task(worker.run())
    assert (await see(queue, job_id, "done")).attempt == 1
    await worker.drain(0)
    await working
    assert stage.begun == [job_id], "three lost answers, one nonce, one attempt"


async def test_a_job_that_ended_while_the_queue_was_away_is_not_taken_back(clock: FakeClock, stage: Stage) -> None:
    class Deaf(MemoryQueue):
        heard = asyncio.Event()

        async def finish(self, *told: Any, **more: Any) -> Any:
            if not self.heard.is_set():
                raise QueueUnavailable("It is away.")
            return await super().finish(*told, **more)

    queue = Deaf(clock)
    job_id = await act(queue, "return", max_attempts=1)
    worker = QueueWorker(queue, describe_worker("test", 1), [stage])
    working = asyncio.create_task(worker.run())
    await wait_until(lambda: bool(stage.begun) and not worker.running)
    clock.advance(LEASE_S + 1)
    await worker.beat()
    queue.heard.set()
    assert (await see(queue, job_id, "done", "dead")).state == "done"
    await worker.drain(0)
    await working


class Slow(MemoryQueue):
    """Counts what is under way, and answers reports only when it may."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.answers = asyncio.Event()
        self.claims = self.most_claims = 0

    async def claim(self, *asked: Any, **more: Any) -> tuple[Claim, ...]:
        self.claims += 1
        self.most_claims = max(self.claims, self.most_claims)
        try:
            return await super().claim(*asked, **more)
        finally:
            self.claims -= 1

    async def finish(self, worker: str, results: Sequence[Result], claim_n: int = 0, *more: Any) -> Finished:
        assert claim_n == 0, "one nonce at a time"
        await self.answers.wait()
        return await super().finish(worker, results)


async def test_jobs_are_done_while_others_are_recorded_but_do_not_pile_up(clock: FakeClock, stage: Stage) -> None:
    queue = Slow(clock)
    ids = [await act(queue, "return") for _ in range(40)]
    worker = QueueWorker(queue, describe_worker("test", 4), [stage])
    working = asyncio.create_task(worker.run())
    await wait_until(lambda: len(stage.begun) > 4)
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(stage.begun) <= 8, "what is done and not recorded counts, too"
    queue.answers.set()
    for job_id in ids:
        assert (await see(queue, job_id, "done")).attempt == 1
    await worker.drain(0)
    await asyncio.wait_for(working, 30)
    await worker.close()
    assert queue.most_claims == 1
    assert sorted(stage.begun) == sorted(ids)


class Size(msgspec.Struct):
    width: int
    height: int = 2


@job("area")
def measure_area(size: Size, run: Run) -> int:
    run.report(0.5, "measuring")
    return size.width * size.height


@job("greet")
async def greet(name: str, loud: bool = False) -> str:
    return name.upper() if loud else name


def make_run(type: str, payload: Any) -> Run:
    return Run(Claim(id="j", fence=1, attempt=1, type=type, payload=payload))


async def test_functions_are_given_their_payload_as_they_want_it() -> None:
    connector = PythonConnector({"area": measure_area, "greet": greet})
    run = make_run("area", measure_area.ask(Size(4)).payload)
    assert await connector.run(run) == 8
    assert run.take_news() == (0.5, "measuring", ())
    assert await connector.run(make_run("greet", greet.ask("ann", loud=True).payload)) == "ANN"
    assert measure_area(Size(3), run) == 6


@pytest.mark.parametrize("payload", [{"size": {"width": "wide"}}, {"other": 1}, {}])
async def test_a_payload_that_does_not_fit_is_hopeless(payload: Any) -> None:
    with pytest.raises(PayloadRefused):
        measure_area.perform(payload, None)
    with pytest.raises(GiveUp, match="does not fit area"):
        await PythonConnector({"area": measure_area}).run(make_run("area", payload))


def test_a_module_is_searched_for_marked_functions() -> None:
    (connector,) = open_connectors(["python"], {"modules": __name__})
    assert set(connector.list_capabilities()) == {"connector=python", "type=area", "type=greet"}


def test_a_connector_that_is_not_there_is_named() -> None:
    with pytest.raises(ConnectorNotFound, match="shell"):
        open_connectors(["printer"], {})
    assert {"http", "python", "shell"} <= set(list_connectors())
