"""Builds the archives that people asked for, one at a time, in the background."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import IO

from meetd.core.errands import Errands
from meetd.core.holdings import Holding
from meetd.core.refusals import StorageFull
from meetd.privacy.archive import LEFT_OUT, write_archive
from meetd.privacy.export_store import Export, ExportStore
from meetd.privacy.sealed_file import SealedFile
from meetd.privacy.space import NoSpace, check_space
from meetd.storage.blobs import BlobFolder
from meetd.storage.vault import Vault

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
        holdings: Callable[[], Sequence[Holding]],
    ) -> None:
        self._store = store
        self._folder = folder
        self._vault = vault
        self._holdings = holdings
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

    async def ask(self, account_id: str) -> None:
        """A new archive in the place of the one before; asked twice, the one under way goes on."""
        found = await self._store.of(account_id)
        if found is not None and found.ready_at is None and found.id in self._steps:
            return
        export, former = await self._store.ask(account_id)
        if former is not None:
            await asyncio.to_thread(self._folder.remove, former)
        self._steps[export.id] = (0, 1)
        self._errands.run(self._build(export))

    async def of(self, account_id: str) -> Export | None:
        return await self._store.of(account_id)

    async def forget(self, account_id: str) -> None:
        """What was kept is not what was written: another one has to be asked for."""
        for export_id in await self._store.forget(account_id):
            await asyncio.to_thread(self._folder.remove, export_id)

    def step(self, export: Export) -> tuple[int, int] | None:
        """How far it is, and of how many; ``None`` when nothing is under way."""
        return self._steps.get(export.id)

    async def read(self, export: Export) -> AsyncIterator[bytes]:
        """Raises: BlobDamaged."""
        cipher = await self._vault.cipher("account", export.account_id)
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
        found = await self._store.of(export.account_id)
        if found is None or found.id != export.id:
            return  # not wanted any more: another one is, or the account is gone
        free = await asyncio.to_thread(self._folder.free)
        await check_space(self._holdings(), export.account_id, free)
        cipher = await self._vault.cipher("account", export.account_id)
        file = await asyncio.to_thread(SealedFile, self._folder, export.id, cipher)
        with file, await asyncio.to_thread(self._folder.scratch) as scratch:
            counts = await self._fill(file, scratch, export)
            length = await asyncio.to_thread(file.finish)
        await self._hand_out(export, length, counts.get(LEFT_OUT, 0))

    async def _fill(self, file: SealedFile, scratch: IO[bytes], export: Export) -> dict[str, int]:
        def report(done: int, total: int) -> None:
            self._steps[export.id] = (done, total)

        return await write_archive(file, scratch, self._holdings(), export.account_id, report)

    async def _hand_out(self, export: Export, length: int, left_out: int) -> None:
        if left_out:
            _log.error("files are damaged or gone, and not in an archive: %d", left_out)
        if await self._store.note_ready(export, length, left_out):
            for listener in self._ready:
                listener(export)
        else:
            await asyncio.to_thread(self._folder.remove, export.id)


def _is_of_space(error: Exception) -> bool:
    is_full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    return is_full or isinstance(error, (NoSpace, StorageFull))
