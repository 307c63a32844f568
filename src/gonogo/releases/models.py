"""Tables of the releases room."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from gonogo.kernel.db.tables import metadata

checklists = Table(
    "checklists",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("path", String(1000), unique=True),
    Column("markdown", Text, nullable=False),
    Column("adoption", Text),
    Column("sha256", String(64), nullable=False),
    Column("approved_sha256", String(64)),
    Column("approved_by", String(200)),
    Column("approved_at", String(24)),
    Column("created_at", String(24), nullable=False),
    Column("updated_at", String(24), nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("checklist_id", ForeignKey("checklists.id")),
    Column("title", String(500), nullable=False),
    Column("path", String(1000), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("markdown", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("environment", String(100)),
    Column("target", String(1000), nullable=False),
    Column("workdir", String(1000), nullable=False),
    Column("started_by", String(80), nullable=False),
    Column("started_by_name", String(200), nullable=False),
    Column("started_at", String(24), nullable=False),
    Column("finished_at", String(24)),
    Column("status", String(16), nullable=False),
    Column("verdict", String(8)),
    Column("rollback_seconds", Float),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", String(64), nullable=False),
    Index(None, "status"),
    Index(None, "path"),
)

release_journal = Table(
    "release_journal",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(24), nullable=False),
    Column("name", String(40), nullable=False),
    Column("item", String(200)),
    Column("actor", String(80), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("data", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("signature", String(120)),
    Column("signed_with", String(60)),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("title", String(500), nullable=False),
    Column("run", ForeignKey("runs.id")),
    Column("status", String(8), nullable=False),
    Column("opened_at", String(24), nullable=False),
    Column("opened_by", String(200), nullable=False),
    Column("closed_at", String(24)),
    Column("cause", Text, nullable=False),
    Column("measures", Text, nullable=False),
    Column("timeline", JSON, nullable=False),
    Column("steps", JSON, nullable=False),
    Column("excerpts", JSON, nullable=False),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("text", Text, nullable=False),
    Column("period", String(20), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("due_at", String(24), nullable=False),
    Column("run", ForeignKey("runs.id")),
    Column("item", String(200)),
    Column("incident", ForeignKey("incidents.id")),
    Column("done_at", String(24)),
    Column("done_by", String(200)),
    Column("note", Text, nullable=False),
    Column("reminded_at", String(24)),
    Index(None, "due_at"),
    Index(None, "run", "item", unique=True),
)
