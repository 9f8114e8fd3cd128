"""Messages that one participant said to another."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    # Marks of who may read it (fingerprints), both of them or neither: then it is for everybody.
    # Added in place: copying the table would lose its trigger.
    op.add_column("messages", sa.Column("from_mark", sa.LargeBinary))
    op.add_column("messages", sa.Column("to_mark", sa.LargeBinary))
    for column in ("from_mark", "to_mark"):
        op.create_index(
            f"messages_by_{column}",
            "messages",
            [column, "room_id", "number"],
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
