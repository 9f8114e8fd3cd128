"""Rooms that belong to somebody, who may enter them, and who knocks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("rooms") as rooms:
        # No action on deletion: an account goes after the rooms it owns, and a room never becomes
        # everybody's by itself.
        owner = sa.ForeignKey("accounts.id", name="rooms_owner")
        rooms.add_column(sa.Column("owner_id", sa.Text, owner))
        rooms.add_column(sa.Column("locked", sa.Boolean, nullable=False, server_default="0"))
        rooms.add_column(
            sa.Column("presenter_mode", sa.Boolean, nullable=False, server_default="0")
        )
        rooms.add_column(sa.Column("participant_limit", sa.Integer))
        for who_may in ("share", "chat", "draw"):
            rooms.add_column(
                sa.Column(who_may, sa.Text, nullable=False, server_default="everybody")
            )
        # What waits at the door is greeted with; encrypted with the room's key.
        rooms.add_column(sa.Column("sealed_greeting", sa.LargeBinary))
    op.create_index("rooms_by_owner", "rooms", ["owner_id"])
    op.create_table(
        "old_room_names",
        sa.Column("name", sa.Text, primary_key=True),
        _room(),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("old_room_names_by_room", "old_room_names", ["room_id"])
    op.create_table(
        "room_owners",
        _account(primary_key=True),
        sa.Column("lock_new_rooms", sa.Boolean, nullable=False),
    )
    _grants()
    _passes()
    _knocks()


def _grants() -> None:
    op.create_table(
        "access_grants",
        sa.Column("id", sa.Text, primary_key=True),
        _room(),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        _account(nullable=True),
        # Keyed fingerprint of an e-mail address, SHA-256 of a link's key.
        sa.Column("found_by", sa.LargeBinary),
        # Address or label, encrypted with the room's key.
        sa.Column("sealed_label", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("uses_left", sa.Integer),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
    )
    op.create_index("access_grants_by_room", "access_grants", ["room_id", "found_by"])
    op.create_index("access_grants_by_account", "access_grants", ["account_id"])


def _passes() -> None:
    op.create_table(
        "passes",
        sa.Column("participant_id", sa.Text, primary_key=True),
        _room(),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        # Set: good for as long as that meeting lasts.
        sa.Column("meeting", sa.Text),
        # Counts the tokens given out; only the last one is good.
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("left_at", sa.BigInteger),
    )
    op.create_index("passes_by_room", "passes", ["room_id"])


def _knocks() -> None:
    op.create_table(
        "knocks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("door", sa.Text, nullable=False),
        sa.Column("place_hash", sa.LargeBinary, nullable=False, unique=True),
        _account(nullable=True),
        # Name, message and label, encrypted with a key of the server.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        # Where the admitted go, and for how long: once, for a meeting, always.
        sa.Column("admitted_to", sa.Text),
        sa.Column("admitted_for", sa.Text),
        sa.Column("knocked_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("knocks_by_state", "knocks", ["state", "changed_at"])


def _room() -> "sa.Column[str]":
    key = sa.ForeignKey("rooms.id", ondelete="CASCADE")
    return sa.Column("room_id", sa.Text, key, nullable=False)


def _account(*, nullable: bool = False, primary_key: bool = False) -> "sa.Column[str]":
    key = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.Text, key, nullable=nullable, primary_key=primary_key)
