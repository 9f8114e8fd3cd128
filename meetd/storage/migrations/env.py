"""Alembic's entry: the connection is handed over by ``meetd.storage.run_migrations``."""

from alembic import context

# Batch mode: SQLite changes a table by copying it.
context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
