"""An admission is kept until the page of whoever entered by it has said something; names of deleted
rooms are nobody's for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # The participant that somebody became who entered by that knock.
    op.add_column("knocks", sa.Column("entered_as", sa.Text))
    op.create_index("knocks_by_entered", "knocks", ["entered_as"])
    op.create_table(
        "deleted_room_names",
        # Keyed fingerprint: the name itself goes with the room.
        sa.Column("found_by", sa.LargeBinary, primary_key=True),
        # Who may use it again before.
        sa.Column("owner_id", sa.Text, sa.ForeignKey("accounts.id", ondelete="SET NULL")),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("deleted_room_names_by_owner", "deleted_room_names", ["owner_id", "until"])
