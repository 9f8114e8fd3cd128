"""What is under a legal hold stays, whoever asks; who asked is noted, and is not told why."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from meetd.accounts.identity import check_identity
from meetd.app import Server
from meetd.audit.entry import HOST, VISITOR
from meetd.boards.store import BoardStore
from meetd.core.refusals import RoomHeld
from meetd.protocol.base import Command
from meetd.protocol.boards import AddBoard, RemoveBoard
from meetd.protocol.chat import DeleteChat, EditChat, ReactToChat
from meetd.protocol.content import RemoveContent
from meetd.protocol.hosting import ClearRoom
from meetd.protocol.session import Done
from meetd.rooms.access import Right
from meetd.rooms.holds import Holds
from meetd.rooms.room import Room
from meetd.storage.database import Transaction
from tests.meetings.test_talking import say as said
from tests.pages.test_account_pages import Another, another, browser, server
from tests.support.guest import Guest, guests_at
from tests.support.house import contents, share
from tests.support.people import Browser
from tests.support.server import running_server

__all__ = ["another", "browser", "server"]

REASON = "the case of the missing umbrella"
CLEARS = [
    ClearRoom(files=True, boards=False, chat=False),
    ClearRoom(files=False, boards=True, chat=False),
    ClearRoom(files=False, boards=False, chat=True),
]


def holds_of(server: Server) -> Holds:
    stores = server.stores
    return Holds(stores.holds, stores.accounts, stores.rooms, stores.audit)


async def held(server: Server, what: str) -> None:
    await holds_of(server).place(what, REASON, actor="operator")


async def lift_all(server: Server) -> None:
    for hold, _ in await holds_of(server).all():
        assert await holds_of(server).lift(hold.id, actor="operator")


async def refusals(server: Server) -> list[tuple[str, str | None, object]]:
    entries = await server.stores.audit.entries(count=1_000)
    return [
        (line.actor, line.room, (line.details or {})["what"])
        for line in entries
        if line.act == "hold-refused"
    ]


def make_host(server: Server, guest: Guest) -> Room:
    (meeting,) = server.gathering.meetings.live
    standing = meeting.standings[guest.id]
    meeting.change_standing(guest.id, replace(standing, right=Right("host", "owner")))
    return meeting.room


async def furnished(server: Server, guest: Guest) -> tuple[Room, list[Command]]:
    """A room with one of each, and all that would take something out of it."""
    room = make_host(server, guest)
    await said(guest, "hello")
    item = await share(server, room, "plan.txt", b"of the house")
    board = (await guest.ask(AddBoard(name="Plan"))).board  # type: ignore[attr-defined]
    removals: list[Command] = [
        DeleteChat(number=1),
        RemoveContent(item=item.id),
        RemoveBoard(board=board),
        *CLEARS,
    ]
    return room, removals


async def test_hosts_take_nothing_out_of_a_held_room(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        room, removals = await furnished(server, ada)
        before = await contents(server)
        await held(server, "study")
        for command in removals:
            assert (await ada.refused(command)).refusal.code == "RoomHeld"
        assert await contents(server) == before
        assert len(await server.house.boards.of_room(room.id)) == 1
        assert len(ada.snapshot.content) == len(ada.snapshot.boards) == len(ada.messages) == 1
        words = [type(command).__name__ for command in removals[:4]]
        assert await refusals(server) == [(HOST, room.id, word) for word in words]
        # Nobody fills the log, which is kept for ever, by asking again.
        for command in removals:
            await ada.refused(command)
        assert len(await refusals(server)) == 4
        await lift_all(server)
        for command in removals:
            assert isinstance(await ada.ask(command), Done)
        assert await contents(server) == {"study": ([], {})}


async def test_nobody_rewords_or_takes_back_their_own_words(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        number = await said(ada, "first")
        await held(server, "study")
        edit = EditChat(number=number, text="never said")
        for command in (edit, DeleteChat(number=number)):
            assert (await ada.refused(command)).refusal.code == "RoomHeld"
        assert isinstance(await ada.ask(ReactToChat(number=number, emoji="👍", on=True)), Done)
        assert [message.text for message in ada.messages] == ["first"]
        assert [actor for actor, _, _ in await refusals(server)] == [VISITOR, VISITOR]


async def test_a_hold_on_the_owner_holds_their_rooms(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        room, removals = await furnished(server, ada)

        async def own(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE rooms SET owner_id = :id WHERE id = :room", {"id": owner, "room": room.id}
            )

        identity = check_identity("bo@example.org", "Bo", "B", "bo")
        owner = (await server.stores.accounts.joining.add(identity, None, administrator=False)).id
        await server.stores.database.write(own)
        await held(server, "bo@example.org")
        for command in removals:
            assert (await ada.refused(command)).refusal.code == "RoomHeld"


async def test_a_hold_stops_what_is_being_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Placed between two of the things that go: what is left then, stays."""
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        room = make_host(server, ada)
        for name in ("one", "two", "three"):
            await ada.ask(AddBoard(name=name))
        remove, removed = BoardStore.remove, []

        async def with_a_hold(store: BoardStore, board: object) -> None:
            await remove(store, board)  # type: ignore[arg-type]
            removed.append(board)
            if len(removed) == 1:
                await held(server, "study")

        monkeypatch.setattr(BoardStore, "remove", with_a_hold)
        assert (await ada.refused(CLEARS[1])).refusal.code == "RoomHeld"
        assert len(removed) == 1
        assert len(await server.house.boards.of_room(room.id)) == 2
        await ada.until(lambda: len(ada.snapshot.boards) == 2, "the page shows something else")


@pytest.mark.parametrize("first", ["hold", "delete"])
async def test_a_hold_comes_wholly_before_or_after_a_deletion(tmp_path: Path, first: str) -> None:
    async with running_server(tmp_path) as (server, _):
        room = await server.stores.rooms.make("study")
        acts = [held(server, "study"), server.stores.rooms.delete(room)]
        results = await asyncio.gather(
            *(acts if first == "hold" else acts[::-1]), return_exceptions=True
        )
        is_there = await server.stores.rooms.by_id(room.id) is not None
        is_held = len(await holds_of(server).all()) == 1
        assert is_there == is_held
        assert sum(isinstance(each, Exception) for each in results) == 1


async def test_a_held_room_is_not_handed_on(
    server: tuple[Server, str], browser: Browser, another: Another
) -> None:
    await browser.sign_up()
    ada = await server[0].stores.accounts.by_email("ada@example.org")
    assert ada is not None
    room = await server[0].stores.rooms.make_owned("study", ada.id, locked=True)
    form = {"who": "bob-lovelace", "confirm": "study"}
    async with another() as bob:
        await bob.sign_up("bob@example.org", user_name="bob-lovelace")
        assert (await browser.post(f"/account/rooms/{room.id}/transfer", form)).status == 303
        (offer,) = await server[0].stores.handovers.made_by(ada.id)
        await held(server[0], "study")
        answer = await bob.post(
            "/account/offers/accept", {"kind": "room", "offer": offer.id, "seen": ""}
        )
        assert answer.status == 409
        assert "has to be kept for now" in answer.alert
    for act, fields in (("transfer", form), ("delete", {"confirm": "study"})):
        answer = await browser.post(f"/account/rooms/{room.id}/{act}", fields)
        assert answer.status == 409
        assert "has to be kept for now" in answer.alert
        assert REASON not in answer.text
    owned = await server[0].stores.rooms.by_id(room.id)
    assert owned is not None
    assert owned.owner_id == ada.id
    told = {what for _, of, what in await refusals(server[0]) if of == room.id}
    assert told == {"accept room", "offer room", "delete room"}
    with pytest.raises(RoomHeld):
        await server[0].stores.rooms.delete(owned)


@pytest.mark.parametrize("what", ["ada@example.org", "study"])
async def test_a_held_account_is_not_closed(
    server: tuple[Server, str], browser: Browser, what: str
) -> None:
    await browser.sign_up()
    ada = await server[0].stores.accounts.by_email("ada@example.org")
    assert ada is not None
    await server[0].stores.rooms.make_owned("study", ada.id, locked=True)
    await held(server[0], what)
    answer = await browser.post("/account/data/close", {"rooms": "yes"})
    assert answer.status == 409
    assert "has to be kept for now" in answer.alert
    assert REASON not in answer.text
    assert await server[0].stores.accounts.active(ada.id) is not None
    assert await refusals(server[0]) == [(ada.id, None, "close account")]
    page = await browser.get("/account/data")
    assert page.status == 200, "the session has ended"
    assert "hold-refused" not in page.text
    await lift_all(server[0])
    assert (await browser.post("/account/data/close", {"rooms": "yes"})).to == "/login"
