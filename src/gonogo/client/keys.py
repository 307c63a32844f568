"""API keys: how programs sign in."""

from __future__ import annotations

from typing import Any

from gonogo.client.call import Call, Send, make_path, read_members


class Keys:
    """``gonogo.keys``; for administrators."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """All keys, newest first; never their tokens."""
        return self._send(Call("GET", make_path("keys")))

    def create(self, name: str, role: str = "operator", expires_days: int | None = None) -> Any:
        """Make a key; its ``token`` is in the answer, this once."""
        body = {"name": name, "role": role, "expires_days": expires_days}
        return self._send(Call("POST", make_path("keys"), body=body, read=read_members))

    def revoke(self, id: str) -> Any:
        """Make a key useless from now on."""
        return self._send(Call("DELETE", make_path("keys", id)))
