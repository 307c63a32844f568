"""Webhooks: endpoints, events, deliveries, and sources of hooks."""

from __future__ import annotations

from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path, read_members, read_page


class Webhooks:
    """``gonogo.webhooks``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def endpoints(self) -> Any:
        """Every endpoint with its last day, the ones in trouble first."""
        return self._send(Call("GET", make_path("webhooks", "endpoints")))

    def add(self, url: str, events: list[str] | None = None, **more: Any) -> Any:
        """Add an endpoint; ``secret`` verifies its signatures and is given back this once.

        ``more``: description, rate_limit, ordered, headers, signature (``v1`` or ``v1a``), secret.
        """
        body = drop_absent(url=url, events=events, **more)
        return self._send(Call("POST", make_path("webhooks", "endpoints"), body=body, read=read_members))

    def endpoint(self, id: str) -> Any:
        """One endpoint."""
        return self._send(Call("GET", make_path("webhooks", "endpoints", id), read=read_members))

    def change(self, id: str, **changes: Any) -> Any:
        """Change what is given; ``state`` may be ``active`` or ``disabled``."""
        return self._send(Call("PATCH", make_path("webhooks", "endpoints", id), body=changes))

    def remove(self, id: str) -> Any:
        """Remove an endpoint; what waits for it is given up."""
        return self._send(Call("DELETE", make_path("webhooks", "endpoints", id)))

    def rotate(self, id: str, overlap_hours: int = 24) -> Any:
        """Make a new secret, given back this once; the old one signs too until the overlap is over."""
        body = {"overlap_hours": overlap_hours}
        return self._send(Call("POST", make_path("webhooks", "endpoints", id, "rotate"), body=body, read=read_members))

    def test(self, id: str) -> Any:
        """Send a test event to an endpoint."""
        return self._send(Call("POST", make_path("webhooks", "endpoints", id, "test")))

    def types(self) -> Any:
        """Every event type, declared ones first."""
        return self._send(Call("GET", make_path("webhooks", "event-types")))

    def declare(self, name: str, schema: dict[str, Any] | None = None, description: str = "") -> Any:
        """Declare an event type with the JSON Schema of its data."""
        body = {"name": name, "schema": schema or {}, "description": description}
        return self._send(Call("POST", make_path("webhooks", "event-types"), body=body))

    def send(self, type: str, data: dict[str, Any], id: str | None = None) -> Any:
        """Tell everybody who wants it; the same ``id`` is told once."""
        return self._send(Call("POST", make_path("webhooks", "events"), body=drop_absent(type=type, data=data, id=id)))

    def deliveries(
        self, endpoint: str | None = None, state: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Any:
        """A page of deliveries, newest first."""
        params = drop_absent(endpoint=endpoint, state=state, cursor=cursor, limit=limit)
        return self._send(Call("GET", make_path("webhooks", "deliveries"), params=params, read=read_page))

    def delivery(self, id: int) -> Any:
        """One delivery: what was sent, and every attempt."""
        return self._send(Call("GET", make_path("webhooks", "deliveries", id)))

    def replay(
        self,
        deliveries: list[int] | None = None,
        endpoint: str | None = None,
        since: str | None = None,
        until: str | None = None,
        *,
        failed_only: bool = True,
    ) -> Any:
        """Send again: some deliveries, or those of an endpoint or a time that failed."""
        body = drop_absent(deliveries=deliveries, endpoint=endpoint, since=since, until=until)
        return self._send(Call("POST", make_path("webhooks", "replay"), body=body | {"failed_only": failed_only}))

    def sources(self) -> Any:
        """Whose hooks are taken in."""
        return self._send(Call("GET", make_path("webhooks", "sources")))

    def add_source(self, name: str, kind: str, secret: str = "", **more: Any) -> Any:
        """Take somebody's hooks in; a generated ``secret`` is given back this once. ``more``: options, job, …"""
        body = {"name": name, "kind": kind, "secret": secret, **more}
        return self._send(Call("POST", make_path("webhooks", "sources"), body=body, read=read_members))

    def remove_source(self, name: str) -> Any:
        """Take its hooks in no more."""
        return self._send(Call("DELETE", make_path("webhooks", "sources", name)))

    def received(self, source: str | None = None, cursor: str | None = None, limit: int = 50) -> Any:
        """A page of hooks that came in, newest first."""
        params = drop_absent(source=source, cursor=cursor, limit=limit)
        return self._send(Call("GET", make_path("webhooks", "received"), params=params, read=read_page))

    def hook(self, id: str) -> Any:
        """One hook with its head and its body."""
        return self._send(Call("GET", make_path("webhooks", "received", id)))
