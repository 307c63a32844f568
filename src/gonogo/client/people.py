"""People: who may sign in, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path, read_members


class People:
    """``gonogo.people``; for administrators."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """Everybody, by e-mail."""
        return self._send(Call("GET", make_path("people")))

    def add(
        self, email: str, name: str = "", role: str = "viewer", password: str = "", permissions: Sequence[str] = ()
    ) -> Any:
        """Add a person; without a password one is generated and given back as ``generated_password``, this once."""
        body: dict[str, Any] = {"email": email, "name": name, "role": role, "password": password}
        if permissions:
            body["permissions"] = [*permissions]
        return self._send(Call("POST", make_path("people"), body=body, read=read_members))

    def change(
        self,
        id: str,
        name: str | None = None,
        role: str | None = None,
        password: str | None = None,
        disabled: bool | None = None,
        old_password: str | None = None,
        permissions: Sequence[str] | None = None,
    ) -> Any:
        """Change what is given of a person; the rest stays. Your own ``password`` takes the ``old_password``."""
        body = drop_absent(name=name, role=role, password=password, disabled=disabled, old_password=old_password)
        body |= drop_absent(permissions=permissions)
        return self._send(Call("PATCH", make_path("people", id), body=body))

    def invite(self, email: str, name: str = "", role: str = "viewer") -> Any:
        """Invite somebody; the ``link`` is in the answer, this once, and works for 24 hours."""
        body = {"email": email, "name": name, "role": role}
        return self._send(Call("POST", make_path("people", "invitations"), body=body, read=read_members))

    def make_reset_link(self, id: str) -> Any:
        """A ``link`` with which a person sets a new password, this once."""
        return self._send(Call("POST", make_path("people", id, "reset-link"), read=read_members))

    def list_links(self) -> Any:
        """Invitations and reset links that still work."""
        return self._send(Call("GET", make_path("people", "links")))

    def revoke_link(self, id: str) -> Any:
        """Make a link useless."""
        return self._send(Call("DELETE", make_path("people", "links", id)))

    def remove_second_factor(self, id: str) -> Any:
        """Turn two-factor sign-in off for somebody whose phone and recovery codes are gone."""
        return self._send(Call("DELETE", make_path("people", id, "two-factor")))
