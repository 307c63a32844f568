"""Alerts: rules, states, silences, and the ledger of notifications."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ADDED = ("series", "unit", "acknowledged_note", "ended_because")


def upgrade() -> None:
    for column in ADDED:
        op.add_column("infrastructure_alerts", sa.Column(column, sa.Text, nullable=False, server_default=""))
    _create_said()
    _create_told()


def _create_said() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("saved_at", sa.String(24), nullable=False),
        sa.Column("saved_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_alert_rules"),
    )
    op.create_table(
        "alert_silences",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("matchers", sa.Text, nullable=False),
        sa.Column("starts_at", sa.String(24), nullable=False),
        sa.Column("ends_at", sa.String(24), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_silences"),
    )
    op.create_index("ix_alert_silences_ends_at", "alert_silences", ["ends_at"])
    op.create_table(
        "alert_tracks",
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("series", sa.String(2000), nullable=False),
        sa.Column("track", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("rule", "series", name="pk_alert_tracks"),
        sqlite_with_rowid=False,
    )


def _create_told() -> None:
    op.create_table(
        "alert_ledger",
        sa.Column("seq", sa.Integer, autoincrement=True),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("alert", sa.String(36), nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("notification", sa.String(36), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_alert_ledger"),
        sqlite_autoincrement=True,
    )
    for column in ("alert", "rule", "notification", "at"):
        op.create_index(f"ix_alert_ledger_{column}", "alert_ledger", [column])
    op.create_table(
        "alert_outbox",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("notification", sa.String(36), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("due_at", sa.String(24), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_outbox"),
    )
    op.create_index("ix_alert_outbox_state_id", "alert_outbox", ["state", "id"])


def downgrade() -> None:
    for table in ("alert_outbox", "alert_ledger", "alert_tracks", "alert_silences", "alert_rules"):
        op.drop_table(table)
    for column in reversed(ADDED):
        op.drop_column("infrastructure_alerts", column)
