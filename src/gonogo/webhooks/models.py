"""The tables of this room. Instants are UTC in ISO 8601; secrets lie sealed."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from gonogo.kernel.db.tables import metadata

# Written out, not bound: SQLite can't see that a bound value fits a partial index. On Postgres the migrations make
# these indexes partial; to say so here would load its dialect, 3 MB, for nothing.
IS_PENDING = text("webhook_deliveries.state = 'pending'")
IS_FAILED = text("webhook_deliveries.state = 'failed'")

event_types = Table(
    "webhook_event_types",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("description", Text, nullable=False),
    Column("schema", Text, nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("created_by", String(200), nullable=False),
)

endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("url", String(2000), nullable=False),
    Column("description", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("headers", Text, nullable=False),
    Column("header_names", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("signature", String(8), nullable=False),
    Column("rate_limit", Integer),
    Column("ordered", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("failing_since", String(24)),
    Column("last_failed_at", String(24)),
    Column("warned", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("updated_at", String(24), nullable=False),
)

messages = Table(
    "webhook_messages",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("type", String(120), nullable=False),
    Column("at", String(24), nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "at"),
)

deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("message_id", String(80), nullable=False),
    Column("endpoint_id", String(36), nullable=False),
    Column("type", String(120), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_attempt_at", String(24), nullable=False),
    Column("leased_by", String(80), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("finished_at", String(24)),
    Column("last_status", Integer),
    Column("last_error", Text, nullable=False),
    UniqueConstraint("message_id", "endpoint_id"),
    Index(
        "ix_webhook_deliveries_due",
        "endpoint_id",
        "next_attempt_at",
        sqlite_where=IS_PENDING,
    ),
    Index("ix_webhook_deliveries_line", "endpoint_id", "id", sqlite_where=IS_PENDING),
    Index("ix_webhook_deliveries_failed", "endpoint_id", "id", sqlite_where=IS_FAILED),
    Index(None, "endpoint_id", "id"),
    sqlite_autoincrement=True,
)

attempts = Table(
    "webhook_attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", Integer, nullable=False),
    Column("endpoint_id", String(36), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", String(24), nullable=False),
    Column("status", Integer),
    Column("error", Text, nullable=False),
    Column("wait_ms", Float),
    Column("took_ms", Float, nullable=False),
    Column("request", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Index(None, "delivery_id"),
    Index(None, "endpoint_id", "id"),
    sqlite_autoincrement=True,
)

minutes = Table(
    "webhook_minutes",
    metadata,
    Column("minute", String(16), nullable=False),
    Column("endpoint_id", String(36), nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("took_ms", Float, nullable=False),
    Column("slowest_ms", Float, nullable=False),
    PrimaryKeyConstraint("minute", "endpoint_id"),
    sqlite_with_rowid=False,
)
"""Attempts of every endpoint added up by the minute: what success rates are made of."""

cursors = Table(
    "webhook_cursors",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("seq", Integer, nullable=False),
)

sources = Table(
    "webhook_sources",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("description", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("task", String(200), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("created_by", String(200), nullable=False),
)

received = Table(
    "webhook_received",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("source", String(80), nullable=False),
    Column("external_id", String(300), nullable=False),
    Column("type", String(200), nullable=False),
    Column("at", String(24), nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", String(64)),
    UniqueConstraint("source", "external_id"),
    Index(None, "source", "digest"),
    Index(None, "at"),
)
