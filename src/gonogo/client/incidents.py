"""Incidents and follow-up tasks."""

from __future__ import annotations

from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path, read_text


class Incidents:
    """``gonogo.incidents``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """Open ones first."""
        return self._send(Call("GET", make_path("incidents")))

    def open(
        self,
        title: str,
        run: str | None = None,
        *,
        cause: str | None = None,
        measures: str | None = None,
        owner: str | None = None,
    ) -> Any:
        """Open one; with a ``run`` its record becomes the timeline."""
        body = drop_absent(title=title, run=run, cause=cause, measures=measures, owner=owner)
        return self._send(Call("POST", make_path("incidents"), body=body))

    def show(self, id: str) -> Any:
        """One incident with everything."""
        return self._send(Call("GET", make_path("incidents", id)))

    def change(self, id: str, **values: Any) -> Any:
        """Set ``title``, ``cause``, ``measures`` or ``status`` (open, closed)."""
        return self._send(Call("PATCH", make_path("incidents", id), body=drop_absent(**values)))

    def report(self, id: str) -> Any:
        """The incident as Markdown."""
        return self._send(Call("GET", make_path("incidents", id, "report"), read=read_text))


class FollowUps:
    """``gonogo.follow_ups``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self, which: str = "open") -> Any:
        """Tasks by their due date: ``due``, ``open``, ``done`` or ``all``."""
        return self._send(Call("GET", make_path("follow-ups"), {"which": which}))

    def tick(self, id: str, note: str = "", name: str | None = None) -> Any:
        """Say that a task is done."""
        return self._send(Call("POST", make_path("follow-ups", id, "tick"), body=drop_absent(note=note, name=name)))
