"""Builds the archives that people asked for, one at a time, in the background."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from meetd.core.errands import Errands
from meetd.core.files import is_full
from meetd.core.refusals import StorageFull
from meetd.privacy.archive import Report
from meetd.privacy.export_store import Export, ExportStore
from meetd.privacy.space import NoSpace
from meetd.storage.blobs import BlobFolder
from meetd.storage.sealed_file import SealedFile
from meetd.storage.vault import Cipher, Vault

Write = Callable[[io.RawIOBase, Export, Report], Awaitable[int]]
"""Writes what an archive is to have. Returns how many files are not in it. Raises: NoSpace before
anything is written."""

_MOST = 1_000
"""That wait at a time."""

_log = logging.getLogger(__name__)


class Exports:
    """``open`` goes on with what a stop cut short, ``close`` gives up what is under way."""

    def __init__(
        self,
        store: ExportStore,
        folder: BlobFolder,
        vault: Vault,
        write: Write,
    ) -> None:
        self._store = store
        self._folder = folder
        self._vault = vault
        self._write_into = write
        self._errands = Errands("building of archives", _MOST, _log)
        self._turn = asyncio.Lock()
        self._steps: dict[str, tuple[int, int]] = {}
        self._ready: list[Callable[[Export], None]] = []

    def on_ready(self, listener: Callable[[Export], None]) -> None:
        """Called with each archive that can be fetched from now on."""
        self._ready.append(listener)

    async def open(self) -> None:
        for export in await self._store.unfinished():
            self._errands.run(self._build(export))

    async def close(self) -> None:
        await self._errands.close()

    async def finished(self) -> None:
        """When everything that was asked for is done or given up."""
        await self._errands.finished()

    async def ask(self, account_id: str, room_id: str | None = None, language: str = "") -> None:
        """A new archive in the place of the one before; asked twice, the one under way goes on.

        Raises: NoSuchRoom.
        """
        found = await self._store.of(account_id, room_id)
        if found is not None and found.ready_at is None and found.id in self._steps:
            return
        export, former = await self._store.ask(account_id, room_id, language)
        if former is not None:
            await asyncio.to_thread(self._folder.remove, former)
        self._steps[export.id] = (0, 1)
        self._errands.run(self._build(export))

    async def of(self, account_id: str, room_id: str | None = None) -> Export | None:
        """Of the account itself, or of a room of theirs."""
        return await self._store.of(account_id, room_id)

    async def forget(self, export: Export) -> None:
        """What was kept is not what was written: another one has to be asked for."""
        await self._store.forget(export)
        await asyncio.to_thread(self._folder.remove, export.id)

    async def forget_room(self, room_id: str) -> None:
        """Every archive of that room; one that is being made is thrown away. Raises: RoomHeld: it
        is for what takes something out of the room."""
        for export_id in await self._store.forget_room(room_id):
            if export_id not in self._steps:
                await asyncio.to_thread(self._folder.remove, export_id)

    def step(self, export: Export) -> tuple[int, int] | None:
        """How far it is, and of how many; ``None`` when nothing is under way."""
        return self._steps.get(export.id)

    async def read(self, export: Export) -> AsyncIterator[bytes]:
        """Raises: BlobDamaged."""
        cipher = await self._cipher(export)
        length = export.length or 0
        pieces = self._folder.read(export.id, cipher, length, 0, length)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece

    async def _build(self, export: Export) -> None:
        self._steps[export.id] = (0, 1)
        try:
            async with self._turn:
                await self._write(export)
        except Exception as error:
            await self._give_up(export, error)
            raise
        finally:
            del self._steps[export.id]

    async def _give_up(self, export: Export, error: Exception) -> None:
        """Nothing of it stays on the disk, which may be what is full."""
        await asyncio.to_thread(self._folder.remove, export.id)
        await self._store.note_problem(export, "space" if _is_of_space(error) else "fault")

    async def _write(self, export: Export) -> None:
        def report(done: int, total: int) -> None:
            self._steps[export.id] = (done, total)

        found = await self._store.of(export.account_id, export.room_id)
        if found is None or found.id != export.id:
            return  # not wanted any more: another one is, or the account or the room is gone
        cipher = await self._cipher(export)
        file = await asyncio.to_thread(SealedFile, self._folder, export.id, cipher)
        with file:
            left_out = await self._write_into(file, export, report)
            length = await asyncio.to_thread(file.finish)
        await self._hand_out(export, length, left_out)

    async def _hand_out(self, export: Export, length: int, left_out: int) -> None:
        if left_out:
            _log.error("files are damaged or gone, and not in an archive: %d", left_out)
        if await self._store.note_ready(export, length, left_out):
            for listener in self._ready:
                listener(export)
        else:
            await asyncio.to_thread(self._folder.remove, export.id)

    async def _cipher(self, export: Export) -> Cipher:
        """Of the room for what was in it: deleted with it, the archive cannot be read any more."""
        if export.room_id is None:
            return await self._vault.cipher("account", export.account_id)
        return await self._vault.cipher("room", export.room_id)


def _is_of_space(error: Exception) -> bool:
    return is_full(error) or isinstance(error, (NoSpace, StorageFull))
