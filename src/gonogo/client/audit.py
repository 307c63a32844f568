"""The audit: whether the event log is as it was written, and handing it out with its proof."""

from __future__ import annotations

from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path, read_bytes


class Audit:
    """``gonogo.audit``; for administrators. ``gonogo.events`` lists what happened."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def verify(self, head: str | None = None, key: str | None = None) -> Any:
        """Whether every entry is as it was written, and which are not.

        ``head`` is a hash that left the machine earlier, ``key`` a public key from elsewhere.
        """
        return self._send(Call("GET", make_path("audit", "verify"), drop_absent(head=head, key=key)))

    def export(self, since: str | None = None, until: str | None = None, format: str = "jsonl") -> Any:
        """The entries of a period (days or instants) as JSON Lines, in bytes; the first line proves the others."""
        params = drop_absent(**{"from": since, "to": until, "format": format})
        return self._send(Call("GET", make_path("audit", "export"), params, read=read_bytes))

    def key(self) -> Any:
        """The public key that proves checkpoints and exports."""
        return self._send(Call("GET", make_path("audit", "key")))
