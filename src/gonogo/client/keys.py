"""API keys and service accounts: how programs sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path, read_members


class Keys:
    """``gonogo.keys``; for administrators."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """All keys, newest first; never their tokens."""
        return self._send(Call("GET", make_path("keys")))

    def create(
        self,
        name: str,
        scopes: Sequence[str],
        bound: Mapping[str, Any] | None = None,
        service_account: str | None = None,
        expires_days: int | str = 90,
    ) -> Any:
        """Create a key; its ``token`` is in the answer, this once. ``bound`` holds ``host``, ``prefix``, ``types``
        or ``connectors``; ``expires_days`` may be ``"never"``.
        """
        body = {"name": name, "scopes": [*scopes], "bound": dict(bound or {}), "expires_days": expires_days}
        body |= drop_absent(service_account=service_account)
        return self._send(Call("POST", make_path("keys"), body=body, read=read_members))

    def revoke(self, id: str) -> Any:
        """Make a key useless from now on."""
        return self._send(Call("DELETE", make_path("keys", id)))


class ServiceAccounts:
    """``gonogo.service_accounts``; for administrators."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self) -> Any:
        """All service accounts by name."""
        return self._send(Call("GET", make_path("service-accounts")))

    def create(self, name: str, description: str = "") -> Any:
        """Create a service account."""
        body = {"name": name, "description": description}
        return self._send(Call("POST", make_path("service-accounts"), body=body))

    def change(self, name: str, *, disabled: bool) -> Any:
        """Disable a service account, which ends all its keys, or enable it again."""
        return self._send(Call("PATCH", make_path("service-accounts", name), body={"disabled": disabled}))
