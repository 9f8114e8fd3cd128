"""Is there room for an archive? Asked before it is begun: a full disk ends meetings."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Final

from meetd.core.holdings import Attachment, Holding
from meetd.privacy.archive import Source
from meetd.privacy.spool import Row

MARGIN: Final = 32 << 20
"""Bytes that stay free beside the archive."""
_ROWS_TIMES: Final = 3
"""Rows are in it as JSON and as CSV, and wait encrypted beside it until it is whole."""


class NoSpace(Exception):
    """``needed`` and ``free`` in bytes."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(f"{needed} bytes are needed, {free} are free")
        self.needed = needed
        self.free = free


async def check_space(holdings: Sequence[Holding], person: str, free: int) -> None:
    """Raises: NoSpace."""
    check_free(sum([await _bytes_of(holding.export_for(person)) for holding in holdings]), free)


async def check_space_of_rows(sources: Sequence[Source], free: int) -> None:
    """For an archive that is sent while it is made: only its rows wait. Raises: NoSpace."""
    check_free(sum([await _bytes_of(source(), with_files=False) for source in sources]), free)


def check_free(length: int, free: int) -> None:
    """``length``: bytes of what is to be written. Raises: NoSpace."""
    if length + MARGIN > free:
        raise NoSpace(length + MARGIN, free)


async def _bytes_of(rows: AsyncIterator[Row], *, with_files: bool = True) -> int:
    """At the most: nothing of it can be compressed."""
    total = 0
    async for row in rows:
        files = [value for value in row.values() if isinstance(value, Attachment)]
        plain = {key: value for key, value in row.items() if not isinstance(value, Attachment)}
        total += sum(file.length for file in files) if with_files else 0
        total += _ROWS_TIMES * len(json.dumps(plain, ensure_ascii=False).encode())
    return total
