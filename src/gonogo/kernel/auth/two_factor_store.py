"""All SQL about second factors."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from gonogo.kernel.auth.secrets import hash_token
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import recovery_codes, users

CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""


def find_factor(tx: Tx, user_id: str) -> Row[Any] | None:
    """``email, totp_secret, totp_confirmed_at, totp_step`` of a person."""
    query = select(users.c.email, users.c.totp_secret, users.c.totp_confirmed_at, users.c.totp_step)
    return tx.execute(query.where(users.c.id == user_id)).first()


def set_factor(tx: Tx, user_id: str, **values: Any) -> None:
    """Set columns of a person's second factor."""
    tx.execute(update(users).where(users.c.id == user_id).values(**values))


def remove_factor(tx: Tx, user_id: str) -> None:
    """Forget secret and recovery codes."""
    set_factor(tx, user_id, totp_secret=None, totp_confirmed_at=None, totp_step=0)
    tx.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))


def make_codes(tx: Tx, user_id: str) -> list[str]:
    """New recovery codes in place of the old; only their hashes are kept."""
    tx.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(CODES)]
    rows = [{"code_hash": _hash_code(user_id, code), "user_id": user_id} for code in codes]
    tx.execute(insert(recovery_codes), rows)
    return codes


def use_code(tx: Tx, user_id: str, code: str) -> bool:
    """Use a recovery code up; False when there is none like it left."""
    match = (recovery_codes.c.code_hash == _hash_code(user_id, code), recovery_codes.c.used_at.is_(None))
    used = update(recovery_codes).where(*match).values(used_at=format_instant(tx.clock.now()))
    return tx.execute(used).rowcount == 1


def count_codes(tx: Tx, user_id: str) -> int:
    """How many recovery codes are left."""
    match = (recovery_codes.c.user_id == user_id, recovery_codes.c.used_at.is_(None))
    left: int = tx.execute(select(func.count()).select_from(recovery_codes).where(*match)).scalar_one()
    return left


def _hash_code(user_id: str, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hash_token(f"{user_id} {plain}")
