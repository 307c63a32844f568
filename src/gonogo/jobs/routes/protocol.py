"""The queue's protocol over HTTP, for workers elsewhere; ``queues/remote.py`` is its other end.

Bodies and answers are the arguments and results of ``WorkerProtocol``, as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, post

from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.permissions import check_capabilities
from gonogo.jobs.queue import WorkerProtocol
from gonogo.jobs.schemas import Claim, Line, Progress, Result, Worker
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.phrasing import in_words

LONGEST_WAIT_S = 30.0
MOST_AT_ONCE = 1000
MOST_BYTES = 128 * 1024 * 1024
"""Of one report: a worker tells of many jobs at once, each with a result of up to 4 MB."""
NONCE = in_words(r"^[^\x00-\x1f\x7f]*$", "one line, or nothing")
Ask = Request[Actor, Any, Any]
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST_AT_ONCE)]


class ClaimAsked(msgspec.Struct, frozen=True):
    """See ``WorkerProtocol.claim``."""

    worker: Line
    capabilities: list[Line]
    n: Count
    nonce: Line
    wait_s: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT_S)] = 0.0


class BeatTold(msgspec.Struct, frozen=True):
    """See ``WorkerProtocol.beat``."""

    worker: Line
    running: list[Progress] = []


class FinishTold(msgspec.Struct, frozen=True):
    """See ``WorkerProtocol.finish``."""

    worker: Line
    results: Annotated[list[Result], msgspec.Meta(max_length=MOST_AT_ONCE)] = []
    claim_n: Count = 0
    capabilities: list[Line] = []
    nonce: Annotated[str, msgspec.Meta(max_length=200, pattern=NONCE)] = ""


class LeaveTold(msgspec.Struct, frozen=True):
    """See ``WorkerProtocol.leave``."""

    worker: Line


class ProtocolController(Controller):
    """For workers, which need the scope queue:work or the role operator: they see what jobs hold."""

    path = "/api/queue"
    opt = declare_scope("queue:work")
    tags = ("jobs",)
    request_max_body_size = MOST_BYTES

    @post("/register", status_code=200)
    async def register(self, data: Worker, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Make a worker known."""
        await (await _open(request, kernel, data.id, data.capabilities)).register(data)
        return success({"worker": data.id})

    @post("/claim", status_code=200)
    async def claim(self, data: ClaimAsked, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Hand out jobs; waits up to ``wait_s`` for the first one."""
        queue = await _open(request, kernel, data.worker, data.capabilities)
        claiming = queue.claim(data.worker, data.capabilities, data.n, data.nonce, data.wait_s)
        return success(await _wait_while_open(kernel, claiming))

    @post("/beat", status_code=200)
    async def beat(self, data: BeatTold, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Renew a worker's lease; told is which of its jobs it must stop."""
        queue = await _open(request, kernel, data.worker)
        await _check_jobs(request, kernel, data.worker, data.running)
        return success(await queue.beat(data.worker, data.running))

    @post("/finish", status_code=200)
    async def finish(self, data: FinishTold, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Record how attempts ended, and hand out the next jobs. Results are of jobs that this worker claimed."""
        queue = await _open(request, kernel, data.worker, data.capabilities)
        await _check_jobs(request, kernel, data.worker, data.results)
        return success(await queue.finish(data.worker, data.results, data.claim_n, data.capabilities, data.nonce))

    @post("/leave", status_code=200)
    async def leave(self, data: LeaveTold, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Release what a worker holds and forget it."""
        await (await _open(request, kernel, data.worker)).leave(data.worker)
        kernel.get_part(JobsDesk).owners.forget(data.worker)
        return success({"worker": data.worker})


async def _open(request: Ask, kernel: Kernel, worker: str, capabilities: Sequence[str] = ()) -> WorkerProtocol:
    """The queue, for whoever this worker belongs to. Raises ``Forbidden``, ``OutOfBounds`` or ``WorkerTaken``."""
    authorise(request.user, "operator")
    await check_capabilities(kernel, request.user, capabilities)
    desk = kernel.get_part(JobsDesk)
    await desk.owners.check(request.user, worker)
    return desk.door


async def _check_jobs(request: Ask, kernel: Kernel, worker: str, told: Sequence[Progress | Result]) -> None:
    desk = kernel.get_part(JobsDesk)
    await desk.owners.check_jobs(request.user, desk.queue, worker, [one.id for one in told])


async def _wait_while_open(kernel: Kernel, claiming: Coroutine[Any, Any, tuple[Claim, ...]]) -> tuple[Claim, ...]:
    """What is claimed; nothing once the server closes. What was handed out just then comes again under its nonce."""
    claimed, closing = asyncio.create_task(claiming), asyncio.create_task(kernel.closing.wait())
    try:
        await asyncio.wait({claimed, closing}, return_when=asyncio.FIRST_COMPLETED)
        return claimed.result() if claimed.done() else ()
    finally:
        claimed.cancel()
        closing.cancel()
