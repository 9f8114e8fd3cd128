"""Backups, purges and changes of keys while people meet, the server killed in the middle, again and
again: nothing that was acknowledged is lost, and every archive that is listed as good restores to
what had been acknowledged before it. ``scripts/crash life`` runs it with many kills."""

import asyncio
import hashlib
import logging
import os
import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from meetd.app import Server
from meetd.chat.store import MessageStore
from meetd.core.clock import SystemClock
from meetd.rooms.room import Room
from meetd.storage.directory import DataDirectory
from meetd.storage.key_files import check_keys
from meetd.storage.master_key_source import load_master_key
from tests.content.test_crash import Sender, files_of
from tests.content.test_mixed_crash import PATIENCE, Ledger, check, use_until_killed
from tests.lifecycle.backups import Archive
from tests.meetings.test_drawing import make_board
from tests.support.guest import guests_at
from tests.support.process import ServerProcess
from tests.support.server import prepare_data, running_server
from tests.support.sketch import Sketch

STAGES = ("backup", "room_keys", "purge", "rotate_master_key")
CYCLES = int(os.environ.get("MEETD_TEST_LIFE_CRASHES", str(len(STAGES))))
PIECE = 12
"""Kills of one server: more files than it gets until then do not fit into a room."""
AT, APART = 97, 37
"""Writes and reports after which it is killed: less than the first, and the second further each
time, so that all come."""
SPARED = 3
"""Every so many times what began may end, and the kill comes just after."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mark:
    """What had been acknowledged at a time (ms since the Unix epoch)."""

    at: int
    messages: frozenset[str]
    strokes: frozenset[str]
    files: dict[str, str]


@pytest.mark.timeout(60 * min(CYCLES, PIECE))
@pytest.mark.parametrize("first", range(0, CYCLES, PIECE))
async def test_kill_9_in_every_stage_loses_nothing(tmp_path: Path, first: int) -> None:
    data = tmp_path / "data"
    await prepare_data(data)
    server, ledger = server_on(data), Ledger(Sender(files_of(0)))
    marks: list[Mark] = []
    await server.start()
    async with guests_at(server.url) as guests:
        ledger.board = await make_board(await guests.join("study", "Ada"))
    assert await server.stop() == 0
    for cycle in range(first, min(first + PIECE, CYCLES)):
        what, at = stage_of(cycle)
        together = {"KILL_ALL": "1"} if cycle % 3 else {}
        await server.start(BEGIN=what, KILL_AT=str(at), **together)
        await check(server.url, ledger)
        marks.append(mark_of(ledger))

        async def begin_and_die() -> None:
            os.kill(server.pid, signal.SIGUSR1)
            async with asyncio.timeout(PATIENCE):
                await server.wait()

        await use_until_killed(server.url, ledger, begin_and_die)
        _log.info("kill %d, in %s at %d: %s", cycle + 1, what, at, ledger.counts)
    await server.start()
    await check(server.url, ledger)
    assert await server.stop() == 0
    check_databases(data)
    await check_archives(data, marks, ledger, tmp_path)


def stage_of(cycle: int) -> tuple[str, int]:
    """What begins, and after how many writes and reports it is killed."""
    turn, number = divmod(cycle, len(STAGES))
    is_spared = turn % SPARED == SPARED - 1
    return STAGES[number], 1_000_000 if is_spared else cycle * APART % AT


def server_on(data: Path) -> ServerProcess:
    return ServerProcess(data, module="tests.lifecycle.crashing_server", BEGIN="", KILL_AT="0")


def mark_of(ledger: Ledger) -> Mark:
    return Mark(
        SystemClock().now(),
        frozenset(ledger.messages),
        frozenset(ledger.strokes),
        dict(ledger.sender.arrived),
    )


def check_databases(data: Path) -> None:
    directory = DataDirectory(data)
    for path in (directory.database, directory.keys_database):
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert check_keys(directory.keys_database, load_master_key(directory, ""))


async def check_archives(data: Path, marks: list[Mark], ledger: Ledger, folder: Path) -> None:
    archive = Archive(data, data / "backups")
    archive.key_file = folder / "recovery.key"
    await asyncio.to_thread(archive.write_key)
    await asyncio.to_thread(archive.back_up)  # the first backup that is whole may be this one
    target, nights = folder / "restored", archive.nights
    for night in nights:
        mark = max((each for each in marks if each.at <= night.note.made_at), key=lambda m: m.at)
        await asyncio.to_thread(archive.restore, target, night.name)
        async with running_server(target) as (server, _):
            await _check_restored(server, mark, ledger)
        shutil.rmtree(target)
    _log.info("%d archives restored, each with all that was acknowledged before it", len(nights))


async def _check_restored(server: Server, mark: Mark, ledger: Ledger) -> None:
    room = await server.stores.rooms.find("study")
    assert room is not None
    said = await _messages(server, room)
    assert mark.messages <= said <= ledger.said, "an archive has lost messages"
    late = Sketch()
    for board in await server.stores.boards.boards(room.id):
        for kept in await server.stores.boards.read(board):
            late.take(kept.update)
    assert mark.strokes <= set(late.drawn) <= ledger.drawn, "an archive has lost strokes"
    files = {}
    for item in await server.stores.content.items(room.id):
        pieces = [piece async for piece in server.house.shelf.read(item, 0, item.length)]
        files[item.label.name] = hashlib.sha256(b"".join(pieces)).hexdigest()
    assert mark.files.items() <= files.items(), "an archive has lost files"


async def _messages(server: Server, room: Room) -> set[str]:
    cipher = await server.stores.vault.cipher("room", room.id)
    store = MessageStore(server.stores.database, room.id, cipher)
    return {message.text for message in await store.after(0, 1_000_000)}
