"""Who may tick, sign and decide. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.errors import Forbidden
from gonogo.releases.deciding.state import Options
from gonogo.releases.errors import FourEyesNeeded
from gonogo.releases.plan import Item
from gonogo.releases.reading.bindings import fold_words

_SPEAKS_FOR_OTHERS = frozenset({"local", "key", "system"})


def name_person(actor: Actor, name: str | None) -> str:
    """Whose act this is. The machine's own command line and API keys may speak for somebody; people for themselves."""
    if name is None or name == actor.name:
        return actor.name
    if actor.kind not in _SPEAKS_FOR_OTHERS:
        raise Forbidden(f"You are signed in as {actor.name} and can't act as {name}. Leave 'name' out.")
    return name


def find_role_holders(roles: Mapping[str, Any], role: str | None) -> frozenset[str] | None:
    """Who holds a role by ``[roles]`` of gonogo.toml; None when the table does not name it."""
    wanted = fold_words(role or "")
    for name, people in roles.items():
        if wanted and fold_words(name) == wanted:
            return frozenset([people] if isinstance(people, str) else people)
    return None


def check_signer(actor: Actor, name: str, item: Item, options: Options, roles: Mapping[str, Any]) -> None:
    """Raises FourEyesNeeded for whoever started the run, or doesn't hold the role; Forbidden below approver."""
    is_starter = name == options.started_by_name or (actor.kind == "user" and actor.id == options.started_by)
    if is_starter:
        raise FourEyesNeeded(f"{name} started this run; somebody else has to sign '{item.text}'.", field="name")
    holders = find_role_holders(roles, item.role)
    if holders is None:
        authorise(actor, "approver")
        return
    authorise(actor, "operator")
    if name not in holders:
        listed = ", ".join(sorted(holders)) or "nobody"
        raise FourEyesNeeded(f"'{item.role}' is {listed} by [roles] of gonogo.toml, not {name}.", field="name")


def may_sign_ahead(name: str, item: Item, options: Options, roles: Mapping[str, Any]) -> bool:
    """Whether a name given at the start may sign this item."""
    holders = find_role_holders(roles, item.role)
    return name != options.started_by_name and (holders is None or name in holders)
