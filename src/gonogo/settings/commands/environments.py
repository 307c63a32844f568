"""Environments: named overlays that inherit what they do not set themselves."""

from __future__ import annotations

import re

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.settings.desk import Desk
from gonogo.settings.errors import EnvironmentInUse
from gonogo.settings.models import DEFAULT
from gonogo.settings.snapshot import list_chain
from gonogo.settings.store.declaring import remove_environment, save_environment

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}\Z")


async def put_environment(desk: Desk, actor: Actor, name: str, parent: str = DEFAULT) -> None:
    """Add an environment, or let it inherit from another parent."""
    authorise(actor, "admin")
    if name == DEFAULT or not _NAME.match(name):
        raise BadInput("'name' must be lower case letters, digits, _ and -, and not 'default'.", field="name")
    desk.live.check_environment(parent)
    if name in list_chain(desk.live.environments, parent):
        raise EnvironmentInUse(f"'{parent}' inherits from '{name}', so it can't be its parent.", field="parent")
    if desk.live.environments.get(name) == parent:
        return

    def change(tx: Tx) -> None:
        save_environment(tx, name, parent)
        tx.emit("setting.environment_saved", name, {"parent": parent}, actor)

    await desk.finish(change, lambda _: desk.reload())


async def delete_environment(desk: Desk, actor: Actor, name: str) -> None:
    """Remove an environment and its values. Raises ``EnvironmentInUse`` while another inherits from it."""
    authorise(actor, "admin")
    desk.live.check_environment(name)
    if name == DEFAULT:
        raise EnvironmentInUse("The default environment holds the settings themselves and stays.", field="name")
    heirs = sorted(heir for heir, parent in desk.live.environments.items() if parent == name)
    if heirs:
        raise EnvironmentInUse(f"{', '.join(heirs)} inherits from '{name}'. Change that first.", field="name")

    def change(tx: Tx) -> None:
        remove_environment(tx, name)
        tx.emit("setting.environment_removed", name, {}, actor)

    await desk.finish(change, lambda _: desk.reload())
