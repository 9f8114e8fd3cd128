"""Whose pass it is: a blocked account has no way back, signed in or not."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # By hand: SQLite takes a reference only as part of the new column.
    op.execute(
        "ALTER TABLE passes ADD COLUMN account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE"
    )
    op.create_index("passes_by_account", "passes", ["account_id"])
