"""Answers kept under the ``Idempotency-Key`` of their request, so that a repeated request acts once."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from sqlalchemy import delete, insert, select, update

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import idempotency_keys
from gonogo.kernel.errors import BadInput, Conflict

KEPT = timedelta(hours=1)
_ANSWER = (idempotency_keys.c.status, idempotency_keys.c.content_type, idempotency_keys.c.body)


class KeyReused(BadInput):
    """The key came before, with another request."""

    type, title = "idempotency-key-reused", "This key belongs to another request"


class OutcomeUnknown(Conflict):
    """A request with this key is under way, or was cut off."""

    type, title = "outcome-unknown", "A request with this key has not ended"


class AnswerNotKept(Conflict):
    """The request was carried out, but its answer held a secret or was too large to keep."""

    type, title = "answer-not-kept", "This was done already"


class StoredAnswer(msgspec.Struct, frozen=True):
    """What the first request was answered; no ``body`` when that was not for keeping."""

    status: int
    content_type: str
    body: str | None


def claim_key(tx: Tx, key: str, fingerprint: str) -> StoredAnswer | None:
    """Claim ``key`` for the request with this fingerprint (None), or give the answer of the one before.

    Raises ``KeyReused``, ``OutcomeUnknown`` or ``AnswerNotKept``.
    """
    match = (idempotency_keys.c.key == key, idempotency_keys.c.at > _find_horizon(tx))
    row = tx.execute(select(idempotency_keys.c.fingerprint, *_ANSWER).where(*match)).first()
    if row is None:
        free_key(tx, key)
        now = format_instant(tx.clock.now())
        tx.execute(insert(idempotency_keys).values(key=key, fingerprint=fingerprint, at=now))
        return None
    if row.fingerprint != fingerprint:
        raise KeyReused(
            "This Idempotency-Key was sent with another request. Use a new key for a new request.",
            field="Idempotency-Key",
        )
    if row.status is None:
        raise OutcomeUnknown(
            "A request with this Idempotency-Key is under way, or was cut off before its answer was kept. "
            "Look whether it took effect; if not, send it with a new key."
        )
    if row.body is None:
        raise AnswerNotKept(
            "A request with this Idempotency-Key was carried out; its answer held a secret or was too large to keep. "
            "Read what it made instead of sending it again."
        )
    return StoredAnswer(row.status, row.content_type, row.body)


def keep_answer(tx: Tx, key: str, answer: StoredAnswer) -> None:
    """Store the answer under a claimed key."""
    values = {"status": answer.status, "content_type": answer.content_type, "body": answer.body}
    tx.execute(update(idempotency_keys).where(idempotency_keys.c.key == key).values(**values))


def free_key(tx: Tx, key: str) -> None:
    """Let the key be claimed again: its request failed on our side."""
    tx.execute(delete(idempotency_keys).where(idempotency_keys.c.key == key))


def drop_old_answers(tx: Tx) -> None:
    """Forget what is older than ``KEPT``."""
    tx.execute(delete(idempotency_keys).where(idempotency_keys.c.at <= _find_horizon(tx)))


def _find_horizon(tx: Tx) -> str:
    return format_instant(tx.clock.now() - KEPT)
