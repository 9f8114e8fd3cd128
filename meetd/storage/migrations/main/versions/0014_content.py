"""Files in rooms, and uploads that can be gone on with."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "content_items",
        sa.Column("id", sa.Text, primary_key=True),
        _room(),
        # The file on disk; the same file shared twice in a room is kept once.
        sa.Column("blob_id", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        # Name of the file, media type, name of who shared it: encrypted with the room's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
    op.create_index("content_items_by_room", "content_items", ["room_id", "added_at", "id"])
    op.create_index("content_items_by_fingerprint", "content_items", ["room_id", "fingerprint"])
    op.create_index("content_items_by_blob", "content_items", ["blob_id"])
    op.create_table(
        "content_uploads",
        # Of the file on disk as well.
        sa.Column("id", sa.Text, primary_key=True),
        _room(),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
        # What came after the last whole segment, encrypted with the room's key.
        sa.Column("sealed_tail", sa.LargeBinary, nullable=False),
        sa.Column("touched_at", sa.BigInteger, nullable=False),
    )
    op.create_index("content_uploads_by_room", "content_uploads", ["room_id"])
    op.create_index("content_uploads_by_time", "content_uploads", ["touched_at"])


def _room() -> "sa.Column[str]":
    return sa.Column(
        "room_id", sa.Text, sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False
    )
