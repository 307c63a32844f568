"""All SQL about people and their sessions."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, RowMapping, delete, insert, select, update

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.schemas import Person
from gonogo.kernel.auth.secrets import hash_token
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import sessions, users

_PERSON = tuple(users.c[name] for name in Person.__struct_fields__)


class Credential(msgspec.Struct, frozen=True):
    """Who a token stands for, and until when (UTC instant; None for no end of its own).

    Access tokens of another ``generation`` are of no use any more.
    """

    actor: Actor
    expires_at: str | None = None
    generation: int = 0
    login_id: str = ""
    has_second_factor: bool = False


def list_people(tx: Tx) -> list[Person]:
    """Everybody, by e-mail."""
    return [_make_person(row) for row in tx.execute(select(*_PERSON).order_by(users.c.email)).mappings()]


def find_person(tx: Tx, *, id: str | None = None, email: str | None = None) -> Person | None:
    """One person by id or by e-mail (upper and lower case alike)."""
    match = users.c.id == id if id is not None else users.c.email == (email or "").strip().lower()
    row = tx.execute(select(*_PERSON).where(match)).mappings().first()
    return _make_person(row) if row else None


def find_credentials(tx: Tx, email: str) -> Row[Any] | None:
    """``id, email, role, disabled_at, password_hash, totp_confirmed_at`` of the person with this e-mail."""
    return tx.execute(
        select(*_PERSON, users.c.password_hash, users.c.totp_confirmed_at).where(users.c.email == email.strip().lower())
    ).first()


def insert_person(tx: Tx, person: Person, password_hash: str) -> None:
    """Keep a new person with their password's hash."""
    values = {name: getattr(person, name) for name in Person.__struct_fields__}
    tx.execute(insert(users).values(**values | {"permissions": list(person.permissions)}, password_hash=password_hash))


def update_person(tx: Tx, id: str, values: dict[str, Any]) -> None:
    """Set columns of a person."""
    tx.execute(update(users).where(users.c.id == id).values(**values))


def insert_session(tx: Tx, values: dict[str, Any]) -> None:
    """Keep a new session."""
    tx.execute(insert(sessions).values(**values))


def find_session(tx: Tx, token: str, kind: str) -> Row[Any] | None:
    """The row of the session behind ``token`` unless it has run out."""
    now = format_instant(tx.clock.now())
    query = select(sessions)
    match = (sessions.c.token_hash == hash_token(token), sessions.c.kind == kind, sessions.c.expires_at > now)
    return tx.execute(query.where(*match)).first()


def end_sessions(tx: Tx, *, user_id: str | None = None, id: str | None = None) -> None:
    """End one session, or all of a person's and their access tokens with them."""
    match = sessions.c.id == id if id is not None else sessions.c.user_id == user_id
    if user_id is not None:
        tx.execute(update(users).where(users.c.id == user_id).values(generation=users.c.generation + 1))
    tx.execute(update(sessions).where(match, sessions.c.ended_at.is_(None)).values(ended_at=_now(tx)))


def drop_expired_sessions(tx: Tx) -> None:
    """Forget sessions that have run out. Those ended early stay till then: a stolen refresh token shows by them."""
    tx.execute(delete(sessions).where(sessions.c.expires_at <= _now(tx)))


def find_session_actor(tx: Tx, token: str) -> Credential | None:
    """Who a browser's session cookie belongs to."""
    session = find_session(tx, token, "browser")
    if session is None or session.ended_at is not None:
        return None
    found = find_person_actor(tx, session.user_id)
    if found is None:
        return None
    return msgspec.structs.replace(found, expires_at=session.expires_at, login_id=session.login_id or session.id)


def find_person_actor(tx: Tx, id: str) -> Credential | None:
    """The person with this id, unless disabled."""
    columns = (users.c.id, users.c.email, users.c.role, users.c.generation, users.c.permissions)
    query = select(*columns, users.c.totp_confirmed_at)
    row = tx.execute(query.where(users.c.id == id, users.c.disabled_at.is_(None))).first()
    if row is None:
        return None
    actor = Actor(row.id, row.email, "user", row.role, account=row.id, permissions=tuple(row.permissions))
    return Credential(actor, generation=row.generation, has_second_factor=row.totp_confirmed_at is not None)


def _make_person(row: RowMapping) -> Person:
    return Person(**{**row, "permissions": tuple(row["permissions"])})


def _now(tx: Tx) -> str:
    return format_instant(tx.clock.now())
