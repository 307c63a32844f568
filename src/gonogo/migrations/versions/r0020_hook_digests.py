"""What a hook's sender signed, as a digest: the same again under another id is a replay."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook_received", sa.Column("digest", sa.String(64)))
    op.create_index("ix_webhook_received_source_digest", "webhook_received", ["source", "digest"])
    connection = op.get_bind()
    github = (
        "SELECT r.id, r.body FROM webhook_received r JOIN webhook_sources s ON s.name = r.source "
        "WHERE s.kind = 'github'"
    )
    for hook, body in connection.execute(sa.text(github)).fetchall():
        values = {"digest": hashlib.sha256(body).hexdigest(), "id": hook}
        connection.execute(sa.text("UPDATE webhook_received SET digest = :digest WHERE id = :id"), values)


def downgrade() -> None:
    op.drop_index("ix_webhook_received_source_digest", "webhook_received")
    op.drop_column("webhook_received", "digest")
