"""``python -I compacting_process.py``: updates of one board from standard input, what they come to
together on standard output. A process of its own: the library that merges them may use much memory,
and ends the process when something in it goes wrong. It imports nothing of meetd.

In: updates, each after its length. Out: the state vector after its length, then one update.
"""

import resource
import struct
import sys
from typing import Final

MEMORY: Final = 2 << 30
"""Bytes of address space. A board of 32 MiB needs a tenth of it."""
CPU_SECONDS: Final = 60

LENGTH: Final = struct.Struct(">I")
"""``compacting.py`` has the same."""


def lower(what: int, most: int) -> None:
    """Set a limit that cannot be raised again; one that is lower already stays."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def compact(data: bytes) -> bytes:
    """What was deleted is not in it any more."""
    from pycrdt import Doc, Map  # noqa: PLC0415 - within the limits

    document: Doc[Map[object]] = Doc()
    at = 0
    with document.transaction():
        while at < len(data):
            (length,) = LENGTH.unpack_from(data, at)
            at += LENGTH.size
            document.apply_update(data[at : at + length])
            at += length
    state = document.get_state()
    return LENGTH.pack(len(state)) + state + document.get_update()


if __name__ == "__main__":
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_AS, MEMORY)
    lower(resource.RLIMIT_CPU, CPU_SECONDS)
    sys.stdout.buffer.write(compact(sys.stdin.buffer.read()))
