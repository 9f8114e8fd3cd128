"""Writes the archive of a room. It holds what everybody in the room may see, and nothing else: who
may come in, whose accounts were there, what was removed and how it was before are not in it."""

import asyncio
import io
import re
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import msgspec

from meetd.along.format import (
    FORMAT,
    INDEX,
    MANIFEST,
    PAGE,
    VERSION,
    Manifest,
    Mark,
    Said,
    SharedFile,
    Whiteboard,
    chat_part,
)
from meetd.along.html import (
    ACTIVE,
    INERT,
    Shared,
    Shown,
    Words,
    chat_page,
    index,
    text_lines,
)
from meetd.along.packing import Packing
from meetd.along.people import Numbers
from meetd.boards.board import Board
from meetd.boards.picture import pictures
from meetd.boards.store import BoardStore
from meetd.chat.store import MessageStore
from meetd.content.item import Item
from meetd.content.shelf import Shelf
from meetd.core.refusals import ItemDamaged
from meetd.protocol.chat import Message
from meetd.rooms.room import Room
from meetd.storage.database import Database
from meetd.storage.vault import Vault

Report = Callable[[int, int], None]
"""How far it is, and of how many."""

EMPTY_UPDATE: Final = b"\x00\x00"
"""Of a board where nothing was drawn: no clients, nothing deleted."""
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_MOST_NAME: Final = 100


@dataclass(frozen=True)
class Sources:
    """Where it comes from."""

    database: Database
    vault: Vault
    shelf: Shelf
    boards: BoardStore


class Writing:
    """One archive of one room."""

    def __init__(self, room: Room, sources: Sources, words: Words, report: Report) -> None:
        self._room = room
        self._sources = sources
        self._words = words
        self._report = report
        self._numbers = Numbers()
        self._renumbered: dict[int, int] = {}
        self._shown = Shown(room.name)

    async def write(self, target: io.RawIOBase) -> Manifest:
        """Into ``target``, which is only written to.

        Raises: OSError, StorageFailed, ItemDamaged, PictureFailed, NoSuchRoom.
        """
        items = await self._sources.shelf.items(self._room.id)
        boards = await self._sources.boards.boards(self._room.id)
        total, done = 1 + len(items) + len(boards), 1
        with Packing(target) as packing:
            self._report(0, total)
            await self._write_chat(packing)
            for number, item in enumerate(items, start=1):
                self._report(done, total)
                await self._write_file(packing, number, item)
                done += 1
            for number, board in enumerate(boards, start=1):
                self._report(done, total)
                await self._write_board(packing, number, board)
                done += 1
            await packing.put_whole(INDEX, index(self._shown, self._words).encode())
            manifest = self._manifest(packing)
            encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
            await packing.put_whole(MANIFEST, encoded + b"\n")
        return manifest

    async def _write_chat(self, packing: Packing) -> None:
        """What was said to everybody, a part at a time. Messages are counted anew: that something
        else was said between two of them is nobody's business."""
        store = await self._messages()
        page = await store.after(0, PAGE)
        while page:
            said = [self._said(message) for message in page]
            following = await store.after(page[-1].number, PAGE)
            await self._write_part(packing, said, is_last=not following)
            page = following

    async def _messages(self) -> MessageStore:
        cipher = await self._sources.vault.cipher("room", self._room.id)
        return MessageStore(self._sources.database, self._room.id, cipher)

    def _said(self, message: Message) -> Said:
        self._shown.messages += 1
        number = self._renumbered[message.number] = self._shown.messages
        return Said(
            number=number,
            at=message.at,
            by=self._numbers.of(message.author),
            name=message.name,
            text=message.text,
            replyTo=self._renumbered.get(message.reply_to or 0),
            editedAt=message.edited_at,
            deleted=message.deleted,
            reactions=[
                Mark(each.emoji, [self._numbers.of(who) for who in each.by])
                for each in message.reactions
            ],
            mentions=[each.name for each in message.mentions],
        )

    async def _write_part(self, packing: Packing, said: list[Said], *, is_last: bool) -> None:
        path = f"chat/{chat_part(said[0].number)}"
        encoded = await asyncio.to_thread(_encoded, said)
        await packing.put_whole(f"{path}.json", encoded)
        text = "".join(text_lines(message, self._words) for message in said)
        await packing.put_whole(f"{path}.txt", text.encode())
        page = await asyncio.to_thread(
            chat_page, said, self._room.name, self._words, is_last=is_last
        )
        await packing.put_whole(f"{path}.html", page.encode())

    async def _write_file(self, packing: Packing, number: int, item: Item) -> None:
        if not await self._is_sound(item):
            self._shown.left_out.append(item.label.name)
            return
        shared = SharedFile(
            path=f"files/{number}-{safe_name(item.label.name)}",
            name=item.label.name,
            mediaType=item.label.media_type,
            by=self._numbers.of(item.author),
            byName=item.label.author_name,
            at=item.added_at,
        )
        await packing.put(shared.path, self._sources.shelf.read(item, 0, item.length))
        self._shown.files.append(Shared(shared, item.length))

    async def _is_sound(self, item: Item) -> bool:
        """Looked at first: what was begun in a ZIP cannot be taken back."""
        try:
            async for _piece in self._sources.shelf.read(item, 0, item.length):
                pass
        except ItemDamaged:
            return False
        return True

    async def _write_board(self, packing: Packing, number: int, board: Board) -> None:
        folder, pages = f"whiteboards/{number}", 0
        kept = await self._sources.boards.read(board)
        updates = [each.update for each in kept] or [EMPTY_UPDATE]
        async with aclosing(pictures(updates, board.label.name)) as files:
            async for file, pieces in files:
                await packing.put(f"{folder}/{file.name}", pieces)
                pages += file.name.endswith(".svg")
        self._shown.whiteboards.append(
            Whiteboard(
                folder=folder,
                pages=pages,
                name=board.label.name,
                by=self._numbers.of(board.author),
                byName=board.label.author_name,
                at=board.added_at,
            )
        )

    def _manifest(self, packing: Packing) -> Manifest:
        return Manifest(
            format=FORMAT,
            version=VERSION,
            room=self._room.name,
            messages=self._shown.messages,
            files=[each.file for each in self._shown.files],
            whiteboards=self._shown.whiteboards,
            leftOut=self._shown.left_out,
            parts=packing.parts,
        )


def safe_name(name: str) -> str:
    """For any disk, and nothing that runs when it is opened from one."""
    cleaned = _NOT_IN_NAMES.sub("_", name).lstrip(".")[-_MOST_NAME:].lstrip(".") or "file"
    is_active = cleaned.rpartition(".")[2].lower() in ACTIVE
    return cleaned + INERT if is_active else cleaned


def _encoded(said: list[Said]) -> bytes:
    """One message a line."""
    lines = b",\n".join(msgspec.json.encode(message) for message in said)
    return b"[\n" + lines + b"\n]\n"
