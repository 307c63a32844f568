"""The front of the SDK: a Gonogo with its rooms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gonogo.client.actions import Actions
from gonogo.client.agents import Agents
from gonogo.client.alerts import Alerts
from gonogo.client.assets import Assets
from gonogo.client.audit import Audit
from gonogo.client.auth import make_auth
from gonogo.client.call import Call, Send
from gonogo.client.checks import Checks
from gonogo.client.discovery import find_target
from gonogo.client.errors import ServerNotFound
from gonogo.client.events import Events, OpenStream
from gonogo.client.incidents import FollowUps, Incidents
from gonogo.client.jobs import Jobs
from gonogo.client.keys import Keys, ServiceAccounts
from gonogo.client.logins import LoginStore
from gonogo.client.observe import Observe
from gonogo.client.people import People
from gonogo.client.releases import Releases
from gonogo.client.services import Services
from gonogo.client.sessions import Sessions
from gonogo.client.settings import AsyncSettings, Settings
from gonogo.client.signals import Signals
from gonogo.client.stream import AsyncEventStream, EventStream, Headers, Position
from gonogo.client.transport import AsyncTransport, Transport
from gonogo.client.webhooks import Webhooks

WHO_AM_I = Call("GET", "/api/v1/auth/me")


class _House:
    """Where the server is, and the rooms, which are the same for both kinds of client."""

    def __init__(self, url: str | None, key: str | None, home: str | Path | None) -> None:
        target = find_target(url, key, home)
        if target is None:
            raise ServerNotFound(
                "No Gonogo is running for this data folder. Start one with `gonogo up`, sign in to another with "
                "`gonogo login`, or set GONOGO_URL and GONOGO_API_KEY."
            )
        self.target = target
        self._auth = make_auth(target, LoginStore())

    def _furnish(self, send: Send, open_stream: OpenStream) -> None:
        self.releases = Releases(send)
        self.actions = Actions(send)
        self.incidents = Incidents(send)
        self.follow_ups = FollowUps(send)
        self.signals = Signals(send)
        self.observe = Observe(send)
        self.alerts = Alerts(send)
        self.checks = Checks(send)
        self.agents = Agents(send)
        self.assets = Assets(send)
        self.services = Services(send)
        self.jobs = Jobs(send)
        self.webhooks = Webhooks(send)
        self.people = People(send)
        self.sessions = Sessions(send)
        self.keys = Keys(send)
        self.audit = Audit(send)
        self.service_accounts = ServiceAccounts(send)
        self.events = Events(send, open_stream)

    def _show_key(self) -> Headers:
        return {} if self._auth is None else {"Authorization": f"Bearer {self._auth.token}"}

    def _make_position(self, topics: tuple[str, ...], since: int | None) -> Position:
        return Position(self.target.url, topics, since)


class Gonogo(_House):
    """A Gonogo to ask and tell, from plain programs. Use it in a ``with`` block, or ``close`` it.

    Without arguments it takes ``GONOGO_URL`` and ``GONOGO_API_KEY``, the server of the data folder ``GONOGO_HOME``, the
    login saved by ``gonogo login``, or the server of the nearest ``.gonogo``, whichever comes first. Raises
    ``ServerNotFound``.
    """

    def __init__(self, url: str | None = None, key: str | None = None, home: str | Path | None = None) -> None:
        super().__init__(url, key, home)
        self._transport = Transport(self.target, self._auth)
        self._furnish(self._transport.send, self._open_stream)
        self.settings = Settings(self._transport.send, self.target.url, self._sign_in)

    def __enter__(self) -> Gonogo:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def whoami(self) -> Any:
        """The actor that this client's key or login stands for."""
        return self._transport.send(WHO_AM_I)

    def close(self) -> None:
        """Let go of the connections."""
        self.settings.close()
        self._transport.close()

    def _open_stream(self, topics: tuple[str, ...], since: int | None) -> EventStream:
        return EventStream(self._make_position(topics, since), self._sign_in)

    def _sign_in(self) -> Headers:
        if self._auth is not None and self._auth.renews:
            self.whoami()  # exchanges tokens that have run out, which a WebSocket can't do
        return self._show_key()


class AsyncGonogo(_House):
    """The same for event loops: every method of its rooms gives an awaitable."""

    def __init__(self, url: str | None = None, key: str | None = None, home: str | Path | None = None) -> None:
        super().__init__(url, key, home)
        self._transport = AsyncTransport(self.target, self._auth)
        self._furnish(self._transport.send, self._open_stream)
        self.settings = AsyncSettings(self._transport.send, self.target.url, self._sign_in)

    async def __aenter__(self) -> AsyncGonogo:
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.close()

    async def whoami(self) -> Any:
        """The actor that this client's key or login stands for."""
        return await self._transport.send(WHO_AM_I)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.settings.close()
        await self._transport.close()

    def _open_stream(self, topics: tuple[str, ...], since: int | None) -> AsyncEventStream:
        return AsyncEventStream(self._make_position(topics, since), self._sign_in)

    async def _sign_in(self) -> Headers:
        if self._auth is not None and self._auth.renews:
            await self.whoami()  # exchanges tokens that have run out, which a WebSocket can't do
        return self._show_key()
