"""Takes archives of rooms in, and unpacks them one at a time in the background."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from shutil import disk_usage
from typing import IO, Final, TypeVar, cast

from meetd.along.arrival_store import Arrival, ArrivalStore
from meetd.along.reading import ArchiveRefused, Reason
from meetd.along.unpacking import SPARE, Owner, Targets, Unpacking
from meetd.core.errands import Errands
from meetd.core.files import is_full
from meetd.core.refusals import (
    NoSuchRoom,
    Refusal,
    RoomNameTaken,
    ServerContentFull,
    StorageFull,
    TooManyRooms,
)
from meetd.core.threads import to_its_end
from meetd.rooms.room import Room
from meetd.storage.blobs import BlobDamaged, BlobFolder
from meetd.storage.sealed_file import SealedFile, SealedReader

AT_ONCE: Final = 4
"""Archives that everybody together sends at a time."""

_MOST: Final = 1_000
"""That wait at a time."""
_WRITTEN: Final = 1 << 20
"""Bytes that one thread call encrypts and writes."""
_READ: Final = 256 * 1024
"""Bytes that are decrypted at a time."""

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Arrivals:
    """``open`` goes on with what a stop cut short, ``close`` gives up what is under way."""

    def __init__(
        self, store: ArrivalStore, folder: BlobFolder, targets: Targets, *, limit: int
    ) -> None:
        """``folder`` holds the archives until they are unpacked; ``limit``: bytes of one."""
        self._store = store
        self._folder = folder
        self._targets = targets
        self.limit = limit
        self._errands = Errands("unpacking of archives", _MOST, _log)
        self._turn = asyncio.Lock()
        self._sending = 0
        self._steps: dict[str, tuple[int, int]] = {}

    async def open(self) -> None:
        for arrival in await self._store.unfinished():
            if arrival.length is None or arrival.room_id is not None:
                await self._interrupted(arrival)
            else:
                self._errands.run(self._unpack(arrival))

    async def close(self) -> None:
        await self._errands.close()

    async def finished(self) -> None:
        """When everything that was brought is a room or was refused."""
        await self._errands.finished()

    async def of(self, account_id: str) -> Arrival | None:
        return await self._store.of(account_id)

    def step(self, arrival: Arrival) -> tuple[int, int] | None:
        """How far it is, and of how many; ``None`` while it waits or is still being sent."""
        return self._steps.get(arrival.id)

    async def forget(self, account_id: str) -> None:
        """What became of the last one needs no telling any more; one under way goes on."""
        found = await self._store.of(account_id)
        if found is not None and found.ended_at is not None:
            await self._store.forget(account_id)

    async def receive(self, account_id: str, length: int, body: AsyncIterator[bytes]) -> None:
        """An archive as it is sent; what becomes of it is told by ``of``. ``length``: about how
        long it says that it is, in bytes.

        Raises: ArchiveRefused before anything is read (busy, too_large, full), and as it comes;
        StorageFailed, and what reading it raises. Nothing is kept of it then.
        """
        self._check_room(length)
        arrival = await self._store.begin(account_id) if self._sending < AT_ONCE else None
        if arrival is None:
            raise ArchiveRefused("busy")
        self._sending += 1
        try:
            whole = await self._keep(arrival, body)
        except BaseException:
            # Also when the sender is gone: a task that is cancelled has this much left to do.
            await asyncio.shield(self._drop(arrival))
            raise
        finally:
            self._sending -= 1
        if whole is None:
            await self._drop(arrival)
        else:
            self._errands.run(self._unpack(whole))

    async def take_in(self, arrival: Arrival, file: IO[bytes], owner: Owner) -> Room:
        """From a file that lies elsewhere. Raises: ArchiveRefused; there is no room then."""
        try:
            return await self._fill(arrival, file, owner)
        except ArchiveRefused as refused:
            await self._store.fail(arrival, refused.reason)
            raise

    def _check_room(self, length: int) -> None:
        """Raises: ArchiveRefused."""
        if length > self.limit:
            raise ArchiveRefused("too_large")
        # It lies here packed and unpacked for a while.
        if 2 * length + SPARE > disk_usage(self._targets.disk).free:
            raise ArchiveRefused("full")

    async def _keep(self, arrival: Arrival, body: AsyncIterator[bytes]) -> Arrival | None:
        """Encrypted as it comes. ``None`` when the account is gone meanwhile."""
        cipher = await self._targets.vault.cipher("account", arrival.account_id)
        file = await _disk(partial(SealedFile, self._folder, arrival.id, cipher))
        with file:
            pending = bytearray()
            async for piece in body:
                pending += piece
                if file.length + len(pending) > self.limit:
                    raise ArchiveRefused("too_large")
                if len(pending) >= _WRITTEN:
                    await _disk(partial(file.write, bytes(pending)))
                    pending.clear()
            await _disk(partial(file.write, bytes(pending)))
            length = await _disk(file.finish)
        whole = replace(arrival, length=length)
        return whole if await self._store.note_length(arrival, length) else None

    async def _drop(self, arrival: Arrival) -> None:
        await asyncio.to_thread(self._folder.remove, arrival.id)
        await self._store.forget(arrival.account_id)

    async def _unpack(self, arrival: Arrival) -> None:
        async with self._turn:
            if await self._store.of(arrival.account_id) == arrival:  # the account is not gone
                await self._unpack_kept(arrival)
        await asyncio.to_thread(self._folder.remove, arrival.id)

    async def _unpack_kept(self, arrival: Arrival) -> None:
        cipher = await self._targets.vault.cipher("account", arrival.account_id)
        raw = SealedReader(self._folder, arrival.id, cipher, arrival.length or 0)
        with io.BufferedReader(raw, _READ) as file:
            try:
                await self.take_in(arrival, cast("IO[bytes]", file), Owner(arrival.account_id))
            except ArchiveRefused as refused:
                _log.info("an archive of a room was refused: %s", refused.reason)
            except Exception:
                await self._store.fail(arrival, "failed")
                raise

    async def _fill(self, arrival: Arrival, file: IO[bytes], owner: Owner) -> Room:
        """Raises: ArchiveRefused, for all that can be expected; no room is left then."""
        begun: list[str] = []

        async def begin(room_id: str) -> None:
            if not await self._store.note_room(arrival, room_id):
                raise NoSuchRoom
            begun.append(room_id)

        def report(done: int, total: int) -> None:
            self._steps[arrival.id] = (done, total)

        report(0, 1)
        try:
            unpacking = Unpacking(self._targets, owner, report)
            return await unpacking.unpack(file, begin, self._store.ended(arrival))
        except Exception as error:
            for room_id in begun:
                await self._remove_room(room_id)
            if isinstance(error, Refusal | OSError):
                raise ArchiveRefused(_reason(error)) from error
            raise
        finally:
            self._steps.pop(arrival.id, None)

    async def _interrupted(self, arrival: Arrival) -> None:
        """By a stop or a kill. Nothing of it is left but that it was."""
        if arrival.room_id is not None:
            await self._remove_room(arrival.room_id)
        await asyncio.to_thread(self._folder.remove, arrival.id)
        await self._store.fail(arrival, "interrupted")

    async def _remove_room(self, room_id: str) -> None:
        """One that was not whole, and its files."""
        room = await self._targets.rooms.by_id(room_id)
        if room is None or room.owner_id is not None:
            return
        blobs = await self._targets.content.blobs_of(room_id)
        await self._targets.rooms.delete(room)
        for blob_id in blobs:
            await asyncio.to_thread(self._targets.blobs.remove, blob_id)


def _reason(error: Exception) -> Reason:
    if isinstance(error, StorageFull | ServerContentFull):
        return "full"
    if isinstance(error, TooManyRooms):
        return "rooms"
    return "name" if isinstance(error, RoomNameTaken) else "failed"


async def _disk(work: Callable[[], T]) -> T:
    """Raises: ArchiveRefused."""
    try:
        return await to_its_end(work)
    except OSError as error:
        raise ArchiveRefused("full" if is_full(error) else "failed") from error
    except BlobDamaged as error:  # it was removed, with the account, while it was written
        raise ArchiveRefused("failed") from error
