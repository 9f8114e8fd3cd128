"""``/api/v1/boards/...``: what is kept of a whiteboard, for whoever watches it.

The answer is a row of updates: number (8 bytes) and length (4 bytes) of each, both with the highest
byte first, then the update. A page that was away asks for what came ``after`` a number. Snapshots
are listed as JSON, newest first, and fetched one by one: an update each.
"""

import struct
from typing import Final

import msgspec
from aiohttp import web

from meetd.api.uploads import Holder
from meetd.boards.board import Board, Kept, Snapshot
from meetd.boards.boards import Boards
from meetd.boards.snapshots import Snapshots
from meetd.content.names import BINARY
from meetd.core.refusals import HostsOnly, MessageMalformed
from meetd.serving.headers import NOTHING

PATH: Final = "/api/v1/boards/{id}"
SNAPSHOTS_PATH: Final = f"{PATH}/snapshots"
SNAPSHOT_PATH: Final = SNAPSHOTS_PATH + "/{snapshot}"

_HEAD: Final = struct.Struct(">QI")
_LONGEST_NUMBER: Final = 16


class BoardsDoor:
    """Where whiteboards are fetched. The rights are looked at with every request."""

    def __init__(self, boards: Boards, snapshots: Snapshots, holder: Holder) -> None:
        self._boards = boards
        self._snapshots = snapshots
        self._holder = holder

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(PATH, self.fetch),
            web.get(SNAPSHOTS_PATH, self.list_snapshots),
            web.get(SNAPSHOT_PATH, self.fetch_snapshot),
        ]

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard, MessageMalformed."""
        after = _number(request.query.get("after", "0"))
        kept = await self._boards.read(self._fetching(request), after)
        self._fetching(request)  # the right to it may have ended meanwhile
        return _answer(b"".join(map(_record, kept)))

    async def list_snapshots(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard."""
        snapshots = await self._snapshots.of_board(self._fetching(request))
        self._fetching(request)
        return _answer(msgspec.json.encode(list(map(_listed, snapshots))), "application/json")

    async def fetch_snapshot(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard, NoSuchSnapshot."""
        snapshot = request.match_info["snapshot"]
        update = await self._snapshots.read(self._fetching(request), snapshot)
        self._fetching(request)
        return _answer(update)

    def _fetching(self, request: web.Request) -> Board:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard."""
        meeting, participant = self._holder(request.query.get("key", ""))
        board = meeting.drawing.find(request.match_info["id"])
        if not meeting.may_fetch(participant.role, board.id):
            raise HostsOnly
        return board


def _answer(body: bytes, media_type: str = BINARY) -> web.Response:
    return web.Response(
        body=body,
        headers={
            "Content-Type": media_type,
            "Content-Disposition": "attachment",
            "Content-Security-Policy": NOTHING,
            "Cache-Control": "no-store",
        },
    )


def _listed(snapshot: Snapshot) -> dict[str, str | int]:
    return {"id": snapshot.id, "authorName": snapshot.author_name, "madeAt": snapshot.made_at}


def _record(kept: Kept) -> bytes:
    return _HEAD.pack(kept.number, len(kept.update)) + kept.update


def _number(text: str) -> int:
    """Raises: MessageMalformed."""
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise MessageMalformed
    return int(text)
