"""Service accounts: who owns the keys of a program or a host. They have no password and no role."""

from __future__ import annotations

from gonogo.kernel.auth import key_store
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.errors import ServiceAccountDisabled, ServiceAccountExists, ServiceAccountNotFound
from gonogo.kernel.auth.schemas import NewServiceAccount, ServiceAccount
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.ids import new_id


async def create_service_account(db: Database, actor: Actor, new: NewServiceAccount) -> ServiceAccount:
    """Add a service account. Raises ``ServiceAccountExists``."""
    authorise(actor, "admin")
    name = new.name.strip()
    if not name:
        raise BadInput("'name' must say which program or host the account is for.", field="name")

    def change(tx: Tx) -> ServiceAccount:
        if key_store.find_service_account(tx, name) is not None:
            raise ServiceAccountExists(f"There is already a service account '{name}'.", field="name")
        return _create(tx, actor, name, new.description.strip())

    return await db.write(change)


async def change_service_account(db: Database, actor: Actor, name: str, *, disabled: bool) -> ServiceAccount:
    """Disable a service account, which ends all its keys, or enable it again. Raises ``ServiceAccountNotFound``."""
    authorise(actor, "admin")

    def change(tx: Tx) -> ServiceAccount:
        account = _get(tx, name)
        if bool(account.disabled_at) == disabled:
            return account
        key_store.disable_service_account(tx, account.id, disabled=disabled)
        facts = {"name": account.name, "from": {"disabled": not disabled}, "to": {"disabled": disabled}}
        tx.emit("service_account.changed", account.id, facts, actor)
        return _get(tx, account.id)

    return await db.write(change)


def get_enabled(tx: Tx, name: str) -> ServiceAccount:
    """Raises ``ServiceAccountNotFound`` or ``ServiceAccountDisabled``."""
    account = _get(tx, name)
    if account.disabled_at:
        raise ServiceAccountDisabled(
            f"The service account '{account.name}' is disabled. Enable it first, or choose another.",
            field="service_account",
        )
    return account


def find_or_create(tx: Tx, actor: Actor, name: str) -> ServiceAccount:
    """The service account of this name, created when it is missing. Raises ``ServiceAccountDisabled``."""
    if key_store.find_service_account(tx, name) is not None:
        return get_enabled(tx, name)
    return _create(tx, actor, name, "")


def _create(tx: Tx, actor: Actor, name: str, description: str) -> ServiceAccount:
    account = ServiceAccount(new_id(), name, description, actor.name, format_instant(tx.clock.now()))
    key_store.insert_service_account(tx, account)
    tx.emit("service_account.created", account.id, {"name": name}, actor)
    return account


def _get(tx: Tx, name: str) -> ServiceAccount:
    account = key_store.find_service_account(tx, name)
    if account is None:
        raise ServiceAccountNotFound(
            f"There is no service account '{name}'. `gonogo service-accounts create {name}` creates it.",
            field="service_account",
        )
    return account
