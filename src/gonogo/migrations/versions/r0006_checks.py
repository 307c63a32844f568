"""Checks: HTTP checks with their results, watched logs, and health's memory."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "health_memory",
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("component", sa.String(120), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("since", sa.String(24), nullable=False),
        sa.Column("written_at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("host", "component", name="pk_health_memory"),
    )
    _create_checks()
    _create_logs()


def _create_checks() -> None:
    op.create_table(
        "http_checks",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_http_checks"),
    )
    op.create_table(
        "check_states",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("since", sa.String(24), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("contract", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_check_states"),
    )
    op.create_table(
        "check_results",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("timestamp", sa.String(24), nullable=False),
        sa.Column("passed", sa.Integer, nullable=False),
        sa.Column("latency_ms", sa.Float),
        sa.Column("http_status", sa.Integer),
        sa.Column("tls_days", sa.Float),
        sa.Column("faults", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", "timestamp", name="pk_check_results"),
        sqlite_with_rowid=False,
    )
    op.create_index("idx_check_results_timestamp", "check_results", ["timestamp"])


def _create_logs() -> None:
    op.create_table(
        "log_places",
        sa.Column("log", sa.String(80), nullable=False),
        sa.Column("device", sa.Integer, nullable=False),
        sa.Column("inode", sa.Integer, nullable=False),
        sa.Column("offset", sa.Integer, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("log", name="pk_log_places"),
    )
    op.create_table(
        "log_counts",
        sa.Column("log", sa.String(80), nullable=False),
        sa.Column("minute", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("log", "minute", "kind", "name", name="pk_log_counts"),
        sqlite_with_rowid=False,
    )
    op.create_index("idx_log_counts_minute", "log_counts", ["minute"])
    op.create_table(
        "log_excerpts",
        sa.Column("id", sa.Integer, autoincrement=True),
        sa.Column("log", sa.String(80), nullable=False),
        sa.Column("timestamp", sa.String(24), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("patterns", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_excerpts"),
    )
    op.create_index("idx_log_excerpts_log", "log_excerpts", ["log", "id"])


def downgrade() -> None:
    for table in ("log_excerpts", "log_counts", "log_places"):
        op.drop_table(table)
    for table in ("check_results", "check_states", "http_checks", "health_memory"):
        op.drop_table(table)
