"""Scopes and owners of keys, service accounts, and permissions of people.

A key from before keeps what its role could do: an administrator's ``admin``, an operator's every other scope for any
host, signal and type, a viewer's what it could read. It belongs to the person who made it, or to a service account
named after whoever did.
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WRITING = [
    "observe:write",
    "signals:write",
    "settings:read",
    "settings:write",
    "queue:work",
    "jobs:enqueue",
    "releases:run",
    "flags:evaluate",
    "llm:call",
    "webhooks:send",
    "metrics:read",
]
_READING = ["settings:read", "flags:evaluate", "metrics:read"]
_SCOPES = {"admin": ["admin"], "approver": _WRITING, "operator": _WRITING, "viewer": _READING}
_BOUND = {"approver": {"host": "*", "prefix": "*"}, "operator": {"host": "*", "prefix": "*"}}


def upgrade() -> None:
    op.add_column("users", sa.Column("permissions", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("api_keys", sa.Column("scopes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("api_keys", sa.Column("bound", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("api_keys", sa.Column("user_id", sa.String(36)))
    op.add_column("api_keys", sa.Column("service_account_id", sa.String(36)))
    op.add_column("api_keys", sa.Column("last_used_at", sa.String(24)))
    accounts = op.create_table(
        "service_accounts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.String(1000), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("disabled_at", sa.String(24)),
        sa.PrimaryKeyConstraint("id", name="pk_service_accounts"),
        sa.UniqueConstraint("name", name="uq_service_accounts_name"),
    )
    _give_scopes(op.get_bind(), accounts)


def _give_scopes(connection: sa.Connection, accounts: sa.Table) -> None:
    metadata = sa.MetaData()
    keys = sa.Table("api_keys", metadata, autoload_with=connection)
    users = sa.Table("users", metadata, autoload_with=connection)
    people = {row.email: row.id for row in connection.execute(sa.select(users.c.id, users.c.email))}
    services: dict[str, str] = {}
    for key in connection.execute(sa.select(keys).order_by(keys.c.id)).all():
        owner = people.get(key.created_by)
        if owner is None and key.created_by not in services:
            services[key.created_by] = str(uuid.uuid4())
            account = {"id": services[key.created_by], "name": key.created_by, "created_by": key.created_by}
            about = {"description": "Owns the keys it made before keys had owners.", "created_at": key.created_at}
            connection.execute(sa.insert(accounts).values(**account, **about))
        values = {"scopes": _SCOPES.get(key.role, []), "bound": _BOUND.get(key.role, {}), "user_id": owner}
        values["service_account_id"] = None if owner else services[key.created_by]
        connection.execute(sa.update(keys).where(keys.c.id == key.id).values(**values))


def downgrade() -> None:
    op.drop_table("service_accounts")
    for name in ("last_used_at", "service_account_id", "user_id", "bound", "scopes"):
        op.drop_column("api_keys", name)
    op.drop_column("users", "permissions")
