"""Sending calls over HTTP: keys and logins at the door, time limits, retries where asking twice does no harm."""

from __future__ import annotations

import os
import uuid
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from tenacity import AsyncRetrying, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from gonogo.client.auth import Auth
from gonogo.client.call import Call, Document
from gonogo.client.discovery import Target
from gonogo.client.errors import ApiError, ServerUnreachable, read_problem

ATTEMPTS = 4
LONGEST_WAIT_S = 2.0
TIME_LIMIT = httpx.Timeout(30.0, connect=5.0)
PASSING_STATUSES = frozenset({502, 503, 504})


class Transport:
    """Sends calls and waits for their answers. Close it when done."""

    def __init__(self, target: Target, auth: Auth | None) -> None:
        self.target = target
        self._auth = auth
        self._open()

    def send(self, call: Call) -> Any:
        """The answer, read. Raises ``ApiError`` and ``ServerUnreachable``."""
        if self._pid != os.getpid():
            self._open()  # the connections belong to the process that forked this one
        request = self._http.build_request(call.method, call.path, **describe_request(call))
        try:
            answer = make_retrying(Retrying, call)(self._exchange, request)
        except httpx.TransportError as error:
            raise describe_silence(self.target, call, error) from error
        return call.read(answer.content)

    def close(self) -> None:
        self._http.close()

    def _open(self) -> None:
        self._pid = os.getpid()
        self._http = httpx.Client(**describe_client(self.target, self._auth))

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        return check_answer(self._http.send(request))


class AsyncTransport:
    """The same for event loops."""

    def __init__(self, target: Target, auth: Auth | None) -> None:
        self.target = target
        self._http = httpx.AsyncClient(**describe_client(target, auth))

    async def send(self, call: Call) -> Any:
        """The answer, read. Raises ``ApiError`` and ``ServerUnreachable``."""
        request = self._http.build_request(call.method, call.path, **describe_request(call))
        try:
            answer = await make_retrying(AsyncRetrying, call)(self._exchange, request)
        except httpx.TransportError as error:
            raise describe_silence(self.target, call, error) from error
        return call.read(answer.content)

    async def close(self) -> None:
        await self._http.aclose()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        return check_answer(await self._http.send(request))


def describe_client(target: Target, auth: Auth | None) -> dict[str, Any]:
    """How either HTTP client is set up for ``target``."""
    return {
        "base_url": target.url,
        "auth": auth,
        "timeout": TIME_LIMIT,
        "trust_env": not is_loopback(target.url),
    }


def is_loopback(url: str) -> bool:
    """Whether ``url`` is this machine, to which no proxy leads."""
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


def describe_request(call: Call) -> dict[str, Any]:
    """Parameters, body and headers of a call; each write gets a key of its own."""
    headers = {} if call.is_safe else {"Idempotency-Key": uuid.uuid4().hex}
    if call.body is None:
        return {"params": call.params, "headers": headers}
    if isinstance(call.body, Document):
        headers["Content-Type"], content = call.body.media_type, call.body.content
    else:
        headers["Content-Type"], content = "application/json", msgspec.json.encode(call.body)
    return {"params": call.params, "headers": headers, "content": content}


def check_answer(answer: httpx.Response) -> httpx.Response:
    """The answer if it is a success. Raises ``ApiError``."""
    if answer.is_success:
        return answer
    try:
        body = answer.json()
    except ValueError:
        body = None
    raise read_problem(answer.status_code, body)


def make_retrying(kind: Any, call: Call) -> Any:
    """How often and after which failures a call is sent again."""
    return kind(
        retry=retry_if_exception(partial(should_retry, call)),
        wait=wait_random_exponential(multiplier=0.2, max=LONGEST_WAIT_S),
        stop=stop_after_attempt(ATTEMPTS),
        reraise=True,
    )


def should_retry(call: Call, error: BaseException) -> bool:
    """A call that never arrived may go again; one that may have arrived only when asking twice changes nothing."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return True
    if isinstance(error, ApiError):
        return call.is_safe and error.status in PASSING_STATUSES
    return call.is_safe and isinstance(error, httpx.TransportError)


def describe_silence(target: Target, call: Call, error: httpx.TransportError) -> ServerUnreachable:
    """The sentence for a server that does not answer, or broke off before its answer was whole."""
    reason = str(error).rstrip(".") or type(error).__name__
    if not call.is_safe and not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return ServerUnreachable(
            f"{target.url} ({target.origin}) broke off before it answered: {reason}. Whether it was done is not "
            "known: look before you ask again."
        )
    return ServerUnreachable(
        f"No answer from {target.url} ({target.origin}): {reason}. "
        "Start it with `gonogo up`, or name another with GONOGO_URL."
    )
