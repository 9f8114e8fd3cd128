"""The audit log: append-only, hash-chained.

The triggers are lost when a later migration copies the table (batch mode): none may.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        # Ids only, and no foreign keys: a line outlives whom it is about.
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("room", sa.Text),
        sa.Column("subject", sa.Text),
        # Details as JSON, encrypted with a key of the server.
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_log_no_{act.lower()} BEFORE {act} ON audit_log"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
    # REPLACE deletes without asking the trigger above; numbers are given without gaps.
    op.execute(
        "CREATE TRIGGER audit_log_in_order BEFORE INSERT ON audit_log"
        " WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit_log)"
        " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    )
