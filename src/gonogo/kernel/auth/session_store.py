"""All SQL about logins: a browser's session, or a program's row of refresh tokens that follow one another."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update

from gonogo.kernel.auth.schemas import Session
from gonogo.kernel.auth.store import Credential, find_person_actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import sessions, users

KINDS = {"browser": "browser", "refresh": "program"}


def list_sessions(tx: Tx, user_id: str | None = None) -> list[Session]:
    """Live logins of one person, or of everybody; newest first."""
    query = select(sessions, users.c.email).join(users, users.c.id == sessions.c.user_id).where(*_live(tx))
    if user_id is not None:
        query = query.where(sessions.c.user_id == user_id)
    rows = tx.execute(query.order_by(sessions.c.opened_at.desc(), sessions.c.id.desc()))
    return [
        Session(
            id=row.login_id,
            person=row.email,
            kind=KINDS.get(row.kind, row.kind),
            device=row.device,
            address=row.address,
            opened_at=row.opened_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]


def find_login(tx: Tx, login_id: str) -> Credential | None:
    """The person of a login, while it is live."""
    query = select(sessions.c.user_id).where(sessions.c.login_id == login_id, *_live(tx))
    row = tx.execute(query).first()
    return find_person_actor(tx, row.user_id) if row else None


def end_login(tx: Tx, login_id: str, user_id: str | None = None) -> str | None:
    """End a login, of this person if one is named; gives its owner's id, or None when there is no such live one."""
    match = [sessions.c.login_id == login_id, *_live(tx)]
    if user_id is not None:
        match.append(sessions.c.user_id == user_id)
    row = tx.execute(select(sessions.c.user_id).where(*match)).first()
    if row is None:
        return None
    tx.execute(update(sessions).where(*match).values(ended_at=format_instant(tx.clock.now())))
    return str(row.user_id)


def end_other_logins(tx: Tx, user_id: str, current: str) -> int:
    """End every login of a person but one; how many there were."""
    match = (sessions.c.user_id == user_id, sessions.c.login_id != current, *_live(tx))
    return tx.execute(update(sessions).where(*match).values(ended_at=format_instant(tx.clock.now()))).rowcount


def note_uses(tx: Tx, seen: dict[str, str]) -> None:
    """Write down when logins were last used."""
    rows = [(at, login_id) for login_id, at in seen.items()]
    tx.run_many("UPDATE sessions SET last_seen_at = ? WHERE login_id = ? AND ended_at IS NULL", rows)


def _live(tx: Tx) -> tuple[ColumnElement[bool], ...]:
    return (sessions.c.ended_at.is_(None), sessions.c.expires_at > format_instant(tx.clock.now()))
