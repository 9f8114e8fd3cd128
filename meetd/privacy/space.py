"""Is there room for an archive? Asked before it is begun: a full disk ends meetings."""

import json
from collections.abc import Sequence
from typing import Final

from meetd.core.holdings import Attachment, Holding

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
    check_free(sum([await _bytes_of(holding, person) for holding in holdings]), free)


def check_free(length: int, free: int) -> None:
    """``length``: bytes of what is to be written. Raises: NoSpace."""
    if length + MARGIN > free:
        raise NoSpace(length + MARGIN, free)


async def _bytes_of(holding: Holding, person: str) -> int:
    """At the most: nothing of it can be compressed."""
    total = 0
    async for row in holding.export_for(person):
        files = [value for value in row.values() if isinstance(value, Attachment)]
        plain = {key: value for key, value in row.items() if not isinstance(value, Attachment)}
        total += sum(file.length for file in files)
        total += _ROWS_TIMES * len(json.dumps(plain, ensure_ascii=False).encode())
    return total
