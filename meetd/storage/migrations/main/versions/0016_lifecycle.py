"""The ledger of jobs, the last time that was believed, and what was deleted.

Tombstones are written by triggers, so that no feature can forget one. They are lost when a later
migration copies a table (batch mode): it has to make them again (``tests/house/test_tombstones``).
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

# table -> its key, and what it goes with: rows that go with their parent have no tombstone of their
# own, that of the parent takes them along.
TOMBSTONES = {
    "accounts": (("id",), {}),
    "account_sessions": (("id",), {"account_id": "accounts"}),
    "account_links": (("token_hash",), {"account_id": "accounts"}),
    "account_passkeys": (("id",), {"account_id": "accounts"}),
    "account_address_changes": (("account_id",), {"account_id": "accounts"}),
    "account_consents": (("account_id", "subject", "version"), {"account_id": "accounts"}),
    "reach": (("account_id",), {"account_id": "accounts"}),
    "push_subscriptions": (("id",), {"account_id": "accounts", "session_id": "account_sessions"}),
    "knock_calls": (("token_hash",), {"account_id": "accounts"}),
    "rooms": (("id",), {}),
    "messages": (("room_id", "number"), {"room_id": "rooms"}),
    "access_grants": (
        ("id",),
        {"room_id": "rooms", "account_id": "accounts", "through": "access_grants"},
    ),
    "passes": (("participant_id",), {"room_id": "rooms", "account_id": "accounts"}),
    "room_handovers": (
        ("id",),
        {"room_id": "rooms", "account_id": "accounts", "offered_by": "accounts"},
    ),
    "knocks": (("id",), {"account_id": "accounts"}),
    "teams": (("id",), {}),
    "team_members": (("team_id", "account_id"), {"team_id": "teams", "account_id": "accounts"}),
    "images": (("id",), {"room_id": "rooms", "account_id": "accounts"}),
    "content_items": (("id",), {"room_id": "rooms"}),
    "content_uploads": (("id",), {"room_id": "rooms"}),
    "boards": (("id",), {"room_id": "rooms"}),
}


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("outcome", sa.Text),
        # Figures as JSON, and a sentence for the operator.
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("trusted_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "tombstones",
        # Never given twice: a backup says which was the last one when it was made.
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("of", sa.Text, nullable=False),
        # The parts of the key: text and numbers as SQL has them, bytes in hexadecimal.
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("second", sa.Text),
        sa.Column("third", sa.Text),
        sa.Column("dated_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("tombstones_by_date", "tombstones", ["dated_at"])
    for table, (key, parents) in TOMBSTONES.items():
        op.execute(_trigger(table, key, parents))


def _trigger(table: str, key: tuple[str, ...], parents: dict[str, str]) -> str:
    parts = ", ".join([f"quote(OLD.{column})" for column in key] + ["NULL"] * (3 - len(key)))
    insert = f"INSERT INTO tombstones (of, first, second, third) VALUES ('{table}', {parts})"  # noqa: S608
    condition = " AND ".join(_is_there(*each) for each in parents.items())
    when = f" WHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {table}_tombstone AFTER DELETE ON {table}{when} BEGIN {insert}; END"


def _is_there(column: str, parent: str) -> str:
    there = f"EXISTS (SELECT 1 FROM {parent} WHERE id = OLD.{column})"  # noqa: S608
    return f"(OLD.{column} IS NULL OR {there})"
