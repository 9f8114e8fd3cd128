"""The access log: hash-chained like the audit log, and cut off at its beginning by age alone.

The triggers are lost when a later migration copies a table (batch mode): none may.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        # Aliases, made with the key of the account: without it nobody can tell whose they are.
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("room", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_index("access_log_by_time", "access_log", ["at"])
    # The last line that went by its age: what is left follows that one.
    op.create_table(
        "access_log_base",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.execute(
        "CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log"
        " BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log"
        " WHEN OLD.number > (SELECT coalesce(max(number), 0) FROM access_log_base)"
        " BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END"
    )
    # REPLACE deletes without asking the trigger above; numbers are given without gaps.
    op.execute(
        "CREATE TRIGGER access_log_in_order BEFORE INSERT ON access_log WHEN NEW.number IS NOT"
        " (SELECT max(coalesce((SELECT max(number) FROM access_log), 0),"
        " coalesce((SELECT max(number) FROM access_log_base), 0)) + 1)"
        " BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END"
    )
