"""Lines of the access log are found by whom they are about."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    # An index copies no table: the triggers stay.
    op.create_index("access_log_by_actor", "access_log", ["actor"])
    op.create_index("access_log_by_subject", "access_log", ["subject"])
