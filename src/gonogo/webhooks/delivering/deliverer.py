"""The deliverer: takes what is due, keeps every lane supplied, and writes down what came of it."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.events.event import Event
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.vault import SealBroken, Vault
from gonogo.webhooks.commands.settling import disable_endpoint, keep_outcomes
from gonogo.webhooks.delivering.lane import LATEST_START_S, LEASE_S, Lane
from gonogo.webhooks.delivering.outcomes import make_outcome
from gonogo.webhooks.delivering.sending import Sender
from gonogo.webhooks.delivering.target import make_target
from gonogo.webhooks.delivering.telling import Teller
from gonogo.webhooks.measures import Measures
from gonogo.webhooks.store.claiming import Line, Want, Work, claim_work, free_all, free_work, list_lines
from gonogo.webhooks.store.endpoints import find_endpoint, find_sealed
from gonogo.webhooks.store.settling import Outcome

POLL_S = 0.5
"""How long another process's work may wait to be noticed."""
FAREWELL_S = 3.0
"""How long requests under way may take when the process ends."""
ACCEPTED = "webhook.accepted"
log = structlog.get_logger()


class Deliverer:
    """Delivers for one process. ``name`` tells its leases from those of other processes on the same database."""

    def __init__(
        self,
        kernel: Kernel,
        vault: Vault,
        sender: Sender,
        measures: Measures,
        *,
        name: str,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._kernel = kernel
        self._vault = vault
        self._sender = sender
        self._measures = measures
        self._name = name
        self._chance = chance
        self._teller = Teller(kernel.db)
        self._lanes: dict[str, Lane] = {}
        self._rounds: list[asyncio.Task[None]] = []
        self._workers: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._woken, self._tried = asyncio.Event(), asyncio.Event()
        self._news, self._stopping = True, False

    async def start(self) -> None:
        """Take back what an earlier process of this name had leased, and begin."""
        await self._kernel.db.write(partial(free_all, holder=self._name))
        self._kernel.bus.listen("*", self._hear)
        self._rounds.append(self._kernel.tasks.spawn("deliver webhooks", self._run()))
        self._rounds.append(self._kernel.tasks.spawn("settle webhooks", self._settle()))

    async def stop(self) -> None:
        """Let what is under way end, write it down, and give the rest back."""
        self._stopping = True
        for lane in self._lanes.values():
            lane.empty()
        if self._workers:
            await asyncio.wait(self._workers, timeout=FAREWELL_S)
        rest = (*self._rounds, *self._workers)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._keep()
        await self._kernel.db.write(partial(free_all, holder=self._name))
        await self._sender.close()

    def _hear(self, event: Event) -> None:
        if event.name == ACCEPTED:
            self._woken.set()
        elif event.seq is not None and self._concerns(event):
            self._news = True
            self._woken.set()

    def _concerns(self, event: Event) -> bool:
        return event.name.startswith("webhook.") or self._teller.wants(event)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                wait = await self._look()
            except Exception:
                log.exception("webhooks wait")
                wait = POLL_S
            await self._pause(wait)

    async def _look(self) -> float:
        if self._news:
            self._news = False
            await self._teller.tell()
        lines = await self._kernel.db.read(list_lines)
        await self._refresh_lanes(lines)
        now = format_instant(self._kernel.clock.now())
        due = [line.id for line in lines if line.due is not None and line.due <= now and line.id in self._lanes]
        wants = [self._lanes[name].make_want() for name in due]
        await self._claim([want for want in wants if want.room])
        for lane in self._lanes.values():
            # Not only those that were given something: whoever worked here may have fallen.
            self._staff(lane)
        later = [line.due for line in lines if line.due is not None and line.due > now]
        return self._seconds_until(min(later)) if later else POLL_S

    async def _claim(self, wants: list[Want]) -> None:
        if not wants or self._stopping:
            return
        leased = self._kernel.clock.monotonic()
        until = format_instant(self._kernel.clock.now() + timedelta(seconds=LEASE_S))
        taken = await self._kernel.db.write(partial(claim_work, wants=wants, holder=self._name, until=until))
        by_endpoint: dict[str, list[Work]] = defaultdict(list)
        for work in taken:
            by_endpoint[work.endpoint_id].append(work)
        for want in wants:
            lane, works = self._lanes[want.endpoint_id], by_endpoint[want.endpoint_id]
            lane.hungry = len(works) == want.room
            lane.take(works, leased)

    def _staff(self, lane: Lane) -> None:
        if self._stopping:
            return
        for _ in range(min(len(lane.queue), lane.breadth - len(lane.under_way))):
            work, leased = lane.queue.popleft()
            lane.under_way.add(work.id)
            worker = self._kernel.tasks.spawn("deliver a webhook", self._work(lane, work, leased))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def _work(self, lane: Lane, work: Work, leased: float) -> None:
        """Try one delivery, then whatever the lane holds next, until it is empty."""
        while True:
            delivered = False
            try:
                delivered = await self._try(lane, work, leased)
            except Exception:
                # It comes back when its lease ends; those behind it need not wait for that.
                log.exception("webhook not tried", delivery=work.id)
            finally:
                lane.under_way.discard(work.id)
            if lane.endpoint.ordered and not delivered:
                await self._give_back(lane.empty())
            if lane.wants_more:
                self._woken.set()
            if not lane.queue:
                return
            work, leased = lane.queue.popleft()
            lane.under_way.add(work.id)

    async def _try(self, lane: Lane, work: Work, leased: float) -> bool:
        clock = self._kernel.clock
        if wait := lane.claim_slot(clock.monotonic()):
            await clock.sleep(wait)
        if clock.monotonic() - leased > LATEST_START_S or self._lanes.get(lane.endpoint.id) is not lane:
            await self._give_back([work.id])
            return False
        reply = await self._sender.send(lane.target, work)
        outcome = make_outcome(work, reply, clock.now(), self._chance())
        lane.note_pace(reply.took_ms / 1000)
        self._measures.note_attempt(outcome.state == "delivered", reply.took_ms / 1000)
        self._outcomes.append(outcome)
        self._tried.set()
        return outcome.state == "delivered"

    async def _give_back(self, ids: list[int]) -> None:
        if ids:
            await self._kernel.db.write(partial(free_work, ids=ids, holder=self._name))
            self._woken.set()

    async def _settle(self) -> None:
        while True:
            await self._tried.wait()
            self._tried.clear()
            try:
                await self._keep()
            except Exception:
                log.exception("attempts not written yet")
                await self._kernel.clock.sleep(POLL_S)
                self._tried.set()

    async def _keep(self) -> None:
        """Write down every attempt since the last time. They stay here until they are committed."""
        batch = tuple(self._outcomes)
        if not batch:
            return
        failing = frozenset(name for name, lane in self._lanes.items() if lane.failing)
        keep = partial(keep_outcomes, outcomes=batch, holder=self._name, failing=failing)
        changed = await self._kernel.db.write(keep)
        del self._outcomes[: len(batch)]
        for name, fails in changed.items():
            if name in self._lanes:
                self._lanes[name].failing = fails
        if any(one.state == "pending" or self._is_ordered(one) for one in batch):
            self._woken.set()

    def _is_ordered(self, outcome: Outcome) -> bool:
        lane = self._lanes.get(outcome.endpoint_id)
        return lane is not None and lane.endpoint.ordered

    async def _refresh_lanes(self, lines: list[Line]) -> None:
        now = format_instant(self._kernel.clock.now())
        gone = self._lanes.keys() - {line.id for line in lines}
        for line in lines:
            lane = self._lanes.get(line.id)
            if lane is None or lane.endpoint.version != line.version or (lane.target.until or now) < now:
                gone.add(line.id)
        for name in gone:
            if (lane := self._lanes.pop(name, None)) is not None:
                await self._give_back(lane.empty())
        for name in gone & {line.id for line in lines}:
            await self._open_lane(name)

    async def _open_lane(self, id: str) -> None:
        # As of one moment: between two, it could lose its key.
        endpoint, sealed = await self._kernel.db.read(lambda tx: (find_endpoint(tx, id), find_sealed(tx, id)))
        if endpoint is None or sealed is None:
            return
        try:
            target = make_target(endpoint, sealed, self._vault, self._kernel.clock.now())
        except SealBroken as error:
            await self._kernel.db.write(partial(disable_endpoint, id=id, why=str(error)))
            return
        self._lanes[id] = Lane(endpoint, target, endpoint.failing_since is not None)

    def _seconds_until(self, instant: str) -> float:
        moment: datetime = parse_instant(instant)
        return min(POLL_S, max(0.0, (moment - self._kernel.clock.now()).total_seconds()))

    async def _pause(self, seconds: float) -> None:
        waits = [
            asyncio.ensure_future(self._woken.wait()),
            asyncio.ensure_future(self._kernel.clock.sleep(seconds)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            # Other processes' events come without a word.
            self._news = self._news or waits[1].done()
        finally:
            for wait in waits:
                wait.cancel()
