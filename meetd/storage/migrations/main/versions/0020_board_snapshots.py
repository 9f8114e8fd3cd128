"""Snapshots of whiteboards: how one was at a moment, to go back to."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "board_snapshots",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "board_id", sa.Text, sa.ForeignKey("boards.id", ondelete="CASCADE"), nullable=False
        ),
        # Of the last update that is in it.
        sa.Column("number", sa.BigInteger, nullable=False),
        # Name of who made it, and one update: encrypted with the room's key.
        sa.Column("sealed_author", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_index("board_snapshots_by_board", "board_snapshots", ["board_id", "made_at"])
