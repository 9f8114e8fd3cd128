"""What an archive lacks that somebody asked for, and why one could not be made; by what somebody
who entered with a link is known again, when the answer was lost."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column(
        "exports", sa.Column("left_out", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("exports", sa.Column("problem", sa.Text))
    op.add_column("passes", sa.Column("place_hash", sa.LargeBinary))
    op.create_index("passes_by_place", "passes", ["place_hash"])
