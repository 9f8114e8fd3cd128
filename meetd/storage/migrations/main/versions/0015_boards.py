"""Whiteboards: what was drawn, update by update, and what the earlier ones came to together."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "room_id", sa.Text, sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False
        ),
        # Name of the board, name of who made it: encrypted with the room's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        # Of all updates that are kept, and the number of the last that ever was.
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("last_number", sa.BigInteger, nullable=False),
    )
    op.create_index("boards_by_room", "boards", ["room_id", "added_at", "id"])
    op.create_table(
        "board_bases",
        sa.Column("board_id", sa.Text, _board(), primary_key=True),
        # Of the last update that is in it.
        sa.Column("number", sa.BigInteger, nullable=False),
        # State vector and update, both encrypted with the room's key.
        sa.Column("sealed_state", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "board_updates",
        sa.Column("board_id", sa.Text, _board(), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _board() -> sa.ForeignKey:
    return sa.ForeignKey("boards.id", ondelete="CASCADE")
