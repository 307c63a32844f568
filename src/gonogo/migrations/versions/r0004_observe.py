"""Observe: samples of hosts and processes, health, alerts, aggregations, and packed history."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

METRICS = (
    *("cpu_percent", "cpu_user_percent", "cpu_system_percent", "cpu_iowait_percent", "cpu_max_percent"),
    *("load_1", "load_5", "load_15"),
    *("memory_percent", "memory_used_bytes", "memory_available_bytes", "memory_cached_bytes"),
    *("swap_percent", "swap_used_bytes"),
    *("disk_percent", "disk_used_bytes", "disk_free_bytes", "disk_read_bytes_per_s", "disk_write_bytes_per_s"),
    *("net_in_bytes_per_s", "net_out_bytes_per_s"),
    *("temperature_celsius", "open_files", "process_count"),
)
metric_type = sa.Enum(
    *("cpu", "memory", "disk", "network", "system", "process", "custom"), name="metrictype", create_constraint=True
)
health_status = sa.Enum("healthy", "warning", "critical", "unknown", name="healthstatus", create_constraint=True)


def upgrade() -> None:
    _create_samples()
    _create_health()
    _create_alerts()
    _create_rolled()
    _create_own()


def _create_samples() -> None:
    op.create_table(
        "system_metrics_history",
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("timestamp", sa.String(24), nullable=False),
        *(sa.Column(name, sa.Float) for name in METRICS),
        sa.PrimaryKeyConstraint("host", "timestamp", name="pk_system_metrics_history"),
        sqlite_with_rowid=False,
    )
    op.create_index("idx_system_timestamp", "system_metrics_history", ["timestamp"])
    op.create_table(
        "process_metrics_history",
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("timestamp", sa.String(24), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("service", sa.String(200), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("cpu_percent", sa.Float, nullable=False),
        sa.Column("memory_percent", sa.Float, nullable=False),
        sa.Column("rss_bytes", sa.Integer, nullable=False),
        sa.Column("threads", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("host", "timestamp", "pid", name="pk_process_metrics_history"),
        sqlite_with_rowid=False,
    )
    op.create_index("idx_process_timestamp", "process_metrics_history", ["timestamp"])
    op.create_index("idx_process_name", "process_metrics_history", ["name", "timestamp"])


def _create_health() -> None:
    op.create_table(
        "infrastructure_health",
        sa.Column("id", sa.Integer, autoincrement=True),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("component", sa.String(80), nullable=False),
        sa.Column("timestamp", sa.String(24), nullable=False),
        sa.Column("status", health_status, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_infrastructure_health"),
        sa.UniqueConstraint("host", "component", "timestamp", name="uq_infrastructure_health_host_component_timestamp"),
    )
    op.create_index("idx_infra_health_timestamp", "infrastructure_health", ["timestamp"])
    op.create_index("idx_infra_health_status", "infrastructure_health", ["status", "timestamp"])


def _create_alerts() -> None:
    op.create_table(
        "infrastructure_alerts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("metric_type", metric_type, nullable=False),
        sa.Column("signal", sa.String(200), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("threshold", sa.Float),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("started_at", sa.String(24), nullable=False),
        sa.Column("fired_at", sa.String(24)),
        sa.Column("resolved_at", sa.String(24)),
        sa.Column("acknowledged_at", sa.String(24)),
        sa.Column("acknowledged_by", sa.String(200), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_infrastructure_alerts"),
    )
    for column in ("state", "host"):
        op.create_index(f"idx_alerts_{column}", "infrastructure_alerts", [column, "started_at"])
    op.create_index("idx_alerts_started_at", "infrastructure_alerts", ["started_at"])


def _create_rolled() -> None:
    op.create_table(
        "metric_aggregations",
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("period_start", sa.String(24), nullable=False),
        sa.Column("metric", sa.String(80), nullable=False),
        sa.Column("metric_type", metric_type, nullable=False),
        sa.Column("sample_count", sa.Integer, nullable=False),
        sa.Column("sum_value", sa.Float, nullable=False),
        sa.Column("min_value", sa.Float, nullable=False),
        sa.Column("max_value", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("host", "period", "period_start", "metric", name="pk_metric_aggregations"),
        sqlite_with_rowid=False,
    )
    op.create_index("idx_aggregations_period_start", "metric_aggregations", ["period", "period_start"])
    op.create_table(
        "metric_block",
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("tier", sa.String(8), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("schema_id", sa.Integer, nullable=False),
        sa.Column("samples", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("host", "tier", "start", name="pk_metric_block"),
    )
    op.create_index("ix_metric_block_tier_start", "metric_block", ["tier", "start"])


def _create_own() -> None:
    op.create_table(
        "observed_hosts",
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("first_seen", sa.String(24), nullable=False),
        sa.Column("last_seen", sa.String(24), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_observed_hosts"),
    )
    op.create_table(
        "scrape_targets",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("every_s", sa.Integer, nullable=False),
        sa.Column("prefix", sa.String(80), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_scrape_targets"),
    )
    op.create_table(
        "observe_upkeep",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("ran_at", sa.String(24), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_observe_upkeep"),
    )


def downgrade() -> None:
    for table in ("observe_upkeep", "scrape_targets", "observed_hosts", "metric_block", "metric_aggregations"):
        op.drop_table(table)
    for table in ("infrastructure_alerts", "infrastructure_health", "process_metrics_history"):
        op.drop_table(table)
    op.drop_table("system_metrics_history")
    if op.get_bind().dialect.name == "postgresql":
        for kind in ("metrictype", "healthstatus"):
            op.execute(f"DROP TYPE IF EXISTS {kind}")
