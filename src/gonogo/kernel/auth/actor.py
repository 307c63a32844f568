"""Whoever makes a request or a change."""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.kernel.auth.bounds import Bound

Role = Literal["viewer", "member", "operator", "approver", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "member", "operator", "approver", "admin")
"""From least to most: each may do what those before it may."""
Permission = Literal["commands:run"]
PERMISSIONS: tuple[Permission, ...] = ("commands:run",)
"""What an administrator has, and may grant to one person beside their role."""


class Actor(msgspec.Struct, frozen=True):
    """A signed-in person, an API key, the local command line, or Gonogo itself. ``name`` is what records show.

    ``owner`` is who made an API key. ``account`` is the id of the person or service account that answers for the
    actor; ``address`` and ``request_id`` are those of the request it acts in, empty for what Gonogo does by itself.
    ``scopes`` and ``bound`` are a key's: its role is what its scopes count as.
    """

    id: str
    name: str
    kind: Literal["user", "key", "local", "system"]
    role: Role
    owner: str = ""
    account: str = ""
    address: str = ""
    request_id: str = ""
    scopes: tuple[str, ...] = ()
    bound: Bound = Bound()
    permissions: tuple[Permission, ...] = ()
    must_enroll: bool = False
    """Whether they have to set up a second factor before anything else."""

    def may(self, role: Role) -> bool:
        """Whether this actor's role reaches ``role``."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def has(self, permission: Permission) -> bool:
        """Whether this actor holds a permission: administrators hold all."""
        return self.role == "admin" or permission in self.permissions


SYSTEM = Actor(id="system", name="Gonogo", kind="system", role="admin")
