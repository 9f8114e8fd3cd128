"""People who answer a reception together."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        # In the same street as user names: both are addresses of a reception.
        sa.Column("name_key", sa.Text, nullable=False, unique=True),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "team_members",
        _key("team_id", "teams.id"),
        _key("account_id", "accounts.id"),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "account_id"),
    )
    op.create_index("team_members_by_account", "team_members", ["account_id"])


def _key(name: str, of: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, sa.ForeignKey(of, ondelete="CASCADE"), nullable=False)
