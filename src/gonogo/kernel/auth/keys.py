"""API keys: made once, shown once, kept as a hash."""

from __future__ import annotations

from datetime import timedelta

from gonogo.kernel.auth import store
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.errors import KeyNotFound
from gonogo.kernel.auth.schemas import Key, NewKey
from gonogo.kernel.auth.secrets import generate_token
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.ids import new_id

PREFIX = "gnk"
LONGEST_DAYS = 3650


async def create_key(db: Database, actor: Actor, new: NewKey) -> tuple[Key, str]:
    """A new key and its token, which can't be had again."""
    authorise(actor, "admin")
    if not new.name.strip():
        raise BadInput("'name' must say what the key is for.", field="name")
    if new.expires_days is not None and not 1 <= new.expires_days <= LONGEST_DAYS:
        raise BadInput(f"'expires_days' must be from 1 to {LONGEST_DAYS}, or absent.", field="expires_days")
    token = generate_token(PREFIX)

    def change(tx: Tx) -> Key:
        now = tx.clock.now()
        expires = format_instant(now + timedelta(days=new.expires_days)) if new.expires_days else None
        key = Key(new_id(), new.name.strip(), token[:9], new.role, actor.name, format_instant(now), expires)
        store.insert_key(tx, key, token)
        tx.emit("key.created", key.id, {"name": key.name, "role": key.role}, actor)
        return key

    return await db.write(change), token


async def revoke_key(db: Database, actor: Actor, id: str) -> None:
    """Make a key useless from now on. Raises ``KeyNotFound``."""
    authorise(actor, "admin")

    def change(tx: Tx) -> None:
        if not store.revoke_key(tx, id):
            raise KeyNotFound(f"There is no live key with the id {id}.", field="id")
        tx.emit("key.revoked", id, {}, actor)

    await db.write(change)
