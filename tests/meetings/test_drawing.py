"""Whiteboards in a meeting, over the real protocol: who hears what, who may do what."""

import asyncio
import struct
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import msgspec
import pytest

from meetd.boards import snapshots
from meetd.boards.compacting import Compacted, compact
from meetd.core.ids import new_id
from meetd.protocol.boards import (
    AddBoard,
    BoardDrawn,
    BoardMade,
    BoardMissed,
    BoardPointed,
    KeepSnapshot,
    Point,
    PointOnBoard,
    RemoveBoard,
    RenameBoard,
    UnwatchBoard,
    WatchBoard,
)
from meetd.protocol.content import PresentContent
from meetd.protocol.session import Done, Ping, Refused
from tests.support.guest import Guest, guests_at
from tests.support.server import running_server, test_settings
from tests.support.sketch import Sketch, decoded, draw

HEAD = struct.Struct(">QI")


async def make_board(guest: Guest, name: str = "Plan") -> str:
    made = await guest.ask(AddBoard(name=name))
    assert isinstance(made, BoardMade), made
    return made.board


async def fetch(url: str, guest: Guest, board: str, after: int = 0) -> tuple[int, list[bytes]]:
    """The status, and the updates."""
    assert guest.welcome is not None
    query = {"key": guest.welcome.content_key, "after": str(after)}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{url}/api/v1/boards/{board}", params=query) as response,
    ):
        body = await response.read()
        status = response.status
    updates, at = [], 0
    while status == 200 and at < len(body):
        _, length = HEAD.unpack_from(body, at)
        at += HEAD.size
        updates.append(body[at : at + length])
        at += length
    return status, updates


async def get(url: str, guest: Guest, path: str) -> tuple[int, bytes]:
    assert guest.welcome is not None
    address = f"{url}/api/v1/boards/{path}?key={guest.welcome.content_key}"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return response.status, await response.read()


async def test_what_one_draws_the_others_see_and_it_is_there_after_a_restart(
    tmp_path: Path,
) -> None:
    sketch = Sketch()
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
        board = await make_board(ada)
        await bob.until(lambda: len(bob.snapshot.boards) == 1, "the board was not added")
        await bob.ask(WatchBoard(board=board))
        for name in ("a", "b"):
            await ada.ask(draw(board, sketch.stroke(name)))
        seen = Sketch()
        last = await bob.seen(BoardDrawn, lambda event: event.number == 2)
        for event in bob.events:
            if isinstance(event, BoardDrawn):
                seen.take(decoded(event.update))
        assert (last.board, seen.drawn) == (board, sketch.drawn)
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        carol = await guests.join("study", "Carol")
        assert [each.name for each in carol.snapshot.boards] == ["Plan"]
        late = Sketch()
        _, updates = await fetch(url, carol, board)
        for update in updates:
            late.take(update)
        assert late.drawn == sketch.drawn
        assert len((await fetch(url, carol, board, after=1))[1]) == 1
        # The page that was away goes on with what it drew before.
        assert isinstance(await carol.ask(draw(board, sketch.stroke("c"))), Done)


async def test_a_hand_is_seen_in_the_name_of_whoever_moves_it_and_goes_with_them(
    tmp_path: Path,
) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
        board = await make_board(ada)
        await ada.ask(WatchBoard(board=board))
        await bob.ask(WatchBoard(board=board))
        await bob.ask(PointOnBoard(board=board, at=Point(x=1.0, y=2.0)))
        pointed = await ada.seen(BoardPointed)
        assert (pointed.participant, pointed.at) == (bob.id, Point(x=1.0, y=2.0))
        await bob.ask(UnwatchBoard(board=board))
        await ada.seen(BoardPointed, lambda event: event.at is None)


async def test_who_does_not_watch_hears_nothing(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
        board = await make_board(ada)
        await ada.ask(draw(board, Sketch().stroke("a")))
        await bob.ask(Ping())
        assert not any(isinstance(event, BoardDrawn) for event in bob.events)


async def test_a_board_is_opened_for_everybody_and_put_back_when_it_goes(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        board = await make_board(ada)
        await ada.ask(PresentContent(item=board))
        assert ada.snapshot.presentation is not None
        await ada.ask(RemoveBoard(board=board))
        await ada.until(lambda: not ada.snapshot.boards, "the board stayed")
        await ada.until(lambda: ada.snapshot.presentation is None, "it is still open")
        assert (await ada.refused(WatchBoard(board=board))).refusal.code == "NoSuchBoard"


async def test_a_board_is_renamed_for_everybody_and_keeps_its_name(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url):
        async with guests_at(url) as guests:
            ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
            board = await make_board(ada)
            assert (await bob.refused(RenameBoard(board=board, name="Bob's"))).refusal.code == (
                "HostsOnly"
            )
            assert (await ada.refused(RenameBoard(board=board, name=" "))).refusal.code == (
                "NameEmpty"
            )
            await ada.ask(RenameBoard(board=board, name="Summer"))
            await bob.until(lambda: bob.snapshot.boards[0].name == "Summer", "not renamed")
        async with guests_at(url) as guests:
            late = await guests.join("study", "Late")
            assert [each.name for each in late.snapshot.boards] == ["Summer"]


async def test_a_snapshot_is_listed_and_fetched_by_whoever_sees_the_board(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        board, sketch = await make_board(ada), Sketch()
        await ada.ask(draw(board, sketch.stroke("a")))
        assert isinstance(await ada.ask(KeepSnapshot(board=board)), Done)
        await ada.ask(draw(board, sketch.erase("a")))
        status, body = await get(url, ada, f"{board}/snapshots")
        (listed,) = msgspec.json.decode(body)
        assert (status, listed["authorName"]) == (200, "Ada")
        status, update = await get(url, ada, f"{board}/snapshots/{listed['id']}")
        before = Sketch()
        before.take(update)
        assert set(before.drawn) == {"a"}
        assert (await get(url, ada, f"{board}/snapshots/other"))[0] == 404
        assert (await get(url, ada, f"other/snapshots/{listed['id']}"))[0] == 404


async def test_a_page_is_heard_while_a_snapshot_of_its_board_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()

    async def takes_long(updates: Sequence[bytes]) -> Compacted:
        await goes_on.wait()
        return await compact(updates)

    monkeypatch.setattr(snapshots, "compact", takes_long)
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        board = await make_board(ada)
        await ada.ask(draw(board, Sketch().stroke("a")))
        ref = await ada.send(KeepSnapshot(board=board))
        assert isinstance(await ada.ask(Ping()), Done)
        assert (await ada.refused(KeepSnapshot(board=board))).refusal.code == "TooFast"
        assert not any(isinstance(event, Done) and event.ref == ref for event in ada.events)
        goes_on.set()
        await ada.seen(Done, lambda done: done.ref == ref)


async def test_a_snapshot_ends_with_the_connection_that_wanted_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def never_ends(_updates: Sequence[bytes]) -> Compacted:
        begun.set()
        try:
            return await asyncio.Future[Compacted]()
        finally:
            ended.set()

    monkeypatch.setattr(snapshots, "compact", never_ends)
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        board = await make_board(ada)
        await ada.ask(draw(board, Sketch().stroke("a")))
        await ada.send(KeepSnapshot(board=board))
        async with asyncio.timeout(10):
            await begun.wait()
            await ada.leave()
            await ended.wait()


async def test_an_empty_room_with_a_board_is_kept(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url):
        async with guests_at(url) as guests:
            await make_board(await guests.join("study", "Ada"))
        await server.gathering.meetings.stop()
        assert await server.stores.rooms.find("study") is not None


async def test_boards_and_updates_have_limits(tmp_path: Path) -> None:
    settings = test_settings(content={"boards_per_room": 1, "board_megabytes": 1})
    async with running_server(tmp_path, settings) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        board = await make_board(ada)
        assert (await ada.refused(AddBoard(name="Another"))).refusal.code == "TooManyBoards"
        sketch, code = Sketch(), ""
        for n in range(30):
            answer = await ada.ask(draw(board, sketch.stroke(str(n), 44_000)))
            if isinstance(answer, Refused):
                code = answer.refusal.code
                break
        assert code == "BoardFull"


async def test_somebody_who_cannot_keep_up_is_told_to_fetch_and_not_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
        board = await make_board(ada)
        await bob.ask(WatchBoard(board=board))
        (meeting,) = server.gathering.meetings.live
        outbox = meeting.outbox_of(bob.id)
        assert outbox is not None
        monkeypatch.setattr(type(outbox), "is_crowded", property(lambda self: self is outbox))
        await ada.ask(draw(board, Sketch().stroke("a")))
        assert (await bob.seen(BoardMissed)).board == board
        await bob.ask(Ping())


async def test_twenty_who_draw_at_once_all_get_everything(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        people = [await guests.join("study", f"P{n}") for n in range(20)]
        board = await make_board(people[0])
        for one in people:
            await one.ask(WatchBoard(board=board))

        async def scribble(guest: Guest) -> None:
            sketch = Sketch()
            for _ in range(5):
                await guest.ask(draw(board, sketch.stroke(new_id())))

        await asyncio.gather(*map(scribble, people))
        for one in people:
            mine = [event for event in one.events if isinstance(event, BoardDrawn)]
            await one.seen(BoardDrawn, lambda event: event.number >= 99)
            assert [event.number for event in mine] == sorted(event.number for event in mine)
