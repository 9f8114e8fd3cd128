"""What goes into the archives that people ask for: of themselves, and of their rooms."""

import asyncio
import io

from meetd.along.writing import Sources, Writing
from meetd.core.refusals import NoSuchRoom
from meetd.meetings.usage import Usage
from meetd.pages.words import Languages
from meetd.privacy.archive import LEFT_OUT, Report, write_archive
from meetd.privacy.export_store import Export
from meetd.privacy.space import check_free, check_space
from meetd.stores import Stores


class Archiving:
    """``write`` is what ``Exports`` asks for."""

    def __init__(self, stores: Stores, usage: Usage, languages: Languages) -> None:
        self._stores = stores
        self._usage = usage
        self._languages = languages

    async def write(self, file: io.RawIOBase, export: Export, report: Report) -> int:
        """Returns how many files are not in it. Raises: NoSpace, NoSuchRoom, OSError, and what
        ``Writing.write`` raises."""
        if export.room_id is None:
            return await self._write_account(file, export.account_id, report)
        return await self._write_room(file, export, export.room_id, report)

    async def _write_account(self, file: io.RawIOBase, account_id: str, report: Report) -> int:
        holdings, folder = self._stores.holdings, self._stores.archives
        await check_space(holdings, account_id, await asyncio.to_thread(folder.free))
        with await asyncio.to_thread(folder.scratch) as scratch:
            counts = await write_archive(file, scratch, holdings, account_id, report)
        return counts.get(LEFT_OUT, 0)

    async def _write_room(
        self, file: io.RawIOBase, export: Export, room_id: str, report: Report
    ) -> int:
        room = await self._stores.rooms.owned(room_id, export.account_id)
        if room is None:
            raise NoSuchRoom
        free = await asyncio.to_thread(self._stores.archives.free)
        await check_space_of_room(self._usage, room_id, free)
        words = self._languages.named(export.language)
        manifest = await Writing(room, sources_of(self._stores), words, report).write(file)
        return len(manifest.leftOut)


async def check_space_of_room(usage: Usage, room_id: str, free: int) -> None:
    """``free``: bytes where its archive is to be written. Raises: NoSpace."""
    used = await usage.of(room_id)
    check_free(used.files.bytes + used.boards.bytes + used.chat.bytes, free)


def sources_of(stores: Stores) -> Sources:
    """What the archive of a room is made of."""
    return Sources(stores.database, stores.vault, stores.shelf, stores.boards)
