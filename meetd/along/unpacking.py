"""Fills a room with what is in an archive. Until all of it is there the room is nobody's, at an
address that nobody can guess, and in no list; what stops before leaves nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import disk_usage
from typing import IO, Final

from meetd.along.format import DOCUMENT, Said, SharedFile, Whiteboard, chat_part
from meetd.along.people import Ids
from meetd.along.reading import Archive, ArchiveRefused
from meetd.along.writing import Report
from meetd.boards.board import Board, Label
from meetd.boards.boards import Boards
from meetd.chat.store import MessageStore
from meetd.content.intake import Intake
from meetd.content.item import Item
from meetd.content.names import MAX_FILE_NAME
from meetd.content.store import ContentStore
from meetd.core.ids import new_id, new_room_name
from meetd.core.refusals import (
    BoardFull,
    DrawingInvalid,
    FileNameInvalid,
    FileTooLarge,
    NameEmpty,
    NameTooLong,
    Refusal,
    RoomContentFull,
    RoomNameTaken,
    StorageFull,
    TextTooLong,
    TooManyBoards,
    TooManyItems,
)
from meetd.core.text import MAX_CHAT_TEXT, clean_line, clean_lines, clean_name
from meetd.protocol.chat import Mention, Message, Reaction
from meetd.rooms.also import Also
from meetd.rooms.names import MAX_ROOM_NAME, normalise_room_name
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.storage.blobs import BlobFolder
from meetd.storage.database import Database
from meetd.storage.vault import Vault

SPARE: Final = 64 << 20
"""Bytes that have to be free beyond what is unpacked."""

_NAMES: Final = 9
"""Names with a number that are tried when a room has the name already."""
_TOO_LARGE: Final = (RoomContentFull, FileTooLarge, TooManyItems, TooManyBoards, BoardFull)
_WRONG: Final = (DrawingInvalid, FileNameInvalid, NameEmpty, NameTooLong, TextTooLong)


@dataclass(frozen=True)
class Targets:
    """Where it goes. ``disk``: a folder on the disk that files come to lie on."""

    database: Database
    vault: Vault
    rooms: RoomStore
    content: ContentStore
    blobs: BlobFolder
    intake: Intake
    boards: Boards
    disk: Path


@dataclass(frozen=True)
class Owner:
    """Whose the room will be. ``name``: how it is to be called, instead of as it was."""

    account_id: str
    name: str = ""


Begun = Callable[[str], Awaitable[None]]
"""Called with the id of the room before there is one, so that a kill leaves nothing behind."""


class Unpacking:
    """One archive into one new room."""

    def __init__(self, targets: Targets, owner: Owner, report: Report) -> None:
        self._targets = targets
        self._owner = owner
        self._report = report
        self._ids = Ids()

    async def unpack(self, file: IO[bytes], begun: Begun, ended: Also) -> Room:
        """``ended``: done in the very moment when the room is there.

        Raises: ArchiveRefused, Refusal, OSError; there is nothing of it then, but for a room of
        nobody's which whoever was told of by ``begun`` removes.
        """
        archive = await asyncio.to_thread(Archive, file)
        if archive.length + SPARE > disk_usage(self._targets.disk).free:
            raise StorageFull
        room_id = new_id()
        await begun(room_id)
        room = await self._targets.rooms.make(new_room_name(), room_id)
        try:
            await self._fill(room, archive)
        except _TOO_LARGE as refusal:
            raise ArchiveRefused("too_large") from refusal
        except (ValueError, *_WRONG) as error:
            raise ArchiveRefused("damaged") from error
        return await self._settle(room, archive.manifest.room, ended)

    async def _fill(self, room: Room, archive: Archive) -> None:
        manifest = archive.manifest
        parts = chat_part(manifest.messages) if manifest.messages else 0
        total = parts + len(manifest.files) + len(manifest.whiteboards)
        steps: list[Callable[[], Awaitable[None]]] = [
            *(partial(self._take_messages, room, archive, part) for part in range(1, parts + 1)),
            *(partial(self._take_file, room, archive, file) for file in manifest.files),
            *(partial(self._take_board, room, archive, board) for board in manifest.whiteboards),
        ]
        for done, step in enumerate(steps):
            self._report(done, total)
            await step()

    async def _take_messages(self, room: Room, archive: Archive, part: int) -> None:
        said = await asyncio.to_thread(archive.messages, part)
        cipher = await self._targets.vault.cipher("room", room.id)
        store = MessageStore(self._targets.database, room.id, cipher)
        await store.take_in([self._message(each) for each in said])

    def _message(self, said: Said) -> Message:
        """Cleaned as if somebody said it here. Raises: ValueError, Refusal."""
        marks = [mark.emoji for mark in said.reactions]
        if len(set(marks)) != len(marks) or (said.replyTo or 0) >= said.number:
            raise ValueError("a message that nobody can have said")
        return Message(
            number=said.number,
            at=said.at,
            author=self._ids.of(said.by),
            name=_forgotten(said.name) if said.deleted else clean_name(said.name),
            text="" if said.deleted else clean_lines(said.text, MAX_CHAT_TEXT),
            client_id=new_id(),
            reply_to=said.replyTo,
            edited_at=said.editedAt,
            deleted=said.deleted,
            reactions=tuple(
                Reaction(emoji=mark.emoji, by=tuple(self._ids.of(who) for who in mark.by))
                for mark in said.reactions
            ),
            mentions=tuple(_mention(name) for name in said.mentions),
        )

    async def _take_file(self, room: Room, archive: Archive, file: SharedFile) -> None:
        """Encrypted as it comes, within the limits of every room."""
        intake, length = self._targets.intake, archive.manifest.parts[file.path].bytes
        taken = await intake.begin(
            room.id,
            name=file.name,
            media_type=file.mediaType,
            length=length,
            author=(self._ids.of(file.by), clean_name(file.byName)),
        )
        if not isinstance(taken, Item):
            taken = await intake.receive(taken, 0, _in_thread(archive.pieces(file.path)))
        if not isinstance(taken, Item):
            raise ArchiveRefused("damaged")
        await self._targets.content.date(taken, file.at)

    async def _take_board(self, room: Room, archive: Archive, whiteboard: Whiteboard) -> None:
        label = Label(clean_name(whiteboard.name), _forgotten(whiteboard.byName))
        author = self._ids.of(whiteboard.by)
        board = Board(new_id(), room.id, label, author, whiteboard.at)
        boards = self._targets.boards
        path = f"{whiteboard.folder}/{DOCUMENT}"
        if archive.manifest.parts[path].bytes > boards.limit:
            raise BoardFull(limit=boards.limit)
        update = await asyncio.to_thread(archive.whole, path, boards.limit)
        await boards.take_in(board, update)

    async def _settle(self, room: Room, former_name: str, ended: Also) -> Room:
        """Its owner's, under the first name that is free. Raises: Refusal."""
        rooms, account_id = self._targets.rooms, self._owner.account_id
        locked = await rooms.locks_new_rooms(account_id)
        for name in _names(self._owner.name or former_name):
            try:
                return await rooms.settle(room, name, account_id, locked=locked, also=ended)
            except RoomNameTaken:
                if self._owner.name:
                    raise
        raise RoomNameTaken


def _forgotten(name: str) -> str:
    """The name of somebody, which is empty once they had it erased. Raises: Refusal."""
    return clean_name(name) if name else ""


def _mention(name: str) -> Mention:
    """Of something that has another id now, so that only its name is known. Raises: ValueError,
    Refusal."""
    cleaned = clean_line(name, MAX_FILE_NAME)
    if not cleaned:
        raise ValueError("a mention without a name")
    return Mention(item=new_id(), name=cleaned)


def _names(name: str) -> Iterator[str]:
    """That one, with a number, and at last one that nobody has."""
    try:
        first = normalise_room_name(name)
    except Refusal:
        first = ""
    if first:
        yield first
        for number in range(2, _NAMES + 1):
            yield f"{first[: MAX_ROOM_NAME - 2]}-{number}"
    yield new_room_name()


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
