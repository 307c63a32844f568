"""All SQL about keys and the service accounts that own them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import RowMapping, Select, insert, select, update

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.bounds import Bound
from gonogo.kernel.auth.schemas import Key, ServiceAccount
from gonogo.kernel.auth.scopes import find_role, list_usable
from gonogo.kernel.auth.secrets import hash_token
from gonogo.kernel.auth.store import Credential
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import api_keys, service_accounts, users

_OWNER = (
    users.c.email,
    users.c.role.label("user_role"),
    users.c.disabled_at.label("user_disabled"),
    service_accounts.c.name.label("service"),
    service_accounts.c.disabled_at.label("service_disabled"),
)
_KEY = (*(column for column in api_keys.c if column.name != "token_hash"), *_OWNER)


class Owner(msgspec.Struct, frozen=True):
    """Whom a key belongs to: exactly one of the two ids."""

    name: str
    user_id: str | None = None
    service_account_id: str | None = None


def list_keys(tx: Tx) -> list[Key]:
    """All keys, newest first."""
    rows = tx.execute(_select_keys().order_by(api_keys.c.id.desc())).mappings()
    return [_make_key(row, format_instant(tx.clock.now())) for row in rows]


def find_key_actor(tx: Tx, token: str) -> Credential | None:
    """Who an API key stands for, unless it was revoked, has expired, or lost its owner."""
    row = tx.execute(_select_keys().where(api_keys.c.token_hash == hash_token(token))).mappings().first()
    if row is None or not _is_live(row, format_instant(tx.clock.now())):
        return None
    scopes = list_usable(row["scopes"], row["user_role"] if row["user_id"] else "admin")
    actor = Actor(
        row["id"],
        f"key {row['name']}",
        "key",
        find_role(scopes),
        row["created_by"],
        account=row["user_id"] or row["service_account_id"],
        scopes=scopes,
        bound=msgspec.convert(row["bound"], Bound),
    )
    return Credential(actor, row["expires_at"])


def find_known_key(tx: Tx, token: str) -> Actor | None:
    """Whose key this is or was, even if it no longer works: for the record of its refusal."""
    row = tx.execute(_select_keys().where(api_keys.c.token_hash == hash_token(token))).mappings().first()
    if row is None:
        return None
    account = row["user_id"] or row["service_account_id"] or ""
    return Actor(row["id"], f"key {row['name']}", "key", "viewer", account=account)


def find_owner(tx: Tx, key: str) -> Owner | None:
    """Whom this key belongs to."""
    row = tx.execute(_select_keys().where(api_keys.c.id == key)).mappings().first()
    return Owner(_name_owner(row), row["user_id"], row["service_account_id"]) if row else None


def insert_key(tx: Tx, key: Key, owner: Owner, token: str) -> None:
    """Keep a new key, its token as a hash."""
    same = ("id", "name", "hint", "created_by", "created_at", "expires_at")
    values: dict[str, Any] = {name: getattr(key, name) for name in same}
    values |= {"scopes": list(key.scopes), "bound": msgspec.to_builtins(key.bound), "role": "viewer"}
    values |= {"user_id": owner.user_id, "service_account_id": owner.service_account_id}
    tx.execute(insert(api_keys).values(**values, token_hash=hash_token(token)))


def revoke_key(tx: Tx, id: str) -> bool:
    """Whether there was such a key, not yet revoked."""
    match = (api_keys.c.id == id, api_keys.c.revoked_at.is_(None))
    values = {"revoked_at": format_instant(tx.clock.now())}
    return tx.execute(update(api_keys).where(*match).values(**values)).rowcount == 1


def record_use(tx: Tx, id: str, at: str) -> None:
    """Note when a key was used last."""
    tx.execute(update(api_keys).where(api_keys.c.id == id).values(last_used_at=at))


def list_service_accounts(tx: Tx) -> list[ServiceAccount]:
    """All service accounts by name."""
    query = select(service_accounts).order_by(service_accounts.c.name)
    return [ServiceAccount(**row) for row in tx.execute(query).mappings()]


def find_service_account(tx: Tx, name: str) -> ServiceAccount | None:
    """The service account with this name or id."""
    match = (service_accounts.c.name == name) | (service_accounts.c.id == name)
    row = tx.execute(select(service_accounts).where(match)).mappings().first()
    return ServiceAccount(**row) if row else None


def insert_service_account(tx: Tx, account: ServiceAccount) -> None:
    """Keep a new service account."""
    tx.execute(insert(service_accounts).values(**msgspec.structs.asdict(account)))


def disable_service_account(tx: Tx, id: str, *, disabled: bool) -> None:
    """Disable a service account and so its keys, or enable it again."""
    values = {"disabled_at": format_instant(tx.clock.now()) if disabled else None}
    tx.execute(update(service_accounts).where(service_accounts.c.id == id).values(**values))


def _select_keys() -> Select[Any]:
    joined = api_keys.outerjoin(users, users.c.id == api_keys.c.user_id).outerjoin(
        service_accounts, service_accounts.c.id == api_keys.c.service_account_id
    )
    return select(*_KEY).select_from(joined)


def _make_key(row: RowMapping, now: str) -> Key:
    kind: Literal["person", "service account"] = "person" if row["user_id"] else "service account"
    same = {name: row[name] for name in Key.__struct_fields__ if name in row}
    return Key(
        **same
        | {
            "scopes": tuple(row["scopes"]),
            "bound": msgspec.convert(row["bound"], Bound),
            "owner": _name_owner(row),
            "owner_kind": kind,
            "live": _is_live(row, now),
        }
    )


def _name_owner(row: RowMapping) -> str:
    return str(row["email"] or row["service"] or "")


def _is_live(row: RowMapping, now: str) -> bool:
    if row["revoked_at"] or (row["expires_at"] and row["expires_at"] <= now):
        return False
    by_person = row["email"] is not None and row["user_disabled"] is None
    return by_person or (row["service"] is not None and row["service_disabled"] is None)
