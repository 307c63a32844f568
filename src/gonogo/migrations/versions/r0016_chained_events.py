"""The event log with addresses and accounts, chained by hashes, and its signed checkpoints."""

import msgspec
import sqlalchemy as sa
from alembic import op

from gonogo.kernel.clock import SystemClock, format_instant
from gonogo.kernel.events.chain import GENESIS, hash_fields
from gonogo.kernel.ids import new_id

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_COLUMNS = (("account", 80), ("address", 64), ("request_id", 64), ("previous", 64), ("hash", 64))
_AT_ONCE = 1000


def upgrade() -> None:
    for name, length in _COLUMNS:
        op.add_column("event_log", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.create_table(
        "event_head",
        sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "event_checkpoints",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("pruned", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("signature", sa.String(120), nullable=False),
        sa.Column("signed_with", sa.String(60), nullable=False),
    )
    _anchor_chain()


def _anchor_chain() -> None:
    """Chain what is there already, and say in an entry of the chain how much that was."""
    seq, head, count = _chain_existing(op.get_bind())
    if count:
        seq, head = _append_anchor(seq, head, count)
    op.get_bind().exec_driver_sql("INSERT INTO event_head (one, seq, hash) VALUES (1, ?, ?)", (seq, head))


def _append_anchor(seq: int, head: str, count: int) -> tuple[int, str]:
    data = msgspec.json.encode({"entries": count, "last_seq": seq}).decode()
    at = format_instant(SystemClock().now())
    row = (new_id(), "audit.anchored", "audit", at, "system", "Gonogo", "", "", "", data, head)
    names = "id, name, subject, at, actor, actor_name, account, address, request_id, data, previous, hash"
    digest = hash_fields(seq + 1, *row)
    op.get_bind().exec_driver_sql(
        f"INSERT INTO event_log (seq, {names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (seq + 1, *row, digest),
    )
    return seq + 1, digest


def _chain_existing(connection: sa.Connection) -> tuple[int, str, int]:
    seq, head, count = 0, GENESIS, 0
    query = (
        "SELECT seq, id, name, subject, at, actor, actor_name, account, address, request_id, data FROM event_log"
        " WHERE seq > ? ORDER BY seq LIMIT ?"
    )
    while rows := connection.exec_driver_sql(query, (seq, _AT_ONCE)).fetchall():
        chained = []
        for row in rows:
            seq, previous, head = row[0], head, hash_fields(row[0], *row[1:], head)
            chained.append((previous, head, seq))
        connection.exec_driver_sql("UPDATE event_log SET previous = ?, hash = ? WHERE seq = ?", chained)
        count += len(rows)
    return seq, head, count


def downgrade() -> None:
    op.drop_table("event_checkpoints")
    op.drop_table("event_head")
    for name, _ in reversed(_COLUMNS):
        op.drop_column("event_log", name)
