"""All SQL about links that invite somebody or reset a password."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update

from gonogo.kernel.auth.schemas import AccessLink
from gonogo.kernel.auth.secrets import hash_token
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import access_links as links

KEPT = timedelta(days=30)
_LINK = tuple(links.c[name] for name in AccessLink.__struct_fields__)


def insert_link(tx: Tx, link: AccessLink, token: str) -> None:
    """Keep a new link, its token as a hash."""
    values = {name: getattr(link, name) for name in AccessLink.__struct_fields__}
    tx.execute(insert(links).values(**values, token_hash=hash_token(token)))


def list_links(tx: Tx) -> list[AccessLink]:
    """Links that still work, newest first."""
    rows = tx.execute(select(*_LINK).where(*_open(tx)).order_by(links.c.id.desc())).mappings()
    return [AccessLink(**row) for row in rows]


def find_link(tx: Tx, token: str) -> AccessLink | None:
    """The link behind a token, while it works."""
    row = tx.execute(select(*_LINK).where(links.c.token_hash == hash_token(token), *_open(tx))).mappings().first()
    return AccessLink(**row) if row else None


def use_link(tx: Tx, id: str) -> bool:
    """Use a link up; False when it works no more."""
    used = update(links).where(links.c.id == id, *_open(tx)).values(used_at=format_instant(tx.clock.now()))
    return tx.execute(used).rowcount == 1


def revoke_link(tx: Tx, id: str) -> AccessLink | None:
    """Make one link useless; None when it was already."""
    row = tx.execute(select(*_LINK).where(links.c.id == id, *_open(tx))).mappings().first()
    if row is None:
        return None
    tx.execute(update(links).where(links.c.id == id).values(revoked_at=format_instant(tx.clock.now())))
    return AccessLink(**row)


def revoke_links(tx: Tx, email: str) -> None:
    """Make every open link to an e-mail useless: a new one takes its place."""
    tx.execute(
        update(links).where(links.c.email == email, *_open(tx)).values(revoked_at=format_instant(tx.clock.now()))
    )


def drop_old_links(tx: Tx) -> None:
    """Forget links that expired a month ago; the events about them stay."""
    horizon = format_instant(tx.clock.now() - KEPT)
    tx.execute(delete(links).where(links.c.expires_at < horizon))


def _open(tx: Tx) -> tuple[ColumnElement[bool], ...]:
    now = format_instant(tx.clock.now())
    return links.c.used_at.is_(None), links.c.revoked_at.is_(None), links.c.expires_at > now
