"""What people without an account may ask of what they left: to see it, to correct their name, to
take it along, and to have it erased. What their browser keeps is the only proof."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from meetd.core.holdings import Holding, OfVisitors, Traces
from meetd.core.text import clean_name
from meetd.core.turns import Turns
from meetd.privacy.archive import Row
from meetd.privacy.streaming import stream_archive

Use = Callable[[str], Awaitable[Traces | None]]
"""What a token leads to."""


class VisitorRights:
    """``use`` is asked with every act: a token that was erased meanwhile leads nowhere."""

    def __init__(self, use: Use, holdings: Callable[[], Sequence[Holding]]) -> None:
        self.use = use
        self._holdings = holdings
        self._turns = Turns()
        self._erasing: list[Callable[[Traces], Awaitable[None]]] = []

    def on_erasing(self, listener: Callable[[Traces], Awaitable[None]]) -> None:
        """Awaited before anything is erased: nothing is to be left anew."""
        self._erasing.append(listener)

    @property
    def holdings(self) -> list[OfVisitors]:
        """Those that keep anything of people without an account."""
        return [each for each in self._holdings() if isinstance(each, OfVisitors)]

    def archive(self, traces: Traces) -> AsyncGenerator[bytes, None]:
        """All of it, made while it is sent: nothing of it is kept here."""
        sources = [_source(each, traces) for each in self.holdings]
        return stream_archive(sources, "visitor")

    async def rename(self, token: str, name: str) -> bool:
        """Wherever it is kept. Returns whether the token leads anywhere.

        Raises: NameEmpty, NameTooLong, StorageFull, StorageFailed.
        """
        cleaned = clean_name(name)
        async with self._turns.one_at_a_time(token):
            traces = await self.use(token)
            if traces is None:
                return False
            for each in self.holdings:
                await each.rename_visitor(traces, cleaned)
        return True

    async def erase(self, token: str) -> bool:
        """All of it. Where something fails, the token still leads to the rest. Returns whether it
        led anywhere.

        Raises: StorageFull, StorageFailed.
        """
        async with self._turns.one_at_a_time(token):
            traces = await self.use(token)
            if traces is None:
                return False
            for listener in self._erasing:
                await listener(traces)
            # Again: what was left until a moment ago belongs to it.
            traces = await self.use(token) or traces
            for each in self.holdings:
                await each.erase_visitor(traces)
        return True


def _source(holding: OfVisitors, traces: Traces) -> Callable[[], AsyncIterator[Row]]:
    def rows() -> AsyncIterator[dict[str, Any]]:
        return holding.export_for_visitor(traces)

    return rows
