"""An audit log on a real database, and a hand that reaches past it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from meetd.audit.log import AuditLog
from meetd.core.clock import SystemClock
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory
from meetd.storage.master_key_source import load_master_key
from meetd.storage.vault import Vault
from tests.support.server import prepare_data

_TRIGGERS = ("audit_log_no_update", "audit_log_no_delete", "audit_log_in_order")


class House:
    """The log, and what lies under it."""

    def __init__(self, log: AuditLog, database: Database, directory: DataDirectory) -> None:
        self.log = log
        self.database = database
        self.directory = directory

    async def write(self, count: int) -> None:
        for number in range(1, count + 1):
            await self.log.append(
                "account-blocked", actor="operator", subject=f"a{number}", details={"n": number}
            )

    def tamper(self, *statements: str) -> None:
        """As somebody who has the file: no trigger stops them."""
        with closing(sqlite3.connect(self.directory.database)) as connection:
            for name in _TRIGGERS:
                connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            for statement in statements:
                connection.execute(statement)
            connection.commit()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    await prepare_data(tmp_path)
    directory = DataDirectory(tmp_path)
    database, keys = Database(directory.database), Database(directory.keys_database, readers=1)
    await database.open()
    await keys.open()
    clock = SystemClock()
    vault = Vault(keys, load_master_key(directory, ""), clock)
    yield House(await AuditLog.open(database, vault, clock), database, directory)
    await database.close()
    await keys.close()
