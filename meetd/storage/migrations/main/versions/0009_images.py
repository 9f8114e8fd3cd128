"""Images of accounts and rooms: at most one each, gone with whom it belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "images",
        sa.Column("id", sa.Text, primary_key=True),
        _owner("account_id", "accounts.id"),
        _owner("room_id", "rooms.id"),
        # A WebP, encrypted with the key of its account or room.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("(account_id IS NULL) <> (room_id IS NULL)", name="images_of_one"),
    )


def _owner(name: str, target: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, sa.ForeignKey(target, ondelete="CASCADE"), unique=True)
