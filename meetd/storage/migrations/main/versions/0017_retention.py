"""Who was told that an account is going to end, and what must not be removed."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "retention_notices",
        sa.Column(
            "account_id",
            sa.Text,
            sa.ForeignKey("accounts.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        # The last use that it counts from: after a sign-in it is about nothing any more.
        sa.Column("used_at", sa.BigInteger, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id", ondelete="CASCADE")),
        sa.Column("room_id", sa.Text, sa.ForeignKey("rooms.id", ondelete="CASCADE")),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("(account_id IS NULL) <> (room_id IS NULL)"),
    )
    op.create_index("legal_holds_by_account", "legal_holds", ["account_id"], unique=True)
    op.create_index("legal_holds_by_room", "legal_holds", ["room_id"], unique=True)
