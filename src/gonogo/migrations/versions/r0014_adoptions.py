"""The answers to the doubts of checklists that were sent as text."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checklists", sa.Column("adoption", sa.Text()))


def downgrade() -> None:
    op.drop_column("checklists", "adoption")
