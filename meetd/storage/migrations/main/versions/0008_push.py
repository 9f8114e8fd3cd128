"""Reaching somebody who is not there: how they want it, their browsers, and what they were told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "reach",
        _account(primary_key=True),
        # Ways, quiet hours with their time zone, and language, encrypted with the account's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.Text, primary_key=True),
        _account(nullable=False),
        sa.Column(
            "session_id",
            sa.Text,
            sa.ForeignKey("account_sessions.id", ondelete="CASCADE"),
            nullable=False,
        ),
        # Keyed fingerprint of the endpoint: one browser is there once, whoever is signed in.
        sa.Column("endpoint_fingerprint", sa.LargeBinary, nullable=False, unique=True),
        # Endpoint and keys, encrypted with the account's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    op.create_index("push_subscriptions_by_account", "push_subscriptions", ["account_id"])
    op.create_index("push_subscriptions_by_session", "push_subscriptions", ["session_id"])
    op.create_table(
        "knock_calls",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("knock_id", sa.Text, nullable=False),
        _account(nullable=False),
        # Who knocks where and says what, encrypted with the account's key; gone once answered.
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("called_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("knock_id", "account_id"),
    )
    op.create_index("knock_calls_by_account", "knock_calls", ["account_id", "called_at"])
    op.create_index("knock_calls_by_time", "knock_calls", ["called_at"])


def _account(*, primary_key: bool = False, nullable: bool = True) -> "sa.Column[str]":
    key = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column(
        "account_id", sa.Text, key, primary_key=primary_key, nullable=nullable and not primary_key
    )
