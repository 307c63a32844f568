"""The worker's half of the protocol over HTTP: what a worker elsewhere speaks to a Gonogo server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from gonogo.jobs.errors import QueueUnavailable
from gonogo.jobs.schemas import BeatAnswer, Claim, Finished, Progress, Result, Worker

if TYPE_CHECKING:
    from aiohttp import ClientSession

T = TypeVar("T")
KEEP_ALIVE_S = 3.0
"""Less than the server's five seconds: a connection it is about to close must not carry a question."""
ANSWER_S = 15.0
"""How long an answer may take, waiting for work aside."""


class WorkerRefused(Exception):
    """The server does not let this worker in; the message says why and what to do."""


class Address(msgspec.Struct, frozen=True):
    """Where the server is, and the key that opens it."""

    url: str
    key: str


class RemoteQueue:
    """``WorkerProtocol`` at a server. ``find_address`` is asked anew after each failure: a server may move."""

    def __init__(self, find_address: Callable[[], Address | None]) -> None:
        self._find_address = find_address
        self._address: Address | None = None
        self._session: ClientSession | None = None

    async def register(self, worker: Worker) -> None:
        await self._ask("register", worker, dict[str, Any])

    async def claim(
        self, worker: str, capabilities: Sequence[str], n: int, nonce: str, wait_s: float = 0.0
    ) -> tuple[Claim, ...]:
        asked = {"worker": worker, "capabilities": list(capabilities), "n": n, "nonce": nonce, "wait_s": wait_s}
        return await self._ask("claim", asked, tuple[Claim, ...], wait_s)

    async def beat(self, worker: str, running: Sequence[Progress]) -> BeatAnswer:
        return await self._ask("beat", {"worker": worker, "running": list(running)}, BeatAnswer)

    async def finish(
        self,
        worker: str,
        results: Sequence[Result],
        claim_n: int = 0,
        capabilities: Sequence[str] = (),
        nonce: str = "",
    ) -> Finished:
        told = {
            "worker": worker,
            "results": list(results),
            "claim_n": claim_n,
            "capabilities": list(capabilities),
            "nonce": nonce,
        }
        return await self._ask("finish", told, Finished)

    async def leave(self, worker: str) -> None:
        await self._ask("leave", {"worker": worker}, dict[str, Any])

    async def close(self) -> None:
        """Let go of the connection."""
        if self._session is not None:
            await self._session.close()

    async def _ask(self, name: str, body: object, kind: type[T], wait_s: float = 0.0) -> T:
        from aiohttp import ClientError, ClientTimeout

        address = self._get_address()
        headers = {"Authorization": f"Bearer {address.key}", "Content-Type": "application/json"}
        limit = ClientTimeout(total=ANSWER_S + wait_s)
        url = f"{address.url}/api/queue/{name}"
        try:
            async with self._open().post(url, data=msgspec.json.encode(body), headers=headers, timeout=limit) as answer:
                content = await answer.read()
        except (ClientError, TimeoutError) as error:
            self._address = None
            raise QueueUnavailable(f"No answer from {address.url}: {error or type(error).__name__}.") from error
        if answer.status >= 300:
            self._refuse(address, answer.status, content)
        return msgspec.convert(msgspec.json.decode(content, type=_Envelope).data, kind)

    def _refuse(self, address: Address, status: int, content: bytes) -> None:
        try:
            told = str(msgspec.json.decode(content)["detail"])
        except (msgspec.DecodeError, KeyError, TypeError):
            told = f"it answered with status {status}"
        if status in (401, 403):
            raise WorkerRefused(f"{address.url} refuses this worker: {told} It needs a key of role operator.")
        if 400 <= status < 500 and status != 429:
            raise WorkerRefused(f"{address.url} does not understand this worker: {told}")
        raise QueueUnavailable(f"{address.url}: {told}")

    def _get_address(self) -> Address:
        if self._address is None:
            self._address = self._find_address()
        if self._address is None:
            raise QueueUnavailable("No Gonogo server is running for this data folder.")
        return self._address

    def _open(self) -> ClientSession:
        if self._session is None:
            from aiohttp import ClientSession, TCPConnector

            self._session = ClientSession(connector=TCPConnector(keepalive_timeout=KEEP_ALIVE_S))
        return self._session


class _Envelope(msgspec.Struct, frozen=True):
    data: Any
