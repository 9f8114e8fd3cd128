"""``/api/v1/boards/...``: what is kept of a whiteboard, for whoever watches it.

The answer is a row of updates: number (8 bytes) and length (4 bytes) of each, both with the highest
byte first, then the update. A page that was away asks for what came ``after`` a number.
"""

import struct
from typing import Final

from aiohttp import web

from meetd.api.uploads import Holder
from meetd.boards.board import Board, Kept
from meetd.boards.boards import Boards
from meetd.content.names import BINARY
from meetd.core.refusals import HostsOnly, MessageMalformed
from meetd.serving.headers import NOTHING

PATH: Final = "/api/v1/boards/{id}"

_HEAD: Final = struct.Struct(">QI")
_LONGEST_NUMBER: Final = 16


class BoardsDoor:
    """Where whiteboards are fetched. The rights are looked at with every request."""

    def __init__(self, boards: Boards, holder: Holder) -> None:
        self._boards = boards
        self._holder = holder

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.fetch)]

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard, MessageMalformed."""
        after = _number(request.query.get("after", "0"))
        kept = await self._boards.read(self._fetching(request), after)
        self._fetching(request)  # the right to it may have ended meanwhile
        return web.Response(
            body=b"".join(map(_record, kept)),
            headers={
                "Content-Type": BINARY,
                "Content-Disposition": "attachment",
                "Content-Security-Policy": NOTHING,
                "Cache-Control": "no-store",
            },
        )

    def _fetching(self, request: web.Request) -> Board:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard."""
        meeting, participant = self._holder(request.query.get("key", ""))
        board = meeting.drawing.find(request.match_info["id"])
        if not meeting.may_fetch(participant.role, board.id):
            raise HostsOnly
        return board


def _record(kept: Kept) -> bytes:
    return _HEAD.pack(kept.number, len(kept.update)) + kept.update


def _number(text: str) -> int:
    """Raises: MessageMalformed."""
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise MessageMalformed
    return int(text)
