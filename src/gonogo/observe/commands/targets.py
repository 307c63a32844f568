"""Saying what to scrape. Gonogo fetches these addresses itself, so only an admin may name them."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.observe.addresses import find_fault
from gonogo.observe.errors import BadTarget, TargetExists, TargetNotFound
from gonogo.observe.schemas import NewTarget, Target
from gonogo.observe.store.targets import delete_target, find_target, insert_target


async def add_target(kernel: Kernel, actor: Actor, new: NewTarget) -> Target:
    """Scrape an address from now on. Raises ``Forbidden``, ``BadTarget`` or ``TargetExists``."""
    authorise(actor, "admin")
    if fault := find_fault(new.url):
        raise BadTarget(f"'url' {fault}.", field="url")

    def add(tx: Tx) -> Target:
        if find_target(tx, new.name) is not None:
            raise TargetExists(
                f"There is a target '{new.name}' already. Remove it first, or take another name.", field="name"
            )
        target = insert_target(tx, new, actor)
        tx.emit("target.added", new.name, {"url": new.url, "every_s": new.every_s}, actor)
        return target

    return await kernel.db.write(add)


async def remove_target(kernel: Kernel, actor: Actor, name: str) -> None:
    """Scrape it no more. Raises ``Forbidden`` or ``TargetNotFound``."""
    authorise(actor, "admin")

    def remove(tx: Tx) -> None:
        if not delete_target(tx, name):
            raise TargetNotFound(
                f"There is no scrape target '{name}'. `gonogo observe targets list` lists those there are.",
                field="name",
            )
        tx.emit("target.removed", name, {}, actor)

    await kernel.db.write(remove)
