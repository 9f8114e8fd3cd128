"""Browsers of people without an account, by what they find again what they left here; who made a
whiteboard, apart from it; and how rooms are used, where that is switched on."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "visitors",
        sa.Column("id", sa.Text, primary_key=True),
        # SHA-256 of what that browser keeps.
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "visitor_participants",
        sa.Column("participant_id", sa.Text, primary_key=True),
        sa.Column(
            "room_id", sa.Text, sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False
        ),
        _visitor(),
    )
    op.create_table(
        "visitor_knocks",
        # SHA-256 of the proof of a knock, as in ``knocks`` and ``access_grants``.
        sa.Column("place_hash", sa.LargeBinary, primary_key=True),
        _visitor(),
    )
    for table in ("visitor_participants", "visitor_knocks"):
        op.create_index(f"{table}_by_visitor", table, ["visitor_id"])
    op.create_index("visitor_participants_by_room", "visitor_participants", ["room_id"])
    op.create_index("access_log_by_room", "access_log", ["room"])
    _forget_with_knocks()
    _set_makers_apart()
    _make_usage()
    _leave_tombstones()


def _forget_with_knocks() -> None:
    op.create_index("access_grants_by_proof", "access_grants", ["found_by"])
    # Which browser knocked is known as long as the knock, or access that was given for it.
    for table, proof, other in (
        ("knocks", "place_hash", "access_grants WHERE found_by"),
        ("access_grants", "found_by", "knocks WHERE place_hash"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_visitor AFTER DELETE ON {table}"  # noqa: S608
            f" WHEN NOT EXISTS (SELECT 1 FROM {other} = OLD.{proof})"
            f" BEGIN DELETE FROM visitor_knocks WHERE place_hash = OLD.{proof}; END"
        )


def _set_makers_apart() -> None:
    op.create_table(
        "board_makers",
        sa.Column(
            "board_id", sa.Text, sa.ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("author", sa.Text, nullable=False),
        # Their name, encrypted with the room's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("board_makers_by_author", "board_makers", ["author"])


def _make_usage() -> None:
    op.create_table(
        "usage_stays",
        sa.Column("id", sa.Text, primary_key=True),
        # Of one or the other.
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id", ondelete="CASCADE")),
        sa.Column("visitor_id", sa.Text, sa.ForeignKey("visitors.id", ondelete="CASCADE")),
        sa.Column("ended_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    for column in ("account_id", "visitor_id", "ended_at"):
        op.create_index(f"usage_stays_by_{column}", "usage_stays", [column])
    op.create_table(
        "usage_months",
        sa.Column("month", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )


def _leave_tombstones() -> None:
    # What was erased stays erased when a backup is restored.
    op.execute(
        "CREATE TRIGGER visitors_tombstone AFTER DELETE ON visitors BEGIN"
        " INSERT INTO tombstones (of, first, second, third)"
        " VALUES ('visitors', quote(OLD.id), NULL, NULL); END"
    )
    # With its board goes the tombstone of the board.
    op.execute(
        "CREATE TRIGGER board_makers_tombstone AFTER DELETE ON board_makers"
        " WHEN EXISTS (SELECT 1 FROM boards WHERE id = OLD.board_id) BEGIN"
        " INSERT INTO tombstones (of, first, second, third)"
        " VALUES ('board_makers', quote(OLD.board_id), NULL, NULL); END"
    )


def _visitor() -> "sa.Column[str]":
    return sa.Column(
        "visitor_id", sa.Text, sa.ForeignKey("visitors.id", ondelete="CASCADE"), nullable=False
    )
