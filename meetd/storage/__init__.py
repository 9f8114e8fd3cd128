"""Where everything is kept: the data directory (one process at a time), databases with one writer
each, migrations, and the vault of keys. Knows no feature and no aiohttp.

SQL is written by hand at run time and kept to what SQLite and PostgreSQL share; SQLAlchemy only
describes the schema, in the migrations, which run in a process of their own
(``docs/decisions/001-sql-by-hand.md``).
"""
