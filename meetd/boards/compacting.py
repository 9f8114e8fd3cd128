"""Has the updates of a board made into one, in a process of its own (``compacting_process.py``)."""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from meetd.boards.updates import UpdateInvalid, read_vector
from meetd.core.apart import apart

SECONDS: Final = 120.0
"""From start to end, however little the process gets to run."""

_PROGRAM: Final = Path(__file__).with_name("compacting_process.py")
_LENGTH: Final = struct.Struct(">I")


class CompactingFailed(Exception):
    """The updates stay as they are."""


@dataclass(frozen=True)
class Compacted:
    """One update, and the state vector that it leads to."""

    state: bytes
    update: bytes = field(repr=False)


async def compact(updates: Sequence[bytes], seconds: float = SECONDS) -> Compacted:
    """Raises: CompactingFailed."""
    async with apart(_PROGRAM) as process:
        try:
            async with asyncio.timeout(seconds):
                sent = b"".join(_LENGTH.pack(len(each)) + each for each in updates)
                output, _ = await process.communicate(sent)
        except TimeoutError:
            raise CompactingFailed from None
    if process.returncode:
        raise CompactingFailed
    return _parse(output)


def _parse(output: bytes) -> Compacted:
    try:
        (length,) = _LENGTH.unpack_from(output)
        state = output[_LENGTH.size : _LENGTH.size + length]
        read_vector(state)
    except (struct.error, UpdateInvalid):
        raise CompactingFailed from None
    return Compacted(state, output[_LENGTH.size + length :])
