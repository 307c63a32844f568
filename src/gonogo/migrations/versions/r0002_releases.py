"""Releases: checklists, runs and their journals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_checklists()
    _create_runs()
    _create_journal()


def _create_checklists() -> None:
    op.create_table(
        "checklists",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("path", sa.String(1000)),
        sa.Column("markdown", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("approved_sha256", sa.String(64)),
        sa.Column("approved_by", sa.String(200)),
        sa.Column("approved_at", sa.String(24)),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("updated_at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checklists"),
        sa.UniqueConstraint("path", name="uq_checklists_path"),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("checklist_id", sa.String(36)),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("markdown", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("environment", sa.String(100)),
        sa.Column("target", sa.String(1000), nullable=False),
        sa.Column("workdir", sa.String(1000), nullable=False),
        sa.Column("started_by", sa.String(80), nullable=False),
        sa.Column("started_by_name", sa.String(200), nullable=False),
        sa.Column("started_at", sa.String(24), nullable=False),
        sa.Column("finished_at", sa.String(24)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(8)),
        sa.Column("rollback_seconds", sa.Float),
        sa.Column("head_seq", sa.Integer, nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(["checklist_id"], ["checklists.id"], name="fk_runs_checklist_id"),
    )
    op.create_index("ix_runs_status", "runs", ["status"])
    op.create_index("ix_runs_path", "runs", ["path"])


def _create_journal() -> None:
    op.create_table(
        "release_journal",
        sa.Column("run", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("item", sa.String(200)),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("run", "seq", name="pk_release_journal"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_release_journal_run"),
    )


def downgrade() -> None:
    for table in ("release_journal", "runs", "checklists"):
        op.drop_table(table)
