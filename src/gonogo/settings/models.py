"""The tables of this room. ``settings`` is public: people read and edit it with their own tools."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from gonogo.kernel.db.tables import metadata

DEFAULT = "default"
"""The environment that lives in ``settings``; the others lie over it in ``settings_overlays``."""

settings = Table(
    "settings",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("value", Text, nullable=False),
    Column("category", String(100), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("updated_at", String(24), nullable=False, server_default=""),
    Column("updated_by", String(200), nullable=False, server_default=""),
    Index(None, "category"),
)

overlays = Table(
    "settings_overlays",
    metadata,
    Column("environment", String(80), nullable=False),
    Column("key", String(200), nullable=False),
    Column("value", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("updated_at", String(24), nullable=False, server_default=""),
    Column("updated_by", String(200), nullable=False, server_default=""),
    PrimaryKeyConstraint("environment", "key"),
)

environments = Table(
    "settings_environments",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("parent", String(80), nullable=False),
)

definitions = Table(
    "settings_definitions",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("source", String(200), nullable=False),
    Column("definition", Text, nullable=False),
)

presets = Table(
    "settings_presets",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("preset", Text, nullable=False),
    Column("updated_at", String(24), nullable=False),
    Column("updated_by", String(200), nullable=False),
)

history = Table(
    "settings_history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("environment", String(80), nullable=False),
    Column("key", String(200), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("setting_version", Integer, nullable=False),
    Column("action", String(80), nullable=False),
    Column("at", String(24), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Index(None, "key", "id"),
)

problems = Table(
    "settings_problems",
    metadata,
    Column("environment", String(80), nullable=False),
    Column("key", String(200), nullable=False),
    Column("found", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("good", Text),
    Column("at", String(24), nullable=False),
    PrimaryKeyConstraint("environment", "key"),
)

marks = Table(
    "settings_outside_edits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("environment", String(80), nullable=False),
    Column("key", String(200), nullable=False),
    sqlite_autoincrement=True,
)
"""Rows that other programs changed and nobody has looked at yet; triggers of the database write them."""
