"""Settings: values, definitions, overlays, presets, history, and the marks of outside edits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_values()
    _create_catalog()
    _create_history()
    _create_marks()


def _create_values() -> None:
    op.create_table(
        "settings",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("category", sa.String(100), nullable=False, server_default=""),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("updated_at", sa.String(24), nullable=False, server_default=""),
        sa.Column("updated_by", sa.String(200), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
    op.create_index("ix_settings_category", "settings", ["category"])
    op.create_table(
        "settings_overlays",
        sa.Column("environment", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("updated_at", sa.String(24), nullable=False, server_default=""),
        sa.Column("updated_by", sa.String(200), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("environment", "key", name="pk_settings_overlays"),
    )


def _create_catalog() -> None:
    op.create_table(
        "settings_environments",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("parent", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings_environments"),
    )
    op.create_table(
        "settings_definitions",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_settings_definitions"),
    )
    op.create_table(
        "settings_presets",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("preset", sa.Text, nullable=False),
        sa.Column("updated_at", sa.String(24), nullable=False),
        sa.Column("updated_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings_presets"),
    )


def _create_history() -> None:
    op.create_table(
        "settings_history",
        sa.Column("id", sa.Integer, autoincrement=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("environment", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("setting_version", sa.Integer, nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settings_history"),
    )
    op.create_index("ix_settings_history_key_id", "settings_history", ["key", "id"])
    op.create_table(
        "settings_problems",
        sa.Column("environment", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("good", sa.Text),
        sa.Column("at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("environment", "key", name="pk_settings_problems"),
    )


def _create_marks() -> None:
    op.create_table(
        "settings_outside_edits",
        sa.Column("id", sa.Integer, autoincrement=True),
        sa.Column("environment", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settings_outside_edits"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        _create_triggers("settings", "'default'", "'default'")
        _create_triggers("settings_overlays", "NEW.environment", "OLD.environment")


def _create_triggers(table: str, new_environment: str, old_environment: str) -> None:
    # Gonogo writes history first. A row whose value is not what history recorded last was written by somebody else;
    # so was one that is put back to it while it counts as refused.
    recorded = (
        f"(SELECT after FROM settings_history WHERE key = NEW.key AND environment = {new_environment} "
        "ORDER BY id DESC LIMIT 1)"
    )
    refused = f"SELECT 1 FROM settings_problems WHERE key = NEW.key AND environment = {new_environment}"
    foreign = f"NEW.value IS NOT {recorded} OR EXISTS ({refused})"
    mark = "INSERT INTO settings_outside_edits (environment, key) VALUES"
    for name, event, condition, marked in (
        ("inserted", "INSERT", foreign, f"({new_environment}, NEW.key)"),
        ("updated", "UPDATE", foreign, f"({new_environment}, NEW.key)"),
        ("renamed", "UPDATE OF key", "NEW.key <> OLD.key", f"({old_environment}, OLD.key)"),
        ("deleted", "DELETE", "1", f"({old_environment}, OLD.key)"),
    ):
        trigger = f"CREATE TRIGGER {table}_{name} AFTER {event} ON {table} WHEN {condition}"
        op.execute(f"{trigger} BEGIN {mark} {marked}; END")


def downgrade() -> None:
    for table in ("settings", "settings_overlays"):
        for name in ("inserted", "updated", "renamed", "deleted"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")
    for table in ("outside_edits", "problems", "history", "presets", "definitions", "environments", "overlays"):
        op.drop_table(f"settings_{table}")
    op.drop_table("settings")
