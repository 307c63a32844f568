"""Whoever makes a request or a change."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["viewer", "operator", "approver", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "operator", "approver", "admin")
"""From least to most: each may do what those before it may."""


class Actor(msgspec.Struct, frozen=True):
    """A signed-in person, an API key, the local command line, or Gonogo itself. ``name`` is what records show.

    ``owner`` is who made an API key. ``account`` is the id of the person or service account that answers for the
    actor; ``address`` and ``request_id`` are those of the request it acts in, empty for what Gonogo does by itself.
    """

    id: str
    name: str
    kind: Literal["user", "key", "local", "system"]
    role: Role
    owner: str = ""
    account: str = ""
    address: str = ""
    request_id: str = ""

    def may(self, role: Role) -> bool:
        """Whether this actor's role reaches ``role``."""
        return ROLES.index(self.role) >= ROLES.index(role)


SYSTEM = Actor(id="system", name="Gonogo", kind="system", role="admin")
