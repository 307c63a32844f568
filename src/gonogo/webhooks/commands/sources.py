"""Saying whose hooks are taken in."""

from __future__ import annotations

import secrets

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.desk import Desk
from gonogo.webhooks.errors import BadSource, SourceExists, SourceNotFound
from gonogo.webhooks.inbound.verify import find_fault
from gonogo.webhooks.schemas import GenericOptions, NewSource, Source
from gonogo.webhooks.sealing import seal_secret
from gonogo.webhooks.signatures import make_key
from gonogo.webhooks.store.sources import delete_source, find_source, insert_source


async def add_source(kernel: Kernel, actor: Actor, new: NewSource) -> tuple[Source, str]:
    """Take hooks in from now on. Without a secret one is made; the second value is it, told this once.

    Raises ``Forbidden``, ``BadSource`` or ``SourceExists``.
    """
    authorise(actor, "admin")
    if new.kind != "generic" and new.options != GenericOptions():
        raise BadSource(
            f"'options' are for kind generic; how {new.kind} signs is known. Leave them out.", field="options"
        )
    generated = "" if new.secret else _make_secret(new)
    secret = new.secret or generated
    if (fault := find_fault(new.kind, secret)) is not None:
        raise BadSource(f"'secret' {fault}.", field="secret")
    sealed = seal_secret(kernel.get_part(Desk).vault, new.name, secret)

    def add(tx: Tx) -> Source:
        if find_source(tx, new.name) is not None:
            raise SourceExists(f"There is a source '{new.name}' already. Remove it first, or take another name.")
        source = insert_source(tx, new, sealed, actor.name)
        tx.emit("hook.source_added", new.name, {"name": new.name, "kind": new.kind, "job": new.job}, actor)
        return source

    return await kernel.db.write(add), generated


async def remove_source(kernel: Kernel, actor: Actor, name: str) -> None:
    """Take its hooks in no more. Raises ``Forbidden`` or ``SourceNotFound``."""
    authorise(actor, "admin")

    def remove(tx: Tx) -> None:
        if not delete_source(tx, name):
            raise SourceNotFound(f"There is no source '{name}'. `gonogo webhooks sources` lists them.", field="name")
        tx.emit("hook.source_removed", name, {"name": name}, actor)

    await kernel.db.write(remove)


def _make_secret(new: NewSource) -> str:
    if new.kind in ("stripe", "slack"):
        raise BadSource(f"'secret': {new.kind.capitalize()} makes it itself; copy it from there.", field="secret")
    return make_key("v1").secret if new.kind == "standard" else secrets.token_urlsafe(32)
