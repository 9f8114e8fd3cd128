"""Rooms at rest, and what was said in them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger, nullable=False),
    )
    op.create_index("rooms_by_last_use", "rooms", ["last_used_at"])
    # Apart from the messages, so that a number is never given twice, whatever is deleted.
    op.create_table(
        "conversations",
        sa.Column(
            "room_id", sa.Text, sa.ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("last_number", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column(
            "room_id", sa.Text, sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("posted_at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        # Name and text, encrypted with the room's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("room_id", "number"),
        sa.UniqueConstraint("room_id", "author", "client_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("messages_by_time", "messages", ["posted_at"])
