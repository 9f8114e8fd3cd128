"""Whiteboards: rights per message, nobody in the name of somebody else, garbage disturbs nobody."""

from dataclasses import replace
from pathlib import Path

import pytest

from meetd.app import Server
from meetd.meetings.drawing import NEW_CLIENTS_AT_ONCE
from meetd.protocol.boards import (
    AddBoard,
    BoardDrawn,
    BoardMissed,
    Draw,
    KeepSnapshot,
    PointOnBoard,
    RemoveBoard,
    RenameBoard,
    WatchBoard,
)
from meetd.protocol.session import Done, Ping, Refused
from meetd.rooms.access import Right
from meetd.rooms.room import Room
from tests.meetings.test_drawing import fetch, make_board
from tests.support.guest import guests_at
from tests.support.server import running_server
from tests.support.sketch import Sketch, draw


def change(server: Server, **changes: object) -> None:
    """The room is another one from now on, as after a change that was kept."""
    (meeting,) = server.gathering.meetings.live
    server.gathering.meetings.change_room(replace(meeting.room, **changes))  # type: ignore[arg-type]


def hosts_draw(room: Room) -> Room:
    return replace(room, settings=replace(room.settings, draw="hosts"))


@pytest.mark.parametrize("why", ["setting", "presenter mode"])
async def test_whoever_may_not_draw_changes_nothing(why: str, tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        board, sketch = await make_board(ada), Sketch()
        await ada.ask(WatchBoard(board=board))
        assert isinstance(await eve.ask(draw(board, sketch.stroke("before"))), Done)
        if why == "setting":
            (meeting,) = server.gathering.meetings.live
            change(server, settings=hosts_draw(meeting.room).settings)
        else:
            change(server, presenter_mode=True)
        for command in (
            draw(board, sketch.stroke("after")),
            PointOnBoard(board=board, at=None),
            AddBoard(name="Eve's"),
            RemoveBoard(board=board),
            RenameBoard(board=board, name="Eve's"),
            KeepSnapshot(board=board),
        ):
            assert (await eve.refused(command)).refusal.code == "HostsOnly"
        await ada.ask(Ping())
        assert len([event for event in ada.events if isinstance(event, BoardDrawn)]) == 1
        assert len(await server.house.boards.read(meeting_board(server, board))) == 1


def meeting_board(server: Server, board: str):  # type: ignore[no-untyped-def]
    (meeting,) = server.gathering.meetings.live
    return meeting.drawing.find(board)


async def test_only_hosts_remove_boards_of_others(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        board = await make_board(ada)
        assert (await eve.refused(RemoveBoard(board=board))).refusal.code == "HostsOnly"
        assert isinstance(await ada.ask(RemoveBoard(board=board)), Done)


async def test_nobody_draws_in_the_place_of_somebody_else(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        board, own, forged = await make_board(ada), Sketch(client=7), Sketch(client=7)
        await ada.ask(WatchBoard(board=board))
        await ada.ask(draw(board, own.stroke("a")))
        forged.take(own.updates[0])
        answer = await eve.refused(draw(board, forged.stroke("b")))
        assert answer.refusal.code == "DrawingInvalid"
        assert isinstance(await ada.ask(draw(board, own.stroke("c"))), Done)


async def test_nobody_fills_a_board_with_clients(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        board, own = await make_board(ada), Sketch()
        await ada.ask(WatchBoard(board=board))
        assert isinstance(await eve.ask(draw(board, own.stroke("first"))), Done)
        answer: object = Done(ref=0)
        brought = 0
        while isinstance(answer, Done) and brought < 2 * NEW_CLIENTS_AT_ONCE:
            brought += 1
            answer = await eve.ask(draw(board, Sketch().stroke("a")))
        assert isinstance(answer, Refused)
        assert answer.refusal.code == "TooFast"
        assert brought >= NEW_CLIENTS_AT_ONCE
        assert isinstance(await eve.ask(draw(board, own.stroke("second"))), Done)
        assert isinstance(await ada.ask(draw(board, Sketch().stroke("a"))), Done)


async def test_garbage_is_refused_and_nothing_else_disturbed(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        board, sketch = await make_board(ada), Sketch()
        await ada.ask(WatchBoard(board=board))
        future = Sketch()
        future.stroke("never sent")
        for garbage in (
            b"",
            bytes.fromhex("b8885817"),  # makes a trusting reader take gigabytes
            bytes(44_000),
            future.stroke("goes on from what is not there"),
        ):
            answer = await eve.refused(draw(board, garbage))
            assert answer.refusal.code == "DrawingInvalid"
        assert (await eve.refused(Draw(board=board, update="A"))).refusal.code == "DrawingInvalid"
        for update in ("a b", "A" * 60_001):
            await eve.send(Draw(board=board, update=update))
        await eve.ask(Ping())
        refused = [event for event in eve.events if isinstance(event, Refused)]
        assert [each.refusal.code for each in refused[-2:]] == ["MessageMalformed"] * 2
        assert isinstance(await ada.ask(draw(board, sketch.stroke("a"))), Done)
        assert not any(isinstance(event, BoardDrawn) for event in ada.events)


async def test_boards_of_another_room_are_not_there(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("elsewhere", "Eve")
        board = await make_board(ada)
        for command in (WatchBoard(board=board), draw(board, Sketch().stroke("a"))):
            assert (await eve.refused(command)).refusal.code == "NoSuchBoard"
        assert (await fetch(url, eve, board))[0] == 404


async def test_in_presenter_mode_guests_hear_and_fetch_only_what_is_shown(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        board = await make_board(ada)
        await eve.ask(WatchBoard(board=board))
        (meeting,) = server.gathering.meetings.live
        standing = meeting.standings[ada.id]
        change(server, presenter_mode=True)
        meeting.change_standing(ada.id, replace(standing, right=Right("host", "owner")))
        assert isinstance(await ada.ask(draw(board, Sketch().stroke("a"))), Done)
        assert (await eve.seen(BoardMissed)).board == board
        assert not any(isinstance(event, BoardDrawn) for event in eve.events)
        assert (await fetch(url, eve, board))[0] == 403
        assert (await eve.refused(WatchBoard(board=board))).refusal.code == "HostsOnly"
