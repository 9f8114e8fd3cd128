"""Passkeys, and when somebody last proved in a session who they are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "account_passkeys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "account_id",
            sa.Text,
            sa.ForeignKey("accounts.id", ondelete="CASCADE"),
            nullable=False,
        ),
        # Keyed fingerprint of the credential's id, which is what a browser sends.
        sa.Column("credential_fingerprint", sa.LargeBinary, nullable=False, unique=True),
        # Its name, id and public key, encrypted with the account's key.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
    )
    op.create_index("account_passkeys_by_account", "account_passkeys", ["account_id"])
    # Sessions from before count as not proved.
    op.add_column(
        "account_sessions",
        sa.Column("proven_at", sa.BigInteger, nullable=False, server_default="0"),
    )
