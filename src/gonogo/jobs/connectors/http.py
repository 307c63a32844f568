"""``http`` jobs: one request, tried again when it may yet succeed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from gonogo.jobs.connectors.connector import JobFailed, Run
from gonogo.kernel.durable import GiveUp, TryAgain
from gonogo.kernel.outgoing.guard import Guard, find_refusal
from gonogo.kernel.phrasing import in_words

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

MOST_BODY = 1 << 20
ADDRESS = in_words(r"^https?://.", "an address that begins with http:// or https://")
PASSING = frozenset({408, 425, 429})
"""Statuses below 500 after which the same request may succeed later."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload: ``json`` or ``body``, not both."""

    url: Annotated[str, msgspec.Meta(pattern=ADDRESS)]
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: dict[str, str] = {}
    json: Any = None
    body: str | None = None


class RequestFailed(JobFailed):
    """The answer was an error that may pass."""


class HttpConnector:
    """Sends requests over one pool of connections, opened with the first job."""

    name = "http"

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._session: ClientSession | None = None

    def list_capabilities(self) -> tuple[str, ...]:
        """See ``Connector``."""
        return ("connector=http", "type=http")

    async def run(self, run: Run) -> dict[str, Any]:
        """Status, headers and body of the answer. 4xx is hopeless, all else that fails may pass."""
        from aiohttp import ClientConnectionError, ClientError

        request = run.read_payload(Request)
        if request.json is not None and request.body is not None:
            raise GiveUp("The payload holds `json` and `body`. Leave one of them out.")
        try:
            return await self._ask(request)
        except ClientConnectionError as error:
            if (refusal := find_refusal(error)) is not None:
                raise GiveUp(f"{request.method} {request.url} is refused: {refusal}") from error
            raise RequestFailed(f"{request.method} {request.url} got no answer: {error or 'cut off'}") from error
        except (ValueError, LookupError) as error:
            raise GiveUp(f"{request.method} {request.url} can't be sent or read: {error}") from error
        except ClientError as error:
            raise RequestFailed(f"{request.method} {request.url} was answered in part: {error}") from error

    async def _ask(self, request: Request) -> dict[str, Any]:
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

            from gonogo.kernel.outgoing.connecting import make_connector

            # The job's own time-out counts.
            self._session = ClientSession(timeout=ClientTimeout(total=None), connector=make_connector(self._guard))
        return self._session


def open_connector(options: Mapping[str, str]) -> HttpConnector:
    """See ``open_connectors``; ``allow`` lists what may be reached though it is not public. Raises ``ConfigError``."""
    return HttpConnector(Guard(options.get("allow", ""), "jobs_allow"))


def _check(response: ClientResponse) -> None:
    if response.status < 400:
        return
    told = f"{response.method} {response.url} was answered with {response.status} {response.reason}"
    if response.status < 500 and response.status not in PASSING:
        raise GiveUp(told)
    wait = response.headers.get("Retry-After", "")
    if wait.isascii() and wait.isdecimal():
        raise TryAgain(float(wait), told)
    raise RequestFailed(told)
