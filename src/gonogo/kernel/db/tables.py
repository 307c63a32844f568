"""Tables of the kernel. Rooms add theirs to the same ``metadata`` in their ``models.py``."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, String, Table

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

event_log = Table(
    "event_log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False),
    Column("name", String(80), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("at", String(24), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("data", JSON, nullable=False),
    Column("account", String(80), nullable=False, server_default=""),
    Column("address", String(64), nullable=False, server_default=""),
    Column("request_id", String(64), nullable=False, server_default=""),
    Column("previous", String(64), nullable=False, server_default=""),
    Column("hash", String(64), nullable=False, server_default=""),
    # No index by id or by name: every write would pay for it, and who asks by name goes along ``seq`` anyway.
    Index(None, "subject"),
)

event_head = Table(
    "event_head",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""One row: where the event log ends. It is there to be missed when the newest entries are removed."""

event_checkpoints = Table(
    "event_checkpoints",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("at", String(24), nullable=False),
    Column("pruned", Boolean, nullable=False, server_default="0"),
    Column("signature", String(120), nullable=False),
    Column("signed_with", String(60), nullable=False),
)
"""Signed places of the event log. One that is ``pruned`` stands for itself and every entry before it."""

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("email", String(200), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("disabled_at", String(24)),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("permissions", JSON, nullable=False, server_default="[]"),
    Column("totp_secret", String(300)),
    Column("totp_confirmed_at", String(24)),
    Column("totp_step", Integer, nullable=False, server_default="0"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", String(24), nullable=False),
    Column("expires_at", String(24), nullable=False),
    Column("ended_at", String(24)),
    # One login: its refresh tokens follow one another, each with a row.
    Column("login_id", String(36)),
    Column("opened_at", String(24)),
    Column("last_seen_at", String(24)),
    Column("device", String(200), nullable=False, server_default=""),
    Column("address", String(64), nullable=False, server_default=""),
    Index(None, "user_id"),
    Index(None, "login_id"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("user_id", String(36), nullable=False),
    Column("used_at", String(24)),
    Index(None, "user_id"),
)

access_links = Table(
    "access_links",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("email", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("user_id", String(36)),
    Column("created_by", String(200), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("expires_at", String(24), nullable=False),
    Column("used_at", String(24)),
    Column("revoked_at", String(24)),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("hint", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("expires_at", String(24)),
    Column("revoked_at", String(24)),
    # ``role`` is from before scopes, and kept for versions from then: they take every newer key for a viewer's.
    Column("scopes", JSON, nullable=False, server_default="[]"),
    Column("bound", JSON, nullable=False, server_default="{}"),
    Column("user_id", String(36)),
    Column("service_account_id", String(36)),
    Column("last_used_at", String(24)),
)

service_accounts = Table(
    "service_accounts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("description", String(1000), nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("disabled_at", String(24)),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("expires_at", String(24), nullable=False),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("at", String(24), nullable=False),
    Column("status", Integer),
    Column("content_type", String(100)),
    Column("body", String),
)
