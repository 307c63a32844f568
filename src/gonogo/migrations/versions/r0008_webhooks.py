"""Webhooks: endpoints, deliveries with their attempts, and what came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_directory()
    _create_deliveries()
    _create_attempts()
    _create_inbound()
    # What happened before there were webhooks is told to nobody.
    op.execute("INSERT INTO webhook_cursors (name, seq) SELECT 'event_log', coalesce(max(seq), 0) FROM event_log")


def _create_directory() -> None:
    op.create_table(
        "webhook_event_types",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("schema", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_webhook_event_types"),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("header_names", sa.Text, nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("signature", sa.String(8), nullable=False),
        sa.Column("rate_limit", sa.Integer),
        sa.Column("ordered", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("failing_since", sa.String(24)),
        sa.Column("last_failed_at", sa.String(24)),
        sa.Column("warned", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("updated_at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
    )
    op.create_table(
        "webhook_cursors",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_webhook_cursors"),
    )


def _create_deliveries() -> None:
    op.create_table(
        "webhook_messages",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_messages"),
    )
    op.create_index("ix_webhook_messages_at", "webhook_messages", ["at"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("message_id", sa.String(80), nullable=False),
        sa.Column("endpoint_id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.String(24), nullable=False),
        sa.Column("leased_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("finished_at", sa.String(24)),
        sa.Column("last_status", sa.Integer),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.UniqueConstraint("message_id", "endpoint_id", name="uq_webhook_deliveries_message_id_endpoint_id"),
        sqlite_autoincrement=True,
    )
    for name, column, state in (
        ("due", "next_attempt_at", "pending"),
        ("line", "id", "pending"),
        ("failed", "id", "failed"),
    ):
        where = sa.text(f"webhook_deliveries.state = '{state}'")
        op.create_index(
            f"ix_webhook_deliveries_{name}",
            "webhook_deliveries",
            ["endpoint_id", column],
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_index("ix_webhook_deliveries_endpoint_id_id", "webhook_deliveries", ["endpoint_id", "id"])


def _create_attempts() -> None:
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("delivery_id", sa.Integer, nullable=False),
        sa.Column("endpoint_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("wait_ms", sa.Float),
        sa.Column("took_ms", sa.Float, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("response", sa.Text, nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhook_attempts_delivery_id", "webhook_attempts", ["delivery_id"])
    op.create_index("ix_webhook_attempts_endpoint_id_id", "webhook_attempts", ["endpoint_id", "id"])
    op.create_table(
        "webhook_minutes",
        sa.Column("minute", sa.String(16), nullable=False),
        sa.Column("endpoint_id", sa.String(36), nullable=False),
        sa.Column("delivered", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("took_ms", sa.Float, nullable=False),
        sa.Column("slowest_ms", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("minute", "endpoint_id", name="pk_webhook_minutes"),
        sqlite_with_rowid=False,
    )


def _create_inbound() -> None:
    op.create_table(
        "webhook_sources",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("task", sa.String(200), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_webhook_sources"),
    )
    op.create_table(
        "webhook_received",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("external_id", sa.String(300), nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_received"),
        sa.UniqueConstraint("source", "external_id", name="uq_webhook_received_source_external_id"),
    )
    op.create_index("ix_webhook_received_at", "webhook_received", ["at"])


def downgrade() -> None:
    for table in ("received", "sources", "minutes", "attempts", "deliveries", "messages", "cursors", "endpoints"):
        op.drop_table(f"webhook_{table}")
    op.drop_table("webhook_event_types")
