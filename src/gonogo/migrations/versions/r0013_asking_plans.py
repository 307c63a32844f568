"""Plans that are kept with their runs say "ask" where they said "choice"."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename("choice", "ask")


def downgrade() -> None:
    _rename("ask", "choice")


def _rename(old: str, new: str) -> None:
    op.execute(f"""UPDATE runs SET plan = replace(plan, '"runs":"{old}"', '"runs":"{new}"')""")
