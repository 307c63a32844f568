"""The tables behind ``infrastructure_alerts``: what people said, where each series stands, and what was told."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from gonogo.kernel.db.tables import metadata

rules = Table(
    "alert_rules",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("body", Text, nullable=False),
    Column("saved_at", String(24), nullable=False),
    Column("saved_by", String(200), nullable=False),
)

silences = Table(
    "alert_silences",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("matchers", Text, nullable=False),
    Column("starts_at", String(24), nullable=False),
    Column("ends_at", String(24), nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "ends_at"),
)

tracks = Table(
    "alert_tracks",
    metadata,
    Column("rule", String(80), nullable=False),
    Column("series", String(2000), nullable=False),
    Column("track", Text, nullable=False),
    PrimaryKeyConstraint("rule", "series"),
    sqlite_with_rowid=False,
)

ledger = Table(
    "alert_ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String(24), nullable=False),
    Column("alert", String(36), nullable=False),
    Column("rule", String(80), nullable=False),
    Column("series", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("channel", String(80), nullable=False),
    Column("notification", String(36), nullable=False),
    Column("attempt", Integer, nullable=False),
    *(Index(None, name) for name in ("alert", "rule", "notification", "at")),
    sqlite_autoincrement=True,
)

outbox = Table(
    "alert_outbox",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("notification", String(36), nullable=False),
    Column("channel", String(80), nullable=False),
    Column("target", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("due_at", String(24), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Text, nullable=False),
    Index(None, "state", "id"),
)
