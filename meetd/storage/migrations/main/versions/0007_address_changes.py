"""E-mail addresses that are being changed, and the way back for a week."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "account_address_changes",
        sa.Column(
            "account_id",
            sa.Text,
            sa.ForeignKey("accounts.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        # The old and the new address, encrypted with the account's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        # Nobody else gets the old address while it may come back.
        sa.Column("old_fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("old_confirmed_at", sa.BigInteger),
        sa.Column("new_confirmed_at", sa.BigInteger),
        sa.Column("changed_at", sa.BigInteger),
    )
