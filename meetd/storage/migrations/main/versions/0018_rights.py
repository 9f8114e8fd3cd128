"""Accounts that their owners closed, and the archives in which people take their data along."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    # Added in place: copying the table would lose its trigger.
    op.add_column("accounts", sa.Column("closed_at", sa.BigInteger))
    op.create_table(
        "exports",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "account_id",
            sa.Text,
            sa.ForeignKey("accounts.id", ondelete="CASCADE"),
            nullable=False,
            unique=True,
        ),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        # Nothing until the archive is whole.
        sa.Column("ready_at", sa.BigInteger),
        sa.Column("length", sa.BigInteger),
    )
