"""Who agreed to be a host, to what a team does, and to take a room over.

Nobody was asked before: who was granted *host* until now is asked first, and members of teams have
agreed to nothing yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # By hand: SQLite takes a reference only as part of the new column.
    for column in (
        # "accepted" or "declined", to be a host, and the account that said so.
        "answer TEXT",
        "answered_by TEXT REFERENCES accounts (id) ON DELETE SET NULL",
        # The invite link by which an account came to be offered it.
        "through TEXT REFERENCES access_grants (id) ON DELETE CASCADE",
    ):
        op.execute(f"ALTER TABLE access_grants ADD COLUMN {column}")
    op.create_index("access_grants_by_link", "access_grants", ["through"])
    op.create_index("access_grants_by_host", "access_grants", ["answered_by"])
    op.add_column(
        "team_members",
        sa.Column("agreed", sa.Text, nullable=False, server_default="knock"),
    )
    op.create_table(
        "room_handovers",
        sa.Column("id", sa.Text, primary_key=True),
        _key("room_id", "rooms.id", unique=True),
        _key("account_id", "accounts.id"),
        _key("offered_by", "accounts.id"),
        # Does the owner want to stay a host?
        sa.Column("stays", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_index("room_handovers_by_account", "room_handovers", ["account_id"])
    # Roles that do not say who handed them on: what they rested on stays, so that nobody who was in
    # during the update has to knock.
    op.execute(
        "UPDATE passes SET level = 'join', basis = replace(basis, 'handed on:', '')"
        " WHERE basis LIKE 'handed on:%'"
    )


def _key(name: str, of: str, *, unique: bool = False) -> "sa.Column[str]":
    key = sa.ForeignKey(of, ondelete="CASCADE")
    return sa.Column(name, sa.Text, key, nullable=False, unique=unique)
