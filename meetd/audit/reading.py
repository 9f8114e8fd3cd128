"""The access log with names, for whoever audits it: as CSV and as JSON."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any

from meetd.audit.access_log import Access, AccessLog
from meetd.core.times import day_and_time

COLUMNS = ("number", "time", "act", "actor", "room", "subject", "what", "hash")


async def read(
    log: AccessLog, names: Mapping[str, str], after: int = 0
) -> AsyncIterator[dict[str, Any]]:
    """Lines as plain data, oldest first. ``names``: alias to what an account is called."""
    async for line in log.lines(after):
        yield plain(line, names)


def plain(line: Access, names: Mapping[str, str]) -> dict[str, Any]:
    """``at`` in ms since the Unix epoch, ``time`` for people."""
    return {
        **asdict(line),
        "time": day_and_time(line.at),
        "actor": names.get(line.actor, line.actor),
        "subject": names.get(line.subject or "", line.subject),
        "hash": line.hash.hex(),
    }
