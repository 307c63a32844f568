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
