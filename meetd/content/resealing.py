"""Files of a room, sealed anew with its newest key.

Each becomes another file, with another name: what backups hold under the old name is what the old
key opens. The name follows from the old one and the new key, so a second attempt takes the place of
one that was killed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from typing import Final

from meetd.content.store import ContentStore, StoredFile
from meetd.core.clock import Clock
from meetd.core.holdings import Resealed
from meetd.core.refusals import StorageFull
from meetd.core.threads import to_its_end
from meetd.storage.blobs import SEGMENT, BlobDamaged, BlobFolder, seal, segments
from meetd.storage.vault import Cipher, Vault

MARGIN: Final = 32 << 20
"""Bytes that stay free beside a file that is written: a full disk ends meetings."""


class FileSeals:
    """The files of all rooms."""

    def __init__(
        self,
        store: ContentStore,
        blobs: BlobFolder,
        vault: Vault,
        clock: Clock,
        is_copied: Callable[[], bool],
    ) -> None:
        """``is_copied``: is a backup under way? It may have seen what had the old file."""
        self._store = store
        self._blobs = blobs
        self._vault = vault
        self._clock = clock
        self._is_copied = is_copied

    async def count(self, room_id: str) -> int:
        """Segments of all files."""
        return sum(segments(file.length) for file in await self._store.files_of(room_id))

    async def reseal(self, room_id: str) -> AsyncIterator[Resealed]:
        """A MiB at a step. Files on their way in wait until they are there.

        Raises: StorageFull, StorageFailed, OSError.
        """
        cipher = await self._vault.cipher("room", room_id)
        yield Resealed(waiting=await self._count_waiting(room_id, cipher))
        for file in await self._store.files_of(room_id):
            try:
                if await asyncio.to_thread(self._blobs.is_newest, *_of(file, cipher)):
                    yield Resealed(seen=segments(file.length))
                    continue
                async for step in self._anew(room_id, file, cipher):
                    yield step
            except BlobDamaged:
                if await self._is_there(room_id, file):
                    yield Resealed(damaged=(f"blobs/{file.blob_id[:2]}/{file.blob_id}",))

    async def _count_waiting(self, room_id: str, cipher: Cipher) -> int:
        """Files on their way that began with a former key."""
        newest = [
            await asyncio.to_thread(self._blobs.grows_newest, *_of(file, cipher))
            for file in await self._store.uploads_to(room_id)
        ]
        return newest.count(False)

    async def _anew(
        self, room_id: str, file: StoredFile, cipher: Cipher
    ) -> AsyncIterator[Resealed]:
        if await asyncio.to_thread(self._blobs.free) < file.length + MARGIN:
            raise StorageFull
        new = await self._vault.alias("room", room_id, f"blobs/{file.blob_id}")
        writing = _written_anew(self._blobs, file, new, cipher)
        try:
            while count := await to_its_end(next, writing, 0):
                yield Resealed(seen=count)
            await self._take_place(room_id, file, new)
        except BaseException:
            await self._give_up(room_id, writing, new)
            raise
        yield Resealed(changed=1)

    async def _take_place(self, room_id: str, file: StoredFile, new: str) -> None:
        old, now = file.blob_id, self._clock.now() / 1_000
        await asyncio.to_thread(self._blobs.touch, old, now)
        if not await self._store.change_file(room_id, old, new):
            await asyncio.to_thread(self._blobs.remove, new)  # removed by people meanwhile
        elif not await asyncio.to_thread(self._is_copied):
            await asyncio.to_thread(self._blobs.remove, old)

    async def _give_up(self, room_id: str, writing: Generator[int, None, None], new: str) -> None:
        """Where nothing has got it."""
        writing.close()
        if all(file.blob_id != new for file in await self._store.files_of(room_id)):
            await asyncio.to_thread(self._blobs.remove, new)

    async def _is_there(self, room_id: str, file: StoredFile) -> bool:
        """Nobody removed it meanwhile."""
        return file in await self._store.files_of(room_id)


def _written_anew(
    blobs: BlobFolder, file: StoredFile, new: str, cipher: Cipher
) -> Generator[int, None, None]:
    """Yields after each piece how many segments it had; at the end it has its name.

    Raises: BlobDamaged, OSError.
    """
    last, number = segments(file.length) - 1, 0
    with blobs.grow(new, 0) as growing:
        pieces = blobs.read(file.blob_id, cipher, file.length, 0, file.length)
        for piece in pieces if file.length else [b""]:
            begin = number
            for start in range(0, max(1, len(piece)), SEGMENT):
                plain = memoryview(piece)[start : start + SEGMENT]
                growing.write(seal(cipher, new, number, plain, last=number == last))
                number += 1
            yield number - begin
        growing.sync()
    blobs.finish(new, file.length)


def _of(file: StoredFile, cipher: Cipher) -> tuple[str, Cipher, int]:
    return file.blob_id, cipher, file.length
