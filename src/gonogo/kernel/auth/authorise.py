"""The one question every command asks first."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor, Permission, Role
from gonogo.kernel.errors import Forbidden

COMMANDS_RUN: Permission = "commands:run"


def authorise(actor: Actor, role: Role) -> None:
    """Raise ``Forbidden`` unless the actor's role reaches ``role``."""
    if not actor.may(role):
        raise Forbidden(
            f"This needs the role {role}; {actor.name} is {actor.role}. An administrator can change that.",
            required_role=role,
            role=actor.role,
        )


def authorise_command_text(actor: Actor, what: str) -> Permission:
    """The permission by which an actor may bring a command of their own, ``what``; it goes into the event.

    Operators start what an administrator defined. Raises ``Forbidden``.
    """
    if not actor.has(COMMANDS_RUN):
        raise Forbidden(
            f"{what} brings a new command, which needs the permission {COMMANDS_RUN}; {actor.name} does not have it. "
            "An administrator can grant it to a person; a key needs the scope admin.",
            required_permission=COMMANDS_RUN,
        )
    return COMMANDS_RUN
