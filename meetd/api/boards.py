"""``/api/v1/boards/...``: what is kept of a whiteboard, for whoever watches it.

The answer is a row of updates: number (8 bytes) and length (4 bytes) of each, both with the highest
byte first, then the update. A page that was away asks for what came ``after`` a number. Snapshots
are listed as JSON, newest first, and fetched one by one: an update each.
"""

import struct
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from functools import partial
from typing import Final

import msgspec
from aiohttp import web

from meetd.api.uploads import Holder
from meetd.boards.board import Board, Kept, Snapshot
from meetd.boards.boards import Boards
from meetd.boards.snapshots import Snapshots
from meetd.content.names import BINARY
from meetd.core.clock import Clock
from meetd.core.refusals import HostsOnly, MessageMalformed
from meetd.serving.few import FewAtATime
from meetd.serving.headers import NOTHING
from meetd.serving.sending import Sending

PATH: Final = "/api/v1/boards/{id}"
SNAPSHOTS_PATH: Final = f"{PATH}/snapshots"
SNAPSHOT_PATH: Final = SNAPSHOTS_PATH + "/{snapshot}"

AT_A_TIME: Final = 8
"""Boards and snapshots that are being fetched: each is in memory, 32 MB of it as a rule at most."""
OF_NETWORK: Final = 4
"""Of those; pages that are refused come again."""
SLOWEST: Final = 64 * 1024
"""Bytes a second: slower, nobody holds a place for long."""

_PIECE: Final = 64 * 1024
_HEAD: Final = struct.Struct(">QI")
_LONGEST_NUMBER: Final = 16
_HEADERS: Final = {
    "Content-Disposition": "attachment",
    "Content-Security-Policy": NOTHING,
    "Cache-Control": "no-store",
}


class BoardsDoor:
    """Where whiteboards are fetched. The rights are looked at with every request."""

    def __init__(
        self,
        boards: Boards,
        snapshots: Snapshots,
        holder: Holder,
        network: Callable[[web.Request], str],
        clock: Clock,
    ) -> None:
        self._boards = boards
        self._snapshots = snapshots
        self._holder = holder
        self._network = network
        self._few = FewAtATime(of_all=AT_A_TIME, of_network=OF_NETWORK)
        self._sending = Sending(clock, slowest=SLOWEST)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(PATH, self.fetch, allow_head=False),
            web.get(SNAPSHOTS_PATH, self.list_snapshots),
            web.get(SNAPSHOT_PATH, self.fetch_snapshot, allow_head=False),
        ]

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard, MessageMalformed, TooFast."""
        after = _number(request.query.get("after", "0"))
        self._fetching(request)  # whoever has no right to it stands in nobody's way
        async with self._few.place(self._network(request)):
            kept = await self._boards.read(self._fetching(request), after)
            length = sum(_HEAD.size + len(each.update) for each in kept)
            return await self._send(request, _pieces(kept), length)

    async def list_snapshots(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard."""
        snapshots = await self._snapshots.of_board(self._fetching(request))
        self._fetching(request)
        return _answer(msgspec.json.encode(list(map(_listed, snapshots))), "application/json")

    async def fetch_snapshot(self, request: web.Request) -> web.StreamResponse:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard, NoSuchSnapshot, TooFast."""
        self._fetching(request)
        async with self._few.place(self._network(request)):
            snapshot = request.match_info["snapshot"]
            update = await self._snapshots.read(self._fetching(request), snapshot)
            return await self._send(request, (update,), len(update))

    async def _send(
        self, request: web.Request, pieces: Iterable[bytes], length: int
    ) -> web.StreamResponse:
        self._fetching(request)  # the right to it may have ended meanwhile
        response = web.StreamResponse(headers=_HEADERS | {"Content-Type": BINARY})
        response.content_length = length
        check = partial(self._fetching, request)
        await self._sending.send(request, response, _one_by_one(pieces), check)
        return response

    def _fetching(self, request: web.Request) -> Board:
        """Raises: NotInMeeting, HostsOnly, NoSuchBoard."""
        meeting, participant = self._holder(request.query.get("key", ""))
        board = meeting.drawing.find(request.match_info["id"])
        if not meeting.may_fetch(participant.role, board.id):
            raise HostsOnly
        return board


def _answer(body: bytes, media_type: str) -> web.Response:
    return web.Response(body=body, headers=_HEADERS | {"Content-Type": media_type})


def _listed(snapshot: Snapshot) -> dict[str, str | int]:
    return {"id": snapshot.id, "authorName": snapshot.author_name, "madeAt": snapshot.made_at}


def _pieces(kept: Iterable[Kept]) -> Iterator[bytes]:
    """Small updates together."""
    gathered = bytearray()
    for each in kept:
        gathered += _HEAD.pack(each.number, len(each.update))
        if len(gathered) + len(each.update) <= _PIECE:
            gathered += each.update
            continue
        yield bytes(gathered)
        gathered.clear()
        yield each.update
    yield bytes(gathered)


async def _one_by_one(pieces: Iterable[bytes]) -> AsyncGenerator[bytes, None]:
    for piece in pieces:
        yield piece


def _number(text: str) -> int:
    """Raises: MessageMalformed."""
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise MessageMalformed
    return int(text)
