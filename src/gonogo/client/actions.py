"""Actions by hand: backups, checks, contracts, load; each goes on at the server and is followed line by line."""

from __future__ import annotations

from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path


class Actions:
    """``gonogo.actions``. Folders are the server's."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """Every action there is, with what it does."""
        return self._send(Call("GET", make_path("actions")))

    def begin(self, name: str, options: dict[str, str] | None = None, folder: str = ".") -> Any:
        """Begin an action; the answer's ``id`` is what :meth:`read` takes."""
        return self._send(Call("POST", make_path("actions", name), body={"options": options or {}, "folder": folder}))

    def read(self, id: str, after: int = 0, wait: float = 0.0) -> Any:
        """The lines behind ``after`` and the result, if it is there; waits up to ``wait`` seconds (20) for news."""
        return self._send(Call("GET", make_path("actions", "calls", id), {"after": after, "wait": wait}))

    def backups(self, name: str | None = None, to: str | None = None, folder: str = ".") -> Any:
        """The backups of a name, newest first, each with its manifest."""
        return self._send(Call("GET", make_path("backups"), drop_absent(name=name, to=to, folder=folder)))
