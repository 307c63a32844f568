"""``Idempotency-Key``: a change under ``/api/`` that is sent again with the same key acts once.

The answer of a change that succeeded is kept for an hour and sent again with ``Idempotency-Replayed: true``. A refused
or failed request may be repeated with its key. A route marked ``secret_answer`` acts once too, but its answer is not
kept, and neither is one above ``MAX_ANSWER``. A route marked ``reads_only`` needs no memory at all.
"""

from __future__ import annotations

import hashlib
from functools import partial

import structlog
from litestar.enums import ScopeType
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.middleware import ASGIMiddleware
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Message,
    Receive,
    Scope,
    Send,
)

from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.stored_answers import StoredAnswer, claim_key, free_key, keep_answer
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.http.authentication import find_header, is_safe
from gonogo.kernel.http.limits import MAX_BODY
from gonogo.kernel.http.parameters import refuse_unknown
from gonogo.kernel.kernel import Kernel

LONGEST_KEY = 200
MAX_ANSWER = 64 * 1024
"""Bytes of an answer that is kept."""
log = structlog.get_logger()


class Idempotency(ASGIMiddleware):
    """Runs inside ``Authentication``: a key counts for one actor, method and path."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer from memory, or pass on and remember the answer."""
        changes = not is_safe(scope) and scope["path"].startswith("/api/")
        acts = changes and not scope["route_handler"].opt.get("reads_only", False)
        key = _find_key(scope) if acts else None
        if key is None:
            if changes:
                refuse_unknown(scope)
            await next_app(scope, receive, send)
            return
        body = await _read_body(receive)
        fingerprint = _digest(scope["query_string"], body)
        stored = await self._kernel.db.write(partial(claim_key, key=key, fingerprint=fingerprint))
        if stored is not None:
            await _replay(stored, send)
            return
        kept = not scope["route_handler"].opt.get("secret_answer", False)
        recorder = _Recorder(send)
        try:
            refuse_unknown(scope)
            await next_app(scope, _give_body(body, receive), recorder.send)
        except Exception:
            await self._settle(key, None)
            raise
        await self._settle(key, recorder.get_answer(kept=kept))
        await recorder.flush()

    async def _settle(self, key: str, answer: StoredAnswer | None) -> None:
        try:
            await self._kernel.db.write(partial(_store, key=key, answer=answer))
        except Problem as problem:
            # The change itself is made: its answer counts more than our memory of it.
            log.warning("answer not kept for its Idempotency-Key", reason=problem.detail)


class _Recorder:
    """Holds an answer back until it is stored: a client that has it may rely on it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self._messages.append(message)

    async def flush(self) -> None:
        for message in self._messages:
            await self._send(message)

    def get_answer(self, *, kept: bool) -> StoredAnswer | None:
        """The whole answer; None when nothing was changed, so that the request may be repeated."""
        start = next((m for m in self._messages if m["type"] == "http.response.start"), None)
        if start is None or start["status"] >= 400:
            return None
        body = b"".join(m["body"] for m in self._messages if m["type"] == "http.response.body")
        return StoredAnswer(
            start["status"], _find_type(start), _decode(body) if kept and len(body) <= MAX_ANSWER else None
        )


def _store(tx: Tx, key: str, answer: StoredAnswer | None) -> None:
    if answer is None:
        free_key(tx, key)
    else:
        keep_answer(tx, key, answer)


def _find_key(scope: Scope) -> str | None:
    key = find_header(scope, b"idempotency-key")
    actor = scope.get("user")
    if key is None or actor is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY:
        raise BadInput(f"'Idempotency-Key' must have 1 to {LONGEST_KEY} characters.", field="Idempotency-Key")
    return _digest(actor.id.encode(), str(scope.get("method")).encode(), scope["path"].encode(), key.encode())


async def _read_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(chunks)
        chunks.append(message["body"])
        if sum(map(len, chunks)) > MAX_BODY:
            raise RequestEntityTooLarge
        if not message["more_body"]:
            return b"".join(chunks)


def _give_body(body: bytes, receive: Receive) -> Receive:
    messages: list[HTTPReceiveMessage] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> HTTPReceiveMessage:
        return messages.pop() if messages else await receive()  # type: ignore[return-value]

    return give


async def _replay(stored: StoredAnswer, send: Send) -> None:
    headers = [
        (b"content-type", stored.content_type.encode()),
        (b"idempotency-replayed", b"true"),
    ]
    start: HTTPResponseStartEvent = {"type": "http.response.start", "status": stored.status, "headers": headers}
    body: HTTPResponseBodyEvent = {
        "type": "http.response.body",
        "body": (stored.body or "").encode(),
        "more_body": False,
    }
    await send(start)
    await send(body)


def _find_type(start: HTTPResponseStartEvent) -> str:
    return next((value.decode() for name, value in start["headers"] if name == b"content-type"), "application/json")


def _decode(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
