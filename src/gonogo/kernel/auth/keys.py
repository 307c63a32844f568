"""API keys: created once, shown once, kept as a hash. Each has scopes, an owner and an end."""

from __future__ import annotations

from datetime import timedelta

from gonogo.kernel.auth import key_store
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.errors import KeyNotFound, KeysHaveScopes
from gonogo.kernel.auth.key_store import Owner
from gonogo.kernel.auth.schemas import Key, NewKey
from gonogo.kernel.auth.scopes import check_scopes
from gonogo.kernel.auth.secrets import generate_token
from gonogo.kernel.auth.service_accounts import find_or_create, get_enabled
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.ids import new_id

PREFIX = "gnk"
LONGEST_DAYS = 3650


async def create_key(db: Database, actor: Actor, new: NewKey) -> tuple[Key, str]:
    """A new key and its token, which can't be had again."""
    authorise(actor, "admin")
    if new.role is not None:
        raise KeysHaveScopes(
            "Keys have scopes, not a role. Leave 'role' out and give the smallest 'scopes' that work, such as "
            '["observe:write"] for a host agent with \'bound\': {"host": "web-1"}.',
            field="role",
        )
    name = _check_name(new.name)
    scopes = check_scopes(new.scopes, new.bound)
    days = None if new.expires_days == "never" else new.expires_days
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise BadInput(f"'expires_days' must be from 1 to {LONGEST_DAYS}, or \"never\".", field="expires_days")
    token = generate_token(PREFIX)

    def change(tx: Tx) -> Key:
        now = tx.clock.now()
        owner = _find_owner(tx, actor, new.service_account, name)
        key = Key(
            id=new_id(),
            name=name,
            hint=token[:9],
            scopes=scopes,
            bound=new.bound,
            owner=owner.name,
            owner_kind="person" if owner.user_id else "service account",
            created_by=actor.name,
            created_at=format_instant(now),
            expires_at=format_instant(now + timedelta(days=days)) if days else None,
        )
        key_store.insert_key(tx, key, owner, token)
        facts = {"name": name, "scopes": list(scopes), "bound": new.bound.describe(), "owner": owner.name}
        tx.emit("key.created", key.id, facts | {"expires_at": key.expires_at}, actor)
        return key

    return await db.write(change), token


async def revoke_key(db: Database, actor: Actor, id: str) -> None:
    """Make a key useless from now on. Raises ``KeyNotFound``."""
    authorise(actor, "admin")

    def change(tx: Tx) -> None:
        if not key_store.revoke_key(tx, id):
            raise KeyNotFound(f"There is no live key with the id {id}.", field="id")
        tx.emit("key.revoked", id, {}, actor)

    await db.write(change)


def _find_owner(tx: Tx, actor: Actor, service_account: str | None, name: str) -> Owner:
    if service_account is not None:
        account = get_enabled(tx, service_account)
        return Owner(account.name, service_account_id=account.id)
    if actor.kind == "user":
        return Owner(actor.name, user_id=actor.id)
    if actor.kind == "key" and (owner := key_store.find_owner(tx, actor.id)) is not None:
        return owner
    # The command line of this machine and Gonogo itself are nobody: what they make belongs to an account of its name.
    account = find_or_create(tx, actor, name)
    return Owner(account.name, service_account_id=account.id)


def _check_name(name: str) -> str:
    if not name.strip():
        raise BadInput("'name' must say what the key is for.", field="name")
    return name.strip()
