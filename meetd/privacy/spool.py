"""Rows of an archive until they are written down by kind: on the disk, encrypted, so that somebody
with very many of them takes no more memory than anybody else."""

import json
import os
from collections.abc import Iterator
from typing import IO, Any, Final

from meetd.core.ids import random_bytes
from meetd.core.private import Private
from meetd.storage.vault import KEY_BYTES, Cipher

Row = dict[str, Any]

_PIECE: Final = 64 * 1024
"""Bytes of rows of one kind that wait in memory."""


class _Kind:
    """``places``: where each piece begins and how long it is."""

    def __init__(self) -> None:
        self.count = 0
        self.columns: dict[str, None] = {}
        self.pending = bytearray()
        self.places: list[tuple[int, int]] = []


class Spool:
    """Rows by kind: added in any order, read kind by kind. The key is nowhere but here."""

    def __init__(self, file: IO[bytes]) -> None:
        """``file``: empty, to write and to read, for nobody else."""
        self._file = file
        self._cipher = Cipher(Private(random_bytes(KEY_BYTES)))
        self._kinds: dict[str, _Kind] = {}

    def add(self, kind: str, row: Row) -> bool:
        """Returns whether it is time to ``flush``."""
        of_kind = self._kinds.setdefault(kind, _Kind())
        of_kind.count += 1
        of_kind.columns.update(dict.fromkeys(row))
        of_kind.pending += json.dumps(row, ensure_ascii=False).encode() + b"\n"
        return len(of_kind.pending) >= _PIECE

    def flush(self, kind: str) -> None:
        """What waits of that kind goes to the disk. Raises: OSError."""
        of_kind = self._kinds[kind]
        sealed = self._cipher.seal(bytes(of_kind.pending), f"{kind}/{len(of_kind.places)}")
        of_kind.places.append((self._file.seek(0, os.SEEK_END), len(sealed)))
        self._file.write(sealed)
        of_kind.pending.clear()

    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind, in the order in which kinds came."""
        return {kind: of_kind.count for kind, of_kind in self._kinds.items()}

    def columns(self, kind: str) -> list[str]:
        """Of all rows of that kind, which may have different ones."""
        return list(self._kinds[kind].columns)

    def rows(self, kind: str) -> Iterator[Row]:
        """As they were added. Raises: OSError."""
        of_kind = self._kinds[kind]
        for number, (start, length) in enumerate(of_kind.places):
            self._file.seek(start)
            plain = self._cipher.open(self._file.read(length), f"{kind}/{number}")
            yield from map(json.loads, plain.splitlines())
        yield from map(json.loads, bytes(of_kind.pending).splitlines())
