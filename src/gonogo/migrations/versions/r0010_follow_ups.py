"""Follow-up tasks and incidents of releases."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_incidents()
    _create_follow_ups()


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("run", sa.String(36)),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("opened_at", sa.String(24), nullable=False),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("closed_at", sa.String(24)),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
        sa.Column("timeline", sa.JSON, nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("excerpts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_incidents_run"),
    )


def _create_follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("due_at", sa.String(24), nullable=False),
        sa.Column("run", sa.String(36)),
        sa.Column("item", sa.String(200)),
        sa.Column("incident", sa.String(36)),
        sa.Column("done_at", sa.String(24)),
        sa.Column("done_by", sa.String(200)),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_follow_ups_run"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_follow_ups_incident"),
    )
    op.create_index("ix_follow_ups_due_at", "follow_ups", ["due_at"])
    op.create_index("ix_follow_ups_run_item", "follow_ups", ["run", "item"], unique=True)


def downgrade() -> None:
    op.drop_table("follow_ups")
    op.drop_table("incidents")
