"""Resetting a room: what goes is shown, ticked one by one, and gone for whoever is there."""

import re
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from meetd.app import Server
from meetd.boards.board import Board
from meetd.content.item import Item, Upload
from meetd.core.amounts import Amount
from meetd.core.ids import new_id
from meetd.core.refusals import StorageFull
from meetd.meetings.meeting import Meeting
from meetd.meetings.resetting import PARTS
from meetd.pages.sizes import size_of
from meetd.pages.words import Languages
from meetd.protocol.boards import BoardRemoved
from meetd.protocol.chat import ChatCleared, SendChat
from meetd.protocol.content import ContentRemoved, LoadUsage, UsageLoaded
from meetd.protocol.door import AnswerKnock
from meetd.protocol.session import Ended
from meetd.rooms.room import Room
from tests.pages.test_room_pages import Town
from tests.pages.test_room_pages import town as town  # noqa: PLC0414 - a fixture
from tests.security.test_holds import held, lift_all, refusals
from tests.support.door import knock_of
from tests.support.guest import Guest
from tests.support.people import Answer, Browser, browser_at

TEXT = b"of the house"
ALL: dict[str, str] = dict.fromkeys(PARTS, "yes")


def ticks(page: Answer) -> dict[str, str]:
    """By name what stands beside each box that can be ticked."""
    found = re.findall(
        r'<input type="checkbox" id="(\w+)" name="\w+" value="yes"( disabled)?><span>([^<]*)',
        page.text,
    )
    return {name: text for name, disabled, text in found if not disabled}


async def share(server: Server, room: Room) -> Item:
    """A file in the room."""

    async def body() -> AsyncIterator[bytes]:
        yield TEXT

    intake = server.house.intake
    upload = await intake.begin(
        room.id, name="plan.txt", media_type="text/plain", length=len(TEXT), author=("p", "Ada")
    )
    assert isinstance(upload, Upload)
    item = await intake.receive(upload, 0, body())
    assert isinstance(item, Item)
    return item


async def add_board(server: Server, room: Room) -> Board:
    return await server.house.boards.add(room.id, "Plan", ("p", "Ada"))


async def furnished(town: Town, ada: Browser) -> tuple[str, Room, Guest]:
    """Ada's open room with something of everything, its page, and Bob who is in it."""
    page = await town.make(ada, "study")
    room = await town.room("study")
    await ada.post(f"{page}/lock", {"locked": ""})
    await share(town.server, room)
    await add_board(town.server, room)
    await ada.post(f"{page}/access/grant", {"who": "carol@example.org", "level": "join"})
    await ada.post(f"{page}/access/link", {"label": "club", "level": "join", "lasts": "never"})
    bob = await town.street.enter("study", "Bob")
    await bob.ask(SendChat(text="Lunch at noon", client_id=new_id()))
    return page, await town.room("study"), bob


async def test_what_will_go_is_shown_and_only_what_is_ticked_goes(town: Town) -> None:
    ada = await town.browser("ada")
    page, room, bob = await furnished(town, ada)
    shown = ticks(await ada.get(f"{page}/reset"))
    assert shown["files"] == "1 file, 12 bytes"
    assert shown["boards"].startswith("1 whiteboard, ")
    assert shown["chat"].startswith("1 chat message, ")
    assert shown["links"] == "1 invite link"
    assert shown["people"] == "Access that was granted to 1 person or browser"
    assert "they see it go" in (await ada.get(f"{page}/reset")).text
    answer = await ada.post(f"{page}/reset", {"files": "yes", "links": "yes"})
    assert answer.to == page
    assert "What you ticked is gone." in (await ada.get(page)).text
    await bob.seen(ContentRemoved)
    left = ticks(await ada.get(f"{page}/reset"))
    assert left.keys() == {"boards", "chat", "people", "activity"}
    assert [grant.kind for grant in await town.server.stores.grants.of(room)] == ["email"]
    assert await town.server.stores.content.blob_ids() == set()


async def test_everything_goes_and_the_room_stays_as_it_is(town: Town) -> None:
    ada = await town.browser("ada")
    page, room, bob = await furnished(town, ada)
    for _ in range(2):  # the second time there is nothing left, which is no mistake
        assert (await ada.post(f"{page}/reset", ALL)).to == page
    for event in (ContentRemoved, BoardRemoved, ChatCleared):
        await bob.seen(event)
    assert not bob.closed
    assert ticks(await ada.get(f"{page}/reset")).keys() == {"activity", "chat"}
    assert await town.room("study") == room
    used = await town.server.house.usage.of(room.id)
    assert (used.files, used.boards, used.chat) == (Amount(0, 0),) * 3
    carol = await town.street.enter("study", "Carol")
    assert not carol.snapshot.chat.messages


async def test_whoever_is_in_by_what_went_has_to_go(town: Town) -> None:
    ada, carol = await town.browser("ada"), await town.browser("carol")
    page = await town.make(ada, "study")
    server = town.server
    await ada.post(f"{page}/access/grant", {"who": "carol", "level": "join"})
    made = await ada.post(
        f"{page}/access/link", {"label": "club", "level": "join", "lasts": "never"}
    )
    key = re.findall(r"#key=([\w-]+)", made.text)[0]
    found = await server.stores.accounts.by_user_name("carol")
    assert found
    await town.street.sign_in(found)
    by_name = await town.street.enter("study", "Carol", found)
    by_link = await town.street.enter("study", "Dan", key=key)
    await ada.post(f"{page}/reset", {"links": "yes"})
    assert (await by_link.seen(Ended)).why == "access ended"
    assert not by_name.closed
    await ada.post(f"{page}/reset", {"people": "yes"})
    assert (await by_name.seen(Ended)).why == "access ended"
    assert (await carol.get(page)).status == 404


async def test_activity_forgets_what_was_answered_and_nobody_who_waits(town: Town) -> None:
    ada = await town.browser("ada")
    page = await town.make(ada, "study")
    owner = await town.server.stores.accounts.by_user_name("ada")
    assert owner
    await town.street.sign_in(owner)
    host = await town.street.watch(owner)
    await town.street.knock("study", "Eve")
    knock = await knock_of(host, "Eve")
    await host.ask(AnswerKnock(knock=knock.id, answer="turn away"))
    waiting = await town.street.knock("study", "Fay")
    shown = ticks(await ada.get(f"{page}/reset"))["activity"]
    assert "1 knock that was answered" in shown
    assert "admissions that were not used yet" in shown
    assert (await ada.post(f"{page}/reset", {"activity": "yes"})).to == page
    assert "0 knocks that were answered" in ticks(await ada.get(f"{page}/reset"))["activity"]
    assert [knock.words.name for knock in await town.server.stores.knocks.waiting()] == ["Fay"]
    assert not waiting.closed


async def test_a_host_resets_all_but_what_is_the_owners(town: Town) -> None:
    ada, gus = await town.browser("ada"), await town.browser("gus")
    page, room, _ = await furnished(town, ada)
    host = await town.server.stores.accounts.by_user_name("gus")
    assert host
    grant = await town.street.host(room, host)
    await ada.post(f"{page}/access/grant", {"who": "eve@example.org", "level": "knock"})
    assert "Only the owner of the room takes that back" in (await gus.get(f"{page}/reset")).text
    assert (await gus.post(f"{page}/reset", ALL)).to == page
    left = await town.server.stores.grants.of(room)
    assert {(each.kind, each.level) for each in left} == {("account", "host"), ("email", "knock")}
    assert grant.id in {each.id for each in left}
    assert (await ada.post(f"{page}/reset", ALL)).to == page
    assert await town.server.stores.grants.of(room) == []
    assert (await gus.get(page)).status == 404


async def test_nobody_else_resets_a_room(town: Town) -> None:
    ada, eve = await town.browser("ada"), await town.browser("eve")
    page, room, bob = await furnished(town, ada)
    assert (await eve.post(f"{page}/reset", ALL)).status == 404
    assert (await eve.get(f"{page}/reset")).status == 404
    async with browser_at(town.url) as visitor:
        assert (await visitor.post(f"{page}/reset", ALL)).to.startswith("/login")
    assert (await ada.post(f"{page}/reset", ALL | {"name": "yes"})).status == 400
    used = await town.server.house.usage.of(room.id)
    assert (used.files.count, used.boards.count, used.chat.count) == (1, 1, 1)
    assert not bob.closed


async def test_nothing_ticked_is_said_and_writes_no_line(town: Town) -> None:
    ada = await town.browser("ada")
    page, room, _ = await furnished(town, ada)
    refused = await ada.post(f"{page}/reset", {})
    assert refused.status == 400
    assert "Tick what is to go" in refused.alert
    await ada.post(f"{page}/reset", {"chat": "yes", "files": "yes"})
    lines = [
        (line.act, dict(line.details or {}))
        for line in await town.server.stores.audit.entries()
        if line.room == room.id and line.act == "room-reset"
    ]
    assert lines == [("room-reset", {"parts": "files chat"})]


async def test_a_full_disk_in_the_middle_is_said_and_the_rest_can_be_ticked_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await town.browser("ada")
    page, _, _ = await furnished(town, ada)
    boards = town.server.house.boards

    async def full(_board: Board) -> None:
        raise StorageFull

    monkeypatch.setattr(boards, "remove", full)
    assert (await ada.post(f"{page}/reset", ALL)).status == StorageFull.status
    monkeypatch.undo()
    assert ticks(await ada.get(f"{page}/reset")).keys() == {"boards", "chat", "activity"}
    assert (await ada.post(f"{page}/reset", ALL)).to == page
    assert ticks(await ada.get(f"{page}/reset")).keys() == {"activity", "chat"}


async def test_chat_goes_also_for_whoever_comes_in_that_very_moment(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await town.browser("ada")
    page, _, bob = await furnished(town, ada)
    await bob.leave()
    live = town.server.gathering.meetings._live
    arriving: list[Guest] = []
    soon = live.in_room_soon

    async def somebody_comes(room_id: str) -> Meeting | None:
        found = await soon(room_id)
        if not arriving:
            arriving.append(await town.street.enter("study", "Carol"))
        return found

    monkeypatch.setattr(live, "in_room_soon", somebody_comes)
    assert (await ada.post(f"{page}/reset", {"chat": "yes"})).to == page
    assert arriving, "nobody came in between"
    await arriving[0].seen(ChatCleared)
    assert not arriving[0].snapshot.chat.messages


async def test_how_much_there_is_is_told_in_the_room_and_on_its_page(town: Town) -> None:
    ada = await town.browser("ada")
    page, _, bob = await furnished(town, ada)
    told = await bob.ask(LoadUsage())
    assert isinstance(told, UsageLoaded)
    assert (told.files.count, told.files.bytes) == (1, len(TEXT))
    assert (told.boards.count, told.chat.count) == (1, 1)
    assert told.chat.bytes > len("Lunch at noon")
    quota = town.server.house.intake.quota
    assert (told.limit, told.server_limit) == (quota.room, quota.server)
    english = Languages().english
    text = (await ada.get(page)).text
    assert f"Files take 12 bytes of {size_of(quota.room, english)}." in text
    assert f"may hold {size_of(quota.server, english)} of files" in text
    assert f'href="{page}/reset"' in text


@pytest.mark.parametrize(
    ("count", "english", "dutch"),
    [
        (0, "0 bytes", "0 bytes"),
        (1, "1 byte", "1 byte"),
        (999, "999 bytes", "999 bytes"),
        (1_000, "1 kB", "1 kB"),
        (999_950, "1 MB", "1 MB"),
        (1_540_000, "1.5 MB", "1,5 MB"),
        (2_000_000_000, "2 GB", "2 GB"),
        (10**18, "1000000 TB", "1000000 TB"),
    ],
)
def test_sizes_are_written_as_in_the_room(count: int, english: str, dutch: str) -> None:
    languages = Languages()
    assert size_of(count, languages.english) == english
    assert size_of(count, languages.named("nl")) == dutch


async def test_private_messages_are_not_counted_and_go_all_the_same(town: Town) -> None:
    ada = await town.browser("ada")
    page, _, bob = await furnished(town, ada)
    eve = await town.street.enter("study", "Eve")
    before = await bob.ask(LoadUsage()), ticks(await ada.get(f"{page}/reset"))
    await eve.ask(SendChat(text="psst", client_id=new_id(), to=bob.id))
    after = await bob.ask(LoadUsage()), ticks(await ada.get(f"{page}/reset"))
    assert (replace(after[0], ref=None), after[1]) == (replace(before[0], ref=None), before[1])
    for text in ("chat", "chat again"):
        await eve.ask(SendChat(text=text, client_id=new_id(), to=bob.id))
        assert "chat" in ticks(await ada.get(f"{page}/reset"))
        assert (await ada.post(f"{page}/reset", {"chat": "yes"})).to == page
        await bob.until(lambda: not bob.messages, "it did not go")


@pytest.mark.parametrize("part", PARTS)
async def test_of_a_held_room_nothing_goes_at_all(town: Town, part: str) -> None:
    ada = await town.browser("ada")
    page, room, _ = await furnished(town, ada)
    before = ticks(await ada.get(f"{page}/reset"))
    await held(town.server, "study")
    for parts in ({part: "yes"}, ALL):
        answer = await ada.post(f"{page}/reset", parts)
        assert answer.status == 409
        assert "has to be kept for now" in answer.alert
    assert ticks(await ada.get(f"{page}/reset")) == before
    assert "room-reset" not in [line.act for line in await town.server.stores.audit.entries()]
    assert [each[1:] for each in await refusals(town.server)] == [(room.id, "reset room")]
    await lift_all(town.server)
    assert (await ada.post(f"{page}/reset", {part: "yes"})).to == page
