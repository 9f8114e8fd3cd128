"""Support entries that their owner has not read of yet, or that somebody is in a room for."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "support_entries",
        # Of its line in the audit log, where the reason is.
        sa.Column("number", sa.Integer, primary_key=True),
        # No foreign key: erasing the administrator's account takes no notice away from an owner.
        sa.Column("account_id", sa.Text, nullable=False),
        _of("room_id", "rooms.id"),
        _of("owner_id", "accounts.id"),
        sa.Column("unread", sa.Boolean, nullable=False),
        # While somebody is in: since when, and when they were last seen there.
        sa.Column("joined_at", sa.BigInteger),
        sa.Column("seen_at", sa.BigInteger),
    )
    op.create_index("support_entries_owner", "support_entries", ["owner_id"])


def _of(name: str, target: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False)
