"""The one question every command asks first."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor, Role
from gonogo.kernel.errors import Forbidden


def authorise(actor: Actor, role: Role) -> None:
    """Raise ``Forbidden`` unless the actor's role reaches ``role``."""
    if not actor.may(role):
        raise Forbidden(
            f"This needs the role {role}; {actor.name} is {actor.role}. An administrator can change that.",
            required_role=role,
            role=actor.role,
        )
