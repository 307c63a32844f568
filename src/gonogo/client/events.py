"""The event log: what happened, and what is happening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path, read_page

OpenStream = Callable[[tuple[str, ...], int | None], Any]


class Events:
    """``gonogo.events``."""

    def __init__(self, send: Send, open_stream: OpenStream) -> None:
        self._send = send
        self._open_stream = open_stream

    def list(
        self,
        name: str | None = None,
        subject: str | None = None,
        actor: str | None = None,
        since: str | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Any:
        """A ``Page`` of events, newest first. ``name`` may be a beginning such as ``release.``; ``since`` a time."""
        params = drop_absent(name=name, subject=subject, actor=actor, since=since, cursor=cursor, limit=limit)
        return self._send(Call("GET", make_path("events"), params, read=read_page))

    def watch(self, *topics: str, since: int | None = None) -> Any:
        """A stream of events of ``topics`` (``release``, ``release:<id>``; all if none), those after ``since`` first.

        An ``EventStream`` (or ``AsyncEventStream``): iterate over it; it connects again by itself.
        """
        return self._open_stream(topics, since)
