"""Jobs: the queue, its workers, schedules and dead letters; once for people's jobs, once for the house's own tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FAMILIES = ("jobs", "tasks")
LIVE = "state IN ('scheduled', 'failed', 'ready', 'running')"
PARTIAL = (
    ("ready", ("blocked", "pool", "rank", "id"), "state = 'ready'"),
    ("ready_due", ("due",), "state = 'ready'"),
    ("waiting", ("due",), "state IN ('scheduled', 'failed')"),
    ("running", ("worker", "deadline", "limit_key"), "state = 'running'"),
    ("unique", ("unique_key",), f"unique_key IS NOT NULL AND {LIVE}"),
    ("lane", ("lane", "seq"), f"lane IS NOT NULL AND {LIVE}"),
    ("dead", ("type", "id"), "state = 'dead'"),
    ("cancelled", ("id",), "state = 'cancelled'"),
    ("forget", ("forget_at",), "forget_at IS NOT NULL"),
    ("parent", ("parent", "id"), "parent IS NOT NULL"),
)
TABLES = ("workers", "pauses", "limits", "schedules", "firings", "notes", "logs", "totals")


def upgrade() -> None:
    for family in FAMILIES:
        _create_jobs(family)
        _create_orders(family)
        _create_schedules(family)
        _create_records(family)


def _create_jobs(family: str) -> None:
    op.create_table(
        family,
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("pool", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("due", sa.Integer, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("job", sa.LargeBinary, nullable=False),
        sa.Column("timeout", sa.Integer, nullable=False),
        sa.Column("keep", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("blocked", sa.Integer, nullable=False),
        sa.Column("unique_key", sa.String(200)),
        sa.Column("lane", sa.String(200)),
        sa.Column("limit_key", sa.String(200)),
        sa.Column("parent", sa.String(36)),
        sa.Column("worker", sa.String(200)),
        sa.Column("started", sa.Integer),
        sa.Column("deadline", sa.Integer),
        sa.Column("ended", sa.Integer),
        sa.Column("forget_at", sa.Integer),
        sa.Column("fraction", sa.Float),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary),
        sa.Column("error", sa.Text, nullable=False),
        sa.UniqueConstraint("id", name=f"uq_{family}_id"),
        sqlite_autoincrement=True,
    )
    for name, columns, where in PARTIAL:
        op.create_index(
            f"ix_{family}_{name}", family, list(columns), unique=name == "unique", sqlite_where=sa.text(where)
        )
    op.create_index(f"ix_{family}_type", family, ["type", "id"])


def _create_orders(family: str) -> None:
    op.create_table(
        f"{family}_workers",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("worker", sa.LargeBinary, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("nonce", sa.String(200), nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
    )
    op.create_table(f"{family}_pauses", sa.Column("type", sa.String(200), primary_key=True))
    op.create_table(
        f"{family}_limits",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("spec", sa.LargeBinary, nullable=False),
        sa.Column("free_at", sa.Integer, nullable=False),
    )


def _create_schedules(family: str) -> None:
    op.create_table(
        f"{family}_schedules",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("spec", sa.LargeBinary, nullable=False),
        sa.Column("next_at", sa.Integer),
        sa.Column("last_at", sa.Integer),
        sa.Column("last_job", sa.String(36)),
    )
    op.create_table(
        f"{family}_firings",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("job", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("name", "at", name=f"pk_{family}_firings"),
    )


def _create_records(family: str) -> None:
    op.create_table(
        f"{family}_notes",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        f"{family}_logs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("lines", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        f"{family}_totals",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for family in FAMILIES:
        for name in TABLES:
            op.drop_table(f"{family}_{name}")
        op.drop_table(family)
