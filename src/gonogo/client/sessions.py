"""Sessions: where somebody is signed in."""

from __future__ import annotations

from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path


class Sessions:
    """``gonogo.sessions``; those of other people are for administrators."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self, person: str | None = None) -> Any:
        """Your live sessions, or those of another ``person`` (e-mail or id; ``*`` for everybody)."""
        return self._send(Call("GET", make_path("sessions"), params=drop_absent(person=person)))

    def end(self, id: str) -> Any:
        """End one session at once."""
        return self._send(Call("DELETE", make_path("sessions", id)))

    def end_others(self, person: str | None = None) -> Any:
        """End all your other sessions, or every session of another ``person``."""
        return self._send(Call("DELETE", make_path("sessions"), params=drop_absent(person=person)))
