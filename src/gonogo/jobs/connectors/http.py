"""``http`` jobs: one request, tried again when it may yet succeed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from gonogo.jobs.connectors.connector import JobFailed, Run
from gonogo.kernel.durable import GiveUp, TryAgain

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

MOST_BODY = 1 << 20
PASSING = frozenset({408, 425, 429})
"""Statuses below 500 after which the same request may succeed later."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload: ``json`` or ``body``, not both."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://")]
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: dict[str, str] = {}
    json: Any = None
    body: str | None = None


class RequestFailed(JobFailed):
    """The answer was an error that may pass."""


class HttpConnector:
    """Sends requests over one pool of connections, opened with the first job."""

    name = "http"

    def __init__(self) -> None:
        self._session: ClientSession | None = None

    def list_capabilities(self) -> tuple[str, ...]:
        """See ``Connector``."""
        return ("connector=http", "type=http")

    async def run(self, run: Run) -> dict[str, Any]:
        """Status, headers and body of the answer. 4xx is hopeless, all else that fails may pass."""
        request = run.read_payload(Request)
        sent = {"data": request.body} if request.json is None else {"json": request.json}
        answer = self._open().request(request.method, request.url, headers=request.headers, **sent)
        async with answer as response:
            body = await response.content.read(MOST_BODY)
            _check(response)
            text = body.decode(response.get_encoding(), errors="replace")
            return {"status": response.status, "headers": dict(response.headers), "body": text}

    async def close(self) -> None:
        """See ``Connector``."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> ClientSession:
        if self._session is None:
            from aiohttp import ClientSession, ClientTimeout

            self._session = ClientSession(timeout=ClientTimeout(total=None))  # the job's own time-out counts
        return self._session


def open_connector(_options: Mapping[str, str]) -> HttpConnector:
    """See ``open_connectors``."""
    return HttpConnector()


def _check(response: ClientResponse) -> None:
    if response.status < 400:
        return
    told = f"{response.method} {response.url} was answered with {response.status} {response.reason}"
    if response.status < 500 and response.status not in PASSING:
        raise GiveUp(told)
    wait = response.headers.get("Retry-After", "")
    if wait.isdigit():
        raise TryAgain(float(wait), told)
    raise RequestFailed(told)
