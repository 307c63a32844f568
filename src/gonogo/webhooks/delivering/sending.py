"""One attempt: a signed POST to a guarded address, and what came back. aiohttp is loaded with the first of them."""

from __future__ import annotations

import asyncio
import os
from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgspec

from gonogo.kernel.clock import Clock
from gonogo.kernel.outgoing.guard import Guard
from gonogo.webhooks.delivering.target import Target
from gonogo.webhooks.store.claiming import Work

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from aiohttp.abc import AbstractResolver

TIMEOUT_S = 15.0
GRACE_S = 2.0
"""How much later an attempt is ended for certain, wherever it hangs."""
EXCERPT = 1024
MOST_DRAINED = 64 * 1024
"""Bytes of an answer read so that its connection can serve again; longer answers cost a new connection."""
MOST_HEADERS = 40
LONGEST_VALUE = 500


class Reply(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What came back. Without ``status`` there was no answer and ``error`` says why; times in milliseconds."""

    status: int | None
    error: str
    retry_after: str | None = None
    wait_ms: float | None = None
    took_ms: float
    request: str
    response: str = "{}"
    excerpt: str = ""


class Sender:
    """Sends from one process; connections are kept and used again."""

    def __init__(self, clock: Clock, guard: Guard, resolver: AbstractResolver | None = None) -> None:
        self._clock = clock
        self._guard = guard
        self._resolver = resolver
        self._session: ClientSession | None = None

    async def send(self, target: Target, work: Work) -> Reply:
        """Try once, for 15 seconds at most. Whatever goes wrong is in the reply."""
        session = self._session or self._open()
        at = self._clock.now()
        own = {
            "webhook-id": work.message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": target.sign(work.message_id, at, work.body),
        }
        request = msgspec.json.encode(target.shown | own).decode()
        started = perf_counter()
        try:
            async with (
                asyncio.timeout(TIMEOUT_S + GRACE_S),
                session.post(
                    target.url, data=work.body.encode(), headers=target.fixed | own, allow_redirects=False
                ) as answer,
            ):
                waited = perf_counter() - started
                excerpt = await _drain(answer)
                return _make_reply(answer, excerpt, request, waited, perf_counter() - started)
        except Exception as error:  # noqa: BLE001 — whatever goes wrong, the delivery must have its outcome
            return Reply(
                status=None,
                error=_explain(error),
                took_ms=_to_ms(perf_counter() - started),
                request=request,
            )

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> ClientSession:
        from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

        from gonogo.kernel.outgoing.connecting import make_connector

        self._session = ClientSession(
            connector=make_connector(self._guard, self._resolver),
            timeout=ClientTimeout(total=TIMEOUT_S),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
        )
        return self._session


async def _drain(answer: ClientResponse) -> bytes:
    read = b""
    try:
        while len(read) < MOST_DRAINED and (piece := await answer.content.read(MOST_DRAINED)):
            read += piece
    except OSError:
        # The head is what counts: the receiver has had the message.
        return read
    return read


def _make_reply(answer: ClientResponse, body: bytes, request: str, waited: float, took: float) -> Reply:
    status = answer.status
    heads = list(answer.headers.items())[:MOST_HEADERS]
    headers = {_make_plain(name).lower(): _make_plain(value)[:LONGEST_VALUE] for name, value in heads}
    return Reply(
        status=status,
        error="" if 200 <= status < 300 else _tell_refusal(status),
        retry_after=answer.headers.get("Retry-After"),
        wait_ms=_to_ms(waited),
        took_ms=_to_ms(took),
        request=request,
        response=msgspec.json.encode(headers).decode(),
        excerpt=_make_plain(body[:EXCERPT].decode("utf-8", errors="replace")),
    )


def _tell_refusal(status: int) -> str:
    if 300 <= status < 400:
        return f"It answered {status}. Redirects are not followed: give the endpoint the address it means."
    return f"It answered {status}."


def _explain(error: Any) -> str:
    if isinstance(error, TimeoutError):
        return f"No answer within {TIMEOUT_S:.0f} s."
    cause = getattr(error, "os_error", error)
    number = getattr(cause, "errno", None) or 0
    told = os.strerror(number) if number > 0 else str(cause) or type(cause).__name__
    return f"No connection: {_make_plain(told)[:LONGEST_VALUE]}"


def _make_plain(text: str) -> str:
    # Bytes that are no UTF-8 reach us as half characters, which no database takes.
    return text.encode("utf-8", errors="replace").decode().replace("\0", "")


def _to_ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
