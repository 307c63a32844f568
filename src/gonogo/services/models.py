"""The tables of this room."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from gonogo.kernel.db.tables import metadata

services = Table(
    "services",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("wanted", String(8), nullable=False),
    Column("active", String(80)),
    Column("previous", String(80)),
    Column("base", Text, nullable=False),
    Column("replicas", Integer),
    Column("seen", Integer, nullable=False),
    Column("updated_at", String(24), nullable=False),
)
"""``base`` is what gonogo.toml started when the active version was chosen, ``seen`` the keeper's last entry told of."""

versions = Table(
    "service_versions",
    metadata,
    Column("service", String(63), nullable=False),
    Column("version", String(80), nullable=False),
    Column("launch", Text, nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("created_by", String(200), nullable=False),
    PrimaryKeyConstraint("service", "version"),
)

swaps = Table(
    "service_swaps",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("service", String(63), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("from_version", String(80), nullable=False),
    Column("to_version", String(80), nullable=False),
    Column("driver", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("ready_s", Float),
    Column("duration_s", Float),
    Column("started_at", String(24), nullable=False),
    Column("finished_at", String(24)),
    Column("actor", String(80), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Index(None, "service", "started_at"),
)
