"""The tables of this room. The first five are public: people read them with their own SQL.

Instants are UTC in ISO 8601. ``system_metrics_history`` holds the recent samples of every host; what is older lies
packed in ``metric_block``, and in ``metric_aggregations`` for whoever wants it with SQL.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Enum,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gonogo.kernel.db.tables import metadata
from gonogo.observe.metrics import NAMES

METRIC_TYPES = ("cpu", "memory", "disk", "network", "system", "process", "custom")
ALERT_TEXTS = ("series", "unit", "acknowledged_note", "ended_because")
HEALTH_STATUSES = ("healthy", "warning", "critical", "unknown")

metric_type = Enum(*METRIC_TYPES, name="metrictype", create_constraint=True)
health_status = Enum(*HEALTH_STATUSES, name="healthstatus", create_constraint=True)

system_metrics = Table(
    "system_metrics_history",
    metadata,
    Column("host", String(200), nullable=False),
    Column("timestamp", String(24), nullable=False),
    *(Column(name, Float) for name in NAMES),
    PrimaryKeyConstraint("host", "timestamp"),
    Index("idx_system_timestamp", "timestamp"),
    sqlite_with_rowid=False,
)

process_metrics = Table(
    "process_metrics_history",
    metadata,
    Column("host", String(200), nullable=False),
    Column("timestamp", String(24), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("user", String(200), nullable=False),
    Column("service", String(200), nullable=False),
    Column("status", String(32), nullable=False),
    Column("cpu_percent", Float, nullable=False),
    Column("memory_percent", Float, nullable=False),
    Column("rss_bytes", Integer, nullable=False),
    Column("threads", Integer, nullable=False),
    PrimaryKeyConstraint("host", "timestamp", "pid"),
    Index("idx_process_timestamp", "timestamp"),
    Index("idx_process_name", "name", "timestamp"),
    sqlite_with_rowid=False,
)

infrastructure_health = Table(
    "infrastructure_health",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("host", String(200), nullable=False),
    Column("component", String(80), nullable=False),
    Column("timestamp", String(24), nullable=False),
    Column("status", health_status, nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("host", "component", "timestamp"),
    Index("idx_infra_health_timestamp", "timestamp"),
    Index("idx_infra_health_status", "status", "timestamp"),
)

infrastructure_alerts = Table(
    "infrastructure_alerts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("rule", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    Column("metric_type", metric_type, nullable=False),
    Column("signal", String(200), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("value", Float),
    Column("threshold", Float),
    Column("message", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("started_at", String(24), nullable=False),
    Column("fired_at", String(24)),
    Column("resolved_at", String(24)),
    Column("acknowledged_at", String(24)),
    Column("acknowledged_by", String(200), nullable=False, server_default=""),
    *(Column(name, Text, nullable=False, server_default="") for name in ALERT_TEXTS),
    Index("idx_alerts_started_at", "started_at"),
    Index("idx_alerts_state", "state", "started_at"),
    Index("idx_alerts_host", "host", "started_at"),
)

aggregations = Table(
    "metric_aggregations",
    metadata,
    Column("host", String(200), nullable=False),
    Column("period", String(8), nullable=False),
    Column("period_start", String(24), nullable=False),
    Column("metric", String(80), nullable=False),
    Column("metric_type", metric_type, nullable=False),
    Column("sample_count", Integer, nullable=False),
    Column("sum_value", Float, nullable=False),
    Column("min_value", Float, nullable=False),
    Column("max_value", Float, nullable=False),
    PrimaryKeyConstraint("host", "period", "period_start", "metric"),
    Index("idx_aggregations_period_start", "period", "period_start"),
    sqlite_with_rowid=False,
)

blocks = Table(
    "metric_block",
    metadata,
    Column("host", String(200), nullable=False),
    Column("tier", String(8), nullable=False),
    Column("start", Integer, nullable=False),
    Column("schema_id", Integer, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("host", "tier", "start"),
    Index(None, "tier", "start"),
)

hosts = Table(
    "observed_hosts",
    metadata,
    Column("host", String(200), primary_key=True),
    Column("first_seen", String(24), nullable=False),
    Column("last_seen", String(24), nullable=False),
    Column("agent", String(80), nullable=False),
    Column("platform", Text, nullable=False),
    Column("details", Text, nullable=False),
)

targets = Table(
    "scrape_targets",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("url", String(2000), nullable=False),
    Column("every_s", Integer, nullable=False),
    Column("prefix", String(80), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("created_by", String(200), nullable=False),
)

upkeep = Table(
    "observe_upkeep",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("ran_at", String(24), nullable=False),
    Column("outcome", Text, nullable=False),
)

health_memory = Table(
    "health_memory",
    metadata,
    Column("host", String(200), nullable=False),
    Column("component", String(120), nullable=False),
    Column("status", String(16), nullable=False),
    Column("since", String(24), nullable=False),
    Column("written_at", String(24), nullable=False),
    PrimaryKeyConstraint("host", "component"),
)

http_checks = Table(
    "http_checks",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("definition", Text, nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("created_by", String(200), nullable=False),
)

check_states = Table(
    "check_states",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("since", String(24), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("contract", Text, nullable=False),
)

check_results = Table(
    "check_results",
    metadata,
    Column("name", String(80), nullable=False),
    Column("timestamp", String(24), nullable=False),
    Column("passed", Integer, nullable=False),
    Column("latency_ms", Float),
    Column("http_status", Integer),
    Column("tls_days", Float),
    Column("faults", Text, nullable=False),
    PrimaryKeyConstraint("name", "timestamp"),
    Index("idx_check_results_timestamp", "timestamp"),
    sqlite_with_rowid=False,
)

log_places = Table(
    "log_places",
    metadata,
    Column("log", String(80), primary_key=True),
    Column("device", Integer, nullable=False),
    Column("inode", Integer, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
)

log_counts = Table(
    "log_counts",
    metadata,
    Column("log", String(80), nullable=False),
    Column("minute", String(24), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("name", String(80), nullable=False),
    Column("lines", Integer, nullable=False),
    PrimaryKeyConstraint("log", "minute", "kind", "name"),
    Index("idx_log_counts_minute", "minute"),
    sqlite_with_rowid=False,
)

log_excerpts = Table(
    "log_excerpts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("log", String(80), nullable=False),
    Column("timestamp", String(24), nullable=False),
    Column("level", String(8), nullable=False),
    Column("patterns", Text, nullable=False),
    Column("line", Text, nullable=False),
    Index("idx_log_excerpts_log", "log", "id"),
)
