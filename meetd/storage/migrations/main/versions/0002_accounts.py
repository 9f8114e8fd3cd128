"""People with an account: who they are, what they agreed to, where they are signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text, primary_key=True),
        # Keyed fingerprint of the e-mail address: found, but not read, without the server's keys.
        sa.Column("email_fingerprint", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("user_name_key", sa.Text, nullable=False, unique=True),
        # E-mail address, first and last name, encrypted with the account's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        # The hash, encrypted with a key of the server; none until a password is chosen.
        sa.Column("sealed_password", sa.LargeBinary),
        sa.Column("administrator", sa.Boolean, nullable=False),
        sa.Column("email_confirmed_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_sign_in_at", sa.BigInteger),
        sa.Column("blocked_at", sa.BigInteger),
    )
    op.create_table(
        "account_consents",
        _account(nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "subject", "version"),
    )
    op.create_table(
        "account_sessions",
        sa.Column("id", sa.Text, primary_key=True),
        _account(nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger, nullable=False),
    )
    op.create_index("account_sessions_by_account", "account_sessions", ["account_id"])
    op.create_table(
        "account_links",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        _account(nullable=True),
        # The address an invitation is for, encrypted with a key of the server.
        sa.Column("sealed_email", sa.LargeBinary),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("account_links_by_account", "account_links", ["account_id"])
    # Outlives the account: whoever was blocked stays blocked, also after erasure.
    op.create_table(
        "blocked_addresses",
        sa.Column("email_fingerprint", sa.LargeBinary, primary_key=True),
        sa.Column("blocked_at", sa.BigInteger, nullable=False),
    )


def _account(*, nullable: bool) -> "sa.Column[str]":
    key = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.Text, key, nullable=nullable)
