"""How much there is in a room, of what, and how much there may be."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from meetd.boards.boards import Boards
from meetd.content.shelf import Shelf
from meetd.content.store import Quota
from meetd.core.amounts import Amount


@dataclass(frozen=True, kw_only=True)
class Used:
    """``files``: with what is on its way; ``boards``: with their snapshots."""

    files: Amount
    boards: Amount
    chat: Amount


class Usage:
    """``quota``: of files, in a room and on the server; ``most_boards``: in a room."""

    def __init__(
        self,
        shelf: Shelf,
        boards: Boards,
        chat: Callable[[str], Awaitable[Amount]],
        quota: Quota,
    ) -> None:
        """``chat``: how much was said in a room, by its id."""
        self._shelf = shelf
        self._boards = boards
        self._chat = chat
        self.quota = quota
        self.most_boards = boards.most

    async def of(self, room_id: str) -> Used:
        return Used(
            files=await self._shelf.used(room_id),
            boards=await self._boards.used(room_id),
            chat=await self._chat(room_id),
        )
