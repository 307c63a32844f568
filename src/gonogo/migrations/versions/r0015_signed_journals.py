"""Signatures in the journals of releases, and reminders of follow-up tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("release_journal", sa.Column("signature", sa.String(120)))
    op.add_column("release_journal", sa.Column("signed_with", sa.String(60)))
    op.add_column("follow_ups", sa.Column("reminded_at", sa.String(24)))


def downgrade() -> None:
    op.drop_column("follow_ups", "reminded_at")
    op.drop_column("release_journal", "signed_with")
    op.drop_column("release_journal", "signature")
