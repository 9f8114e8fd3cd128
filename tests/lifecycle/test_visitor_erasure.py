"""The same as for accounts, without one: what a browser left goes, and nothing in the data
directory says that there was somebody."""

import hashlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

from meetd.app import Server
from meetd.content.item import Item
from meetd.core.holdings import OfVisitors
from meetd.core.ids import new_id, new_token
from meetd.core.private import Private
from meetd.lifecycle.copies import replay, tombstones_in
from meetd.lobby.doors import door_of
from meetd.lobby.knock import Words
from meetd.lobby.store import place_hash
from meetd.protocol.boards import AddBoard, BoardMade
from meetd.protocol.chat import SendChat
from meetd.protocol.session import Done
from meetd.rooms.access import Right
from meetd.rooms.also import together
from meetd.rooms.pass_store import NewPass
from meetd.rooms.room import Room
from meetd.usage.stay import Stay
from tests.lifecycle.test_erasure import places_of, tidy
from tests.support.clock import MovedClock
from tests.support.guest import Guest, Guests, guests_at
from tests.support.server import running_server

NAME = "Zebulon Quixotry"
WORDS = (b"ebulon", b"uixotry", b"plan-nine")


async def fill(server: Server, token: str, room: Room) -> None:
    """Beside what a guest left: a knock, access for always, a pass, and half an upload."""
    stores = server.stores
    place = new_token()
    noting = stores.visitors.noting_knock(Private(token), place_hash(place))
    words = Words(room.name, NAME, "plan-nine", "")
    await stores.knocks.add(door_of(room), words, None, place=place, also=noting)
    await stores.grants.add(room, stores.grants.by_browser(NAME, place_hash(place)))
    participant = new_id()
    visitor = await stores.visitors.note_participant(token, room.id, participant)
    stay = Stay(NAME, 1, server._clock.now(), ("chat",), "direct", "plan-nine", "", "")
    await stores.usage.keep(stay, visitor_id=visitor)
    await stores.passes.make(NewPass(room.id, participant, Right("join", "")), together())
    await upload(server, room, participant, whole=True)
    await upload(server, room, participant, whole=False)


async def upload(server: Server, room: Room, participant: str, *, whole: bool) -> None:
    plain = b"plan-nine of Zebulon Quixotry" * 9_000
    intake = server.house.intake
    begun = await intake.begin(
        room.id,
        name="plan-nine.txt",
        media_type="",
        length=len(plain) + (not whole),
        author=(participant, NAME),
    )
    assert not isinstance(begun, Item)

    async def body() -> AsyncIterator[bytes]:
        yield plain

    await intake.receive(begun, 0, body())


async def left_by(guest: Guest) -> None:
    await guest.say("plan-nine, by Zebulon Quixotry")
    assert isinstance(await guest.ask(AddBoard(name="Sketch")), BoardMade)


async def whisper(guest: Guest, guests: Guests) -> None:
    bob = await guests.join("attic", "Bob")
    private = SendChat(client_id=new_id(), text="plan-nine for you alone", to=bob.id)
    assert isinstance(await guest.ask(private), Done)
    await bob.leave()


async def ids_of(server: Server, token: str) -> tuple[bytes, ...]:
    """Everything by which somebody could still be told apart from others."""
    traces = await server.stores.visitors.use(token)
    assert traces is not None
    hashed = hashlib.sha256(token.encode()).digest()
    ids = (traces.visitor, *traces.participants)
    return (token.encode(), hashed, *(each.encode() for each in ids))


async def kinds_of(server: Server, token: str) -> set[str]:
    traces = await server.stores.visitors.use(token)
    assert traces is not None
    return {
        row["kind"]
        for holding in server.house.visitor_rights.holdings
        async for row in holding.export_for_visitor(traces)
    }


async def test_everything_is_shown_and_then_nothing_is_left(tmp_path: Path) -> None:
    data, clock, token = tmp_path / "data", MovedClock(), new_token()
    async with running_server(data, clock=clock) as (server, url), guests_at(url) as guests:
        await server.house.routine.scheduler.close()
        guest = await guests.join("attic", NAME, visitor=token)
        await left_by(guest)
        await whisper(guest, guests)
        room = await server.stores.rooms.find("attic")
        assert room is not None
        await fill(server, token, room)
        needles = await ids_of(server, token)
        holdings = [each for each in server.stores.holdings if isinstance(each, OfVisitors)]
        declared = {kind for holding in holdings for kind in holding.visitor_kinds}
        await server.gathering.meetings._errands.finished()
        await server.gathering.noting.written()
        assert await kinds_of(server, token) == declared
        assert places_of(data, needles[2:3]), "nothing is found that could be gone"
        await guest.leave()
        assert await server.house.visitor_rights.erase(token)
        await server.gathering.noting.written()
        await server.house.intake.sweep()
        # Tombstones hold random ids until no backup is older than the deletion.
        await tidy(server)
        clock.forward(hours=33 * 24)
        await server.house.intake.sweep()
        await tidy(server)
    assert places_of(data, WORDS) == []
    assert places_of(data, needles) == []


async def test_no_backup_from_before_brings_it_back(tmp_path: Path) -> None:
    data, copy, token = tmp_path / "data", tmp_path / "copy.db", new_token()
    async with running_server(data) as (server, url), guests_at(url) as guests:
        guest = await guests.join("attic", NAME, visitor=token)
        await left_by(guest)
        room = await server.stores.rooms.find("attic")
        assert room is not None
        await fill(server, token, room)
        await guest.leave()
        with (
            closing(sqlite3.connect(data / "meetd.db")) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        assert all(left_in(copy).values())
        assert await server.house.visitor_rights.erase(token)
    gone = tombstones_in(data / "meetd.db")
    replay(copy, gone, max(each.number for each in gone))
    assert left_in(copy) == dict.fromkeys(TABLES, 0)
    with closing(sqlite3.connect(copy)) as connection:
        boards = connection.execute("SELECT author FROM boards").fetchall()
    assert boards == [("",)], "the board stays, and was made by nobody"


TABLES = (
    *("visitors", "visitor_participants", "visitor_knocks", "usage_stays"),
    *("messages", "content_items", "content_uploads", "knocks", "access_grants", "passes"),
    "board_makers",
)


def left_in(database: Path) -> dict[str, int]:
    """Rows of the tables that hold what a visitor leaves."""
    with closing(sqlite3.connect(database)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in TABLES
        }
