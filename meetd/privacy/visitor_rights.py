"""What people without an account may ask of what they left: to see it, to correct their name, to
take it along, and to have it erased. What their browser keeps is the only proof."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Protocol

from meetd.core.holdings import Holding, OfVisitors, Traces
from meetd.core.refusals import RoomHeld, StorageFull
from meetd.core.text import clean_name
from meetd.core.turns import Turns
from meetd.privacy.archive import Source
from meetd.privacy.space import NoSpace, check_space_of_rows
from meetd.privacy.streaming import stream_archive
from meetd.storage.blobs import BlobFolder

Use = Callable[[str], Awaitable[Traces | None]]
"""What a token leads to."""

Rename = Callable[[str, str], None]
"""Given the token and the name, which is clean."""

Leave = Callable[[str, Traces], Awaitable[None]]
"""Given the token too: whoever left nothing yet is in no traces."""


class Holds(Protocol):
    """Which rooms have to be kept."""

    async def rooms_among(self, room_ids: Iterable[str]) -> frozenset[str]: ...


class VisitorRights:
    """``use`` is asked with every act: a token that was erased meanwhile leads nowhere."""

    def __init__(
        self,
        use: Use,
        holdings: Callable[[], Sequence[Holding]],
        holds: Holds,
        note_held: Callable[[str, str], Awaitable[None]],
        folder: BlobFolder,
    ) -> None:
        """``note_held``: called with what a legal hold refused, and the id of the room. ``folder``:
        in which rows of an archive wait."""
        self.use = use
        self._holdings = holdings
        self._holds = holds
        self._note_held = note_held
        self._folder = folder
        self._turns = Turns()
        self._renaming: list[Rename] = []
        self._erasing: list[Leave] = []

    def on_renaming(self, listener: Rename) -> None:
        """Called where the token leads somewhere."""
        self._renaming.append(listener)

    def on_erasing(self, listener: Leave) -> None:
        """Awaited before anything is erased, more than once: nothing is to be left anew."""
        self._erasing.append(listener)

    @property
    def holdings(self) -> list[OfVisitors]:
        """Those that keep anything of people without an account."""
        return [each for each in self._holdings() if isinstance(each, OfVisitors)]

    async def check_space(self, traces: Traces) -> None:
        """Before ``archive``. Raises: StorageFull when there is none for what waits."""
        free = await asyncio.to_thread(self._folder.free)
        try:
            await check_space_of_rows(self._sources(traces), free)
        except NoSpace as lack:
            raise StorageFull from lack

    async def archive(self, traces: Traces) -> AsyncGenerator[bytes, None]:
        """All of it, made while it is sent: nothing of it is kept here."""
        with await asyncio.to_thread(self._folder.scratch) as scratch:
            sources = self._sources(traces)
            async with aclosing(stream_archive(scratch, sources, "visitor")) as pieces:
                async for piece in pieces:
                    yield piece

    async def rename(self, token: str, name: str) -> bool:
        """Wherever it is kept. Returns whether the token leads anywhere.

        Raises: RoomHeld when it stays as it is in a room on hold; elsewhere it is another one.
        NameEmpty, NameTooLong, StorageFull, StorageFailed.
        """
        cleaned = clean_name(name)
        async with self._turns.one_at_a_time(token):
            traces = await self.use(token)
            if traces is None:
                return False
            for listener in self._renaming:
                listener(token, cleaned)
            await self._wherever("rename visitor", traces, partial(_rename, cleaned))
        return True

    async def erase(self, token: str) -> bool:
        """All of it. Where something fails, the token still leads to the rest. Returns whether it
        led anywhere.

        Raises: RoomHeld when what is in a room on hold stays, and is found by the token; the rest
        is gone. StorageFull, StorageFailed.
        """
        async with self._turns.one_at_a_time(token):
            traces = await self.use(token)
            if traces is None:
                return False
            # Twice: what was left until a moment ago belongs to it, and whoever came in by then.
            for _ in range(2):
                await self._see_out(token, traces)
                traces = await self.use(token) or traces
            await self._wherever("erase visitor", traces, _erase)
        return True

    async def _see_out(self, token: str, traces: Traces) -> None:
        held = await self._holds.rooms_among(traces.rooms)
        for listener in self._erasing:
            await listener(token, traces.without(held))

    async def _wherever(
        self, what: str, traces: Traces, act: Callable[[OfVisitors, Traces], Awaitable[int]]
    ) -> None:
        """In whatever room is not held. Raises: RoomHeld at the end, when one is."""
        held = await self._holds.rooms_among(traces.rooms)
        while not await self._everywhere(traces.without(held), act):
            held = await self._holds.rooms_among(traces.rooms)
        for room_id in held:
            await self._note_held(what, room_id)
        if held:
            raise RoomHeld

    async def _everywhere(
        self, traces: Traces, act: Callable[[OfVisitors, Traces], Awaitable[int]]
    ) -> bool:
        """Returns whether no room is held since a moment ago."""
        try:
            for each in self.holdings:
                await act(each, traces)
        except RoomHeld:
            return False
        return True

    def _sources(self, traces: Traces) -> list[Source]:
        return [partial(each.export_for_visitor, traces) for each in self.holdings]


async def _rename(name: str, holding: OfVisitors, traces: Traces) -> int:
    return await holding.rename_visitor(traces, name)


async def _erase(holding: OfVisitors, traces: Traces) -> int:
    return await holding.erase_visitor(traces)
