"""Archives of rooms, and those that are brought here."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    # Made anew: an account may have several. The table has no trigger that copying could lose.
    op.rename_table("exports", "exports_before")
    op.create_table(
        "exports",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, _account(), nullable=False),
        # Nothing: everything kept about the account.
        sa.Column("room_id", sa.Text, sa.ForeignKey("rooms.id", ondelete="CASCADE")),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        # Nothing until the archive is whole.
        sa.Column("ready_at", sa.BigInteger),
        sa.Column("length", sa.BigInteger),
        # As 0023 made them.
        sa.Column("left_out", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("problem", sa.Text),
    )
    op.execute(
        "INSERT INTO exports"
        " (id, account_id, language, asked_at, ready_at, length, left_out, problem)"
        " SELECT id, account_id, '', asked_at, ready_at, length, left_out, problem"
        " FROM exports_before"
    )
    op.drop_table("exports_before")
    op.create_index(
        "exports_by_what", "exports", ["account_id", sa.text("COALESCE(room_id, '')")], unique=True
    )
    op.create_index("exports_by_room", "exports", ["room_id"])
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, _account(), nullable=False, unique=True),
        # Of the archive, in bytes; nothing until it is whole, or where none is kept.
        sa.Column("length", sa.BigInteger),
        # Of the room that is being filled, and is nobody's until it is whole. No reference: it is
        # written down before the room is there.
        sa.Column("room_id", sa.Text),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        # Why it did not come to anything.
        sa.Column("trouble", sa.Text),
    )


def _account() -> sa.ForeignKey:
    return sa.ForeignKey("accounts.id", ondelete="CASCADE")
