"""Random histories: whatever is done, in whatever order, every backend answers as the model does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gonogo.jobs.model import MemoryQueue
from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import Claim, Job, JobFilter, Limit, Outcome, Progress, Result, Swept
from tests.fake_clock import FakeClock
from tests.ports.queue_conformance.backends import BACKENDS, Open

TYPES, NEEDS, KEYS, LANES, WORKERS = ("mail", "noop"), ("gpu",), ("u1", "u2"), ("l1", "l2"), ("w1", "w2")
CAPABILITIES = (("type=mail",), ("type=mail", "type=noop"), ("type=mail", "type=noop", "gpu"))
details = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={
        "priority": st.integers(-2, 2),
        "due_in": st.sampled_from((-5.0, 0.0, 5.0, 40.0)),
        "max_attempts": st.integers(1, 3),
        "backoff": st.sampled_from(((), (0.0,), (3.0, 20.0))),
        "timeout_s": st.sampled_from((5.0, 60.0)),
        "unique_key": st.sampled_from(KEYS),
        "needs": st.just(NEEDS),
        "lane": st.sampled_from(LANES),
        "limit_key": st.sampled_from(("k1", "k2")),
        "keep_s": st.sampled_from((0.0, 30.0)),
    },
)
limits = st.builds(
    Limit,
    key=st.sampled_from(("k1", "k2")),
    concurrency=st.sampled_from((None, 0, 1, 2)),
    rate=st.sampled_from((None, 0.5, 3.0)),
    burst=st.integers(1, 3),
)
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(("done", "failed", "dead", "released"))
Ask = Callable[[Queue], Coroutine[Any, Any, Any]]


class Histories(RuleBasedStateMachine):
    """Two queues on one clock are told the same; ``open_backend`` is set by the test."""

    open_backend: Open

    @initialize()
    def start(self) -> None:
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.ids: list[str] = []
        self.claims: list[tuple[str, Claim]] = []
        self.nonces: list[tuple[str, tuple[str, ...], int, str]] = []
        self.opened = AsyncExitStack()
        self.queues = self.runner.run(self._open())

    async def _open(self) -> tuple[Queue, Queue]:
        backend = await self.opened.enter_async_context(type(self).open_backend(self.clock))
        return MemoryQueue(self.clock), backend

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.opened.aclose())
            self.runner.close()

    def both(self, ask: Ask) -> Any:
        """What both answer, which must be the same."""

        async def run() -> tuple[Any, Any]:
            model, backend = self.queues
            return await ask(model), await ask(backend)

        expected, found = self.runner.run(run())
        assert found == expected
        return found

    @rule(batch=st.lists(details, min_size=1, max_size=4))
    def enqueue(self, batch: list[dict[str, Any]]) -> None:
        jobs = []
        for detail in batch:
            due_in = detail.pop("due_in", None)
            due = None if due_in is None else self.clock.now() + timedelta(seconds=due_in)
            jobs.append(Job(due=due, payload={"place": len(self.ids)}, **detail))
        self.ids += [accepted.id for accepted in self.both(lambda queue: queue.enqueue(jobs))]

    @rule(worker=st.sampled_from(WORKERS), capabilities=st.sampled_from(CAPABILITIES), n=st.integers(1, 4))
    def claim(self, worker: str, capabilities: tuple[str, ...], n: int) -> None:
        asked = (worker, capabilities, n, f"n-{len(self.nonces)}")
        self.nonces.append(asked)
        self.claims += [(worker, claim) for claim in self.both(lambda queue: queue.claim(*asked))]

    @rule(place=st.integers(0, 2))
    def claim_again(self, place: int) -> None:
        if place < len(self.nonces):
            asked = self.nonces[-1 - place]
            self.claims += [(asked[0], claim) for claim in self.both(lambda queue: queue.claim(*asked))]

    @rule(
        picks=st.lists(st.tuples(st.integers(0, 9), outcomes, st.sampled_from((None, 0.0, 7.0))), max_size=3),
        claim_n=st.integers(0, 2),
    )
    def finish(self, picks: list[tuple[int, Outcome, float | None]], claim_n: int) -> None:
        results = [
            Result(id=claim.id, fence=claim.fence, outcome=outcome, error=outcome, retry_after=after, lines=(outcome,))
            for place, outcome, after in picks
            if place < len(self.claims)
            for _, claim in [self.claims[-1 - place]]
        ]
        asked = ("w1", CAPABILITIES[1], claim_n, f"n-{len(self.nonces)}")
        self.nonces.append(asked)
        finished = self.both(lambda queue: queue.finish("w1", results, claim_n, asked[1], asked[3]))
        self.claims += [("w1", claim) for claim in finished.claims]

    @rule(worker=st.sampled_from(WORKERS), count=st.integers(0, 6), fraction=st.sampled_from((None, 0.5)))
    def beat(self, worker: str, count: int, fraction: float | None) -> None:
        held = {claim.id: claim for name, claim in self.claims if name == worker}
        told = [
            Progress(id=claim.id, fence=claim.fence, fraction=fraction, message="on", lines=("line",))
            for claim in list(held.values())[:count]
        ]
        self.both(lambda queue: queue.beat(worker, told))

    @rule(worker=st.sampled_from(WORKERS))
    def leave(self, worker: str) -> None:
        self.both(lambda queue: queue.leave(worker))

    @rule(picks=st.sets(st.integers(0, 9), max_size=3))
    def cancel(self, picks: set[int]) -> None:
        ids = [self.ids[-1 - place] for place in picks if place < len(self.ids)]
        self.both(lambda queue: queue.cancel(ids, "because"))

    @rule(picks=st.sets(st.integers(0, 9), max_size=3))
    def retry(self, picks: set[int]) -> None:
        ids = [self.ids[-1 - place] for place in picks if place < len(self.ids)]
        self.both(lambda queue: queue.retry(ids))

    @rule(type=st.sampled_from((*TYPES, "*")), on=st.booleans())
    def pause(self, type: str, on: bool) -> None:
        self.both(lambda queue: queue.pause(type) if on else queue.resume(type))

    @rule(limit=limits)
    def set_limit(self, limit: Limit) -> None:
        self.both(lambda queue: queue.set_limit(limit))

    @rule(seconds=st.sampled_from((0.001, 1.0, 6.0, 16.0)))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def sweep(self) -> None:
        async def ask(queue: Queue) -> Swept:
            swept = await queue.sweep()
            notes = tuple(msgspec.structs.replace(note, seq=0) for note in swept.notes)
            return msgspec.structs.replace(swept, notes=notes)

        self.both(ask)

    @invariant()
    def look_alike(self) -> None:
        if not hasattr(self, "queues"):
            return
        self.both(lambda queue: queue.list(JobFilter(limit=1000)))
        self.both(lambda queue: queue.stats())
        self.both(lambda queue: queue.workers())
        if self.ids:
            self.both(lambda queue: queue.read_log(self.ids[-1]))


@pytest.mark.parametrize("name", [name for name in BACKENDS if name != "memory"])
def test_a_backend_does_what_the_model_does(name: str) -> None:
    machine = type(f"{name.title()}Histories", (Histories,), {"open_backend": staticmethod(BACKENDS[name])})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=[Phase.generate],  # shrinking takes minutes
        ),
    )
