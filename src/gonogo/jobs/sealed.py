"""Secrets in payloads: sealed before the queue keeps them, opened for the worker alone, hidden from readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import (
    EVERYTHING,
    Accepted,
    BeatAnswer,
    Claim,
    Finished,
    Firing,
    Job,
    JobFilter,
    JobView,
    Limit,
    Progress,
    Result,
    Schedule,
    ScheduleView,
    Stats,
    Swept,
    Worker,
    WorkerView,
)
from gonogo.kernel.config import Config
from gonogo.kernel.secrets.documents import find_secret_texts, map_secrets, mask_document
from gonogo.kernel.vault import PREFIX, SealBroken, Vault, open_vault

T = TypeVar("T", Job, Claim)
PURPOSE = "gonogo jobs"
_NAME = "payload"


def open_own_vault(config: Config) -> Vault | None:
    """The vault of payloads. None where the queue is shared with others and no key is: they could open nothing."""
    if config.jobs_url and not config.settings_key:
        return None
    return open_vault(config.settings_key, config.folder, PURPOSE)


class SealedQueue:
    """``Queue`` over another one. Without a ``vault`` payloads are kept as they are, and hidden from readers."""

    def __init__(self, queue: Queue, vault: Vault | None) -> None:
        self.inner, self._vault = queue, vault

    async def register(self, worker: Worker) -> None:
        await self.inner.register(worker)

    async def claim(
        self, worker: str, capabilities: Sequence[str], n: int, nonce: str, wait_s: float = 0.0
    ) -> tuple[Claim, ...]:
        return self._open(await self.inner.claim(worker, capabilities, n, nonce, wait_s))

    async def beat(self, worker: str, running: Sequence[Progress]) -> BeatAnswer:
        return await self.inner.beat(worker, running)

    async def finish(
        self,
        worker: str,
        results: Sequence[Result],
        claim_n: int = 0,
        capabilities: Sequence[str] = (),
        nonce: str = "",
    ) -> Finished:
        finished = await self.inner.finish(worker, results, claim_n, capabilities, nonce)
        return msgspec.structs.replace(finished, claims=self._open(finished.claims))

    async def leave(self, worker: str) -> None:
        await self.inner.leave(worker)

    async def close(self) -> None:
        await self.inner.close()

    async def enqueue(self, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
        return await self.inner.enqueue([self._seal(job) for job in jobs])

    async def cancel(self, ids: Sequence[str], why: str = "") -> tuple[str, ...]:
        return await self.inner.cancel(ids, why)

    async def retry(self, ids: Sequence[str]) -> tuple[str, ...]:
        return await self.inner.retry(ids)

    async def sweep(self, limit: int = 1000, acknowledged: int = 0) -> Swept:
        return await self.inner.sweep(limit, acknowledged)

    async def stats(self) -> Stats:
        return await self.inner.stats()

    async def find(self, id: str) -> JobView | None:
        view = await self.inner.find(id)
        return None if view is None else _hide(view)

    async def list(self, filter: JobFilter) -> tuple[JobView, ...]:
        return tuple(_hide(view) for view in await self.inner.list(filter))

    async def read_log(self, id: str) -> tuple[str, ...]:
        return await self.inner.read_log(id)

    async def workers(self) -> tuple[WorkerView, ...]:
        return await self.inner.workers()

    async def pause(self, type: str = EVERYTHING) -> None:
        await self.inner.pause(type)

    async def resume(self, type: str = EVERYTHING) -> None:
        await self.inner.resume(type)

    async def set_limit(self, limit: Limit) -> None:
        await self.inner.set_limit(limit)

    async def limits(self) -> tuple[Limit, ...]:
        return await self.inner.limits()

    async def put_schedule(self, schedule: Schedule) -> ScheduleView:
        sealed = msgspec.structs.replace(schedule, job=self._seal(schedule.job))
        return _hide_schedule(await self.inner.put_schedule(sealed))

    async def drop_schedule(self, name: str) -> bool:
        return await self.inner.drop_schedule(name)

    async def schedules(self) -> tuple[ScheduleView, ...]:
        return tuple(_hide_schedule(view) for view in await self.inner.schedules())

    async def firings(self, name: str, limit: int = 50) -> tuple[Firing, ...]:
        return await self.inner.firings(name, limit)

    def _seal(self, job: Job) -> Job:
        vault = self._vault
        if vault is None:
            return job
        return _replace_payload(job, map_secrets(job.payload, lambda text: vault.seal(_NAME, text)))

    def _open(self, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        vault = self._vault
        return claims if vault is None else tuple(open_claim(claim, vault) for claim in claims)


def open_claim(claim: Claim, vault: Vault) -> Claim:
    """A claim with its secrets as they were given. One that can't be opened stays as it is: its job fails then."""

    def unseal(text: str) -> str:
        try:
            return vault.unseal(_NAME, text) if text.startswith(PREFIX) else text
        except SealBroken:
            return text

    return _replace_payload(claim, map_secrets(claim.payload, unseal))


def is_sealed(payload: Any) -> bool:
    """Whether a worker was handed a payload that it can't read."""
    return any(text.startswith(PREFIX) for text in find_secret_texts(payload))


def _replace_payload(holder: T, payload: Any) -> T:
    return holder if payload == holder.payload else msgspec.structs.replace(holder, payload=payload)


def _hide(view: JobView) -> JobView:
    payload = mask_document(view.payload)
    return view if payload == view.payload else msgspec.structs.replace(view, payload=payload)


def _hide_schedule(view: ScheduleView) -> ScheduleView:
    job = _replace_payload(view.schedule.job, mask_document(view.schedule.job.payload))
    return msgspec.structs.replace(view, schedule=msgspec.structs.replace(view.schedule, job=job))
