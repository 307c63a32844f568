"""Sessions that can be told apart and ended one by one, second factors, and links that invite or reset."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("login_id", sa.String(36)))
    op.add_column("sessions", sa.Column("opened_at", sa.String(24)))
    op.add_column("sessions", sa.Column("last_seen_at", sa.String(24)))
    op.add_column("sessions", sa.Column("device", sa.String(200), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("address", sa.String(64), nullable=False, server_default=""))
    op.execute("UPDATE sessions SET login_id = id, opened_at = created_at")
    op.create_index("ix_sessions_login_id", "sessions", ["login_id"])
    op.add_column("users", sa.Column("totp_secret", sa.String(300)))
    op.add_column("users", sa.Column("totp_confirmed_at", sa.String(24)))
    op.add_column("users", sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("used_at", sa.String(24)),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_codes"),
    )
    op.create_index("ix_recovery_codes_user_id", "recovery_codes", ["user_id"])
    op.create_table(
        "access_links",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("user_id", sa.String(36)),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("expires_at", sa.String(24), nullable=False),
        sa.Column("used_at", sa.String(24)),
        sa.Column("revoked_at", sa.String(24)),
        sa.PrimaryKeyConstraint("id", name="pk_access_links"),
        sa.UniqueConstraint("token_hash", name="uq_access_links_token_hash"),
    )


def downgrade() -> None:
    op.drop_table("access_links")
    op.drop_index("ix_recovery_codes_user_id", "recovery_codes")
    op.drop_table("recovery_codes")
    for column in ("totp_step", "totp_confirmed_at", "totp_secret"):
        op.drop_column("users", column)
    op.drop_index("ix_sessions_login_id", "sessions")
    for column in ("address", "device", "last_seen_at", "opened_at", "login_id"):
        op.drop_column("sessions", column)
