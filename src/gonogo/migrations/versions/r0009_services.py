"""Services: what the supervisor started, versions, and swaps."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("wanted", sa.String(8), nullable=False),
        sa.Column("active", sa.String(80)),
        sa.Column("previous", sa.String(80)),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("replicas", sa.Integer),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_services"),
    )
    op.create_table(
        "service_versions",
        sa.Column("service", sa.String(63), nullable=False),
        sa.Column("version", sa.String(80), nullable=False),
        sa.Column("launch", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("service", "version", name="pk_service_versions"),
    )
    op.create_table(
        "service_swaps",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("service", sa.String(63), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("from_version", sa.String(80), nullable=False),
        sa.Column("to_version", sa.String(80), nullable=False),
        sa.Column("driver", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("ready_s", sa.Float),
        sa.Column("duration_s", sa.Float),
        sa.Column("started_at", sa.String(24), nullable=False),
        sa.Column("finished_at", sa.String(24)),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_service_swaps"),
    )
    op.create_index("ix_service_swaps_service_started_at", "service_swaps", ["service", "started_at"])


def downgrade() -> None:
    for table in ("service_swaps", "service_versions", "services"):
        op.drop_table(table)
