"""What an archive lacks that somebody asked for, and why one could not be made."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0021"


def upgrade() -> None:
    op.add_column(
        "exports", sa.Column("left_out", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("exports", sa.Column("problem", sa.Text))
