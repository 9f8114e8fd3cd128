"""What two people say to each other in private: nobody else ever gets it, hosts and owners of the
room not either."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from meetd.accounts.account import Account
from meetd.chat.conversation import PAGE
from meetd.chat.holdings import ChatHolding, PrivateChatHolding
from meetd.core.ids import new_id
from meetd.protocol.base import Command
from meetd.protocol.chat import (
    ChatFound,
    DeleteChat,
    EditChat,
    Message,
    ReactToChat,
    SearchChat,
    SendChat,
    ShowTyping,
    TypingShown,
)
from meetd.protocol.codec import encode
from meetd.protocol.hosting import ChangePresenterMode, ClearRoom, Remove
from meetd.protocol.session import Done, Ended, Ping, Refused, Welcome
from meetd.rooms.room import Room
from meetd.storage.database import Transaction
from tests.api.test_content import key_of
from tests.security.test_holds import held, lift_all
from tests.support.door import Gate, Street, join_as, street_at
from tests.support.guest import Guest

PARCEL = "the parcel is behind the shed"


@dataclass
class Study:
    """Ada's room: she is in it as its host, Bob and Carol with accounts, Eve without one."""

    street: Street
    room: Room
    accounts: dict[str, Account]
    ada: Guest
    bob: Guest
    carol: Guest
    eve: Guest

    async def enter(self, name: str, account: Account | None = None, **join: str) -> Guest:
        return await self.street.enter(self.room.name, name, account, **join)

    async def everybody_leaves(self) -> None:
        for guest in (self.ada, self.bob, self.carol, self.eve):
            await guest.leave()

    async def run(self, sql: str, **values: object) -> list[dict[str, Any]]:
        async def work(transaction: Transaction) -> list[dict[str, Any]]:
            return [dict(row) for row in await transaction.execute(sql, values)]

        return await self.street.server.stores.database.write(work)

    async def fetched(self, guest: Guest, form: str = "text") -> str:
        address = f"{self.street.guests.url}/api/v1/chat?form={form}&key={key_of(guest)}"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            return await answer.text()


@pytest.fixture
async def study(tmp_path: Path) -> AsyncIterator[Study]:
    async with street_at(tmp_path) as street:
        accounts = {name: await street.account(name) for name in ("Ada", "Bob", "Carol")}
        room = await street.room("study", accounts["Ada"], locked=False)
        yield Study(
            street,
            room,
            accounts,
            ada=await street.enter("study", "Ada", accounts["Ada"]),
            bob=await street.enter("study", "Bob", accounts["Bob"]),
            carol=await street.enter("study", "Carol", accounts["Carol"]),
            eve=await street.enter("study", "Eve"),
        )


async def say(guest: Guest, text: str, to: Guest | None = None, **more: Any) -> Message:
    """As it was posted."""
    client_id = new_id()
    whom = to.id if to else None
    answer = await guest.ask(SendChat(client_id=client_id, text=text, to=whom, **more))
    assert isinstance(answer, Done), answer
    return next(one for one in guest.messages if one.client_id == client_id)


async def search(guest: Guest, text: str = "parcel") -> list[str]:
    answer = await guest.ask(SearchChat(text=text))
    assert isinstance(answer, ChatFound), answer
    return [one.text for one in answer.messages]


async def sees(guest: Guest) -> list[str]:
    """Everything that the server shows somebody who asks for all there is."""
    loaded = await guest.load_before(2**53 - 1)
    return [one.text for one in loaded.page.messages]


async def was_told(guest: Guest, text: str) -> bool:
    """Whether it is in anything that was sent, up to now."""
    await guest.ask(Ping())
    return any(text.encode() in encode(event) for event in guest.events)


async def test_it_is_sent_to_the_two_and_to_nobody_else(study: Study) -> None:
    seqs = (study.ada.seq, study.eve.seq)
    message = await say(study.bob, PARCEL, study.carol)
    assert message.to is not None
    assert (message.to.id, message.to.name) == (study.carol.id, "Carol")
    await study.carol.until(lambda: study.carol.messages == [message], "Carol was not told")
    for other in (study.ada, study.eve):
        assert not await was_told(other, PARCEL)
        assert not await was_told(other, f'"number":{message.number}')
        assert (other.messages, await sees(other), await search(other)) == ([], [], [])
    assert seqs == (study.ada.seq, study.eve.seq)
    for one in (study.bob, study.carol):
        assert await sees(one) == await search(one) == [PARCEL]
    for form in ("text", "json"):
        assert PARCEL in await study.fetched(study.carol, form)
        for other in (study.ada, study.eve):
            assert PARCEL not in await study.fetched(other, form)


async def test_whoever_comes_later_is_not_told_either(study: Study) -> None:
    await say(study.bob, PARCEL, study.carol)
    for who, account in (("Dan", None), ("Ada", study.accounts["Ada"])):
        late = await study.enter(who, account)
        assert (late.messages, await sees(late)) == ([], [])
        assert not late.snapshot.chat.earlier


async def test_nobody_else_changes_marks_or_takes_it_back(study: Study) -> None:
    message = await say(study.bob, PARCEL, study.carol)
    number = message.number
    await study.carol.until(lambda: study.carol.messages == [message], "Carol was not told")
    tries: list[Command] = [
        EditChat(number=number, text="mine now"),
        DeleteChat(number=number),
        ReactToChat(number=number, emoji="👍", on=True),
    ]
    for other in (study.ada, study.eve):
        for command in tries:
            assert (await other.refused(command)).refusal.code == "NoSuchMessage"
    for command in tries[:2]:  # what was said to Carol is Bob's to change
        assert (await study.carol.refused(command)).refusal.code == "NoSuchMessage"
    assert study.carol.messages == [message]


async def test_a_host_takes_back_no_private_message_that_was_said_to_them(study: Study) -> None:
    message = await say(study.bob, PARCEL, study.ada)
    refused = await study.ada.refused(DeleteChat(number=message.number))
    assert refused.refusal.code == "NoSuchMessage"


async def test_what_becomes_of_it_is_told_to_the_two_alone(study: Study) -> None:
    number = (await say(study.bob, PARCEL, study.carol)).number
    await study.carol.ask(ReactToChat(number=number, emoji="🎉", on=True))
    await study.bob.ask(EditChat(number=number, text=f"no: {PARCEL}"))
    await study.carol.until(
        lambda: study.carol.messages[0].text == f"no: {PARCEL}", "the change was not told"
    )
    assert study.carol.messages[0].reactions[0].by == (study.carol.id,)
    await study.bob.ask(DeleteChat(number=number))
    await study.carol.until(lambda: study.carol.messages[0].deleted, "the end was not told")
    for other in (study.ada, study.eve):
        assert not await was_told(other, "Chat")


async def test_an_answer_leads_nobody_to_what_was_said_to_others(study: Study) -> None:
    """Nor makes the two believe that somebody overheard them."""
    secret = (await say(study.bob, PARCEL, study.carol)).number
    public = (await say(study.bob, "Lunch?")).number
    assert (await say(study.eve, "I heard that", reply_to=secret)).reply_to is None
    assert (await say(study.eve, "Not said yet", reply_to=secret + 4)).reply_to is None
    assert (await say(study.bob, "As I said", reply_to=secret)).reply_to is None
    assert (await say(study.bob, "As I said", study.eve, reply_to=secret)).reply_to is None
    assert (await say(study.carol, "Thanks", study.bob, reply_to=secret)).reply_to == secret
    assert (await say(study.eve, "Yes", study.bob, reply_to=public)).reply_to == public


async def test_an_account_finds_it_in_the_next_meeting(study: Study) -> None:
    await say(study.bob, PARCEL, study.carol)
    await study.everybody_leaves()
    for name in ("Bob", "Carol"):
        later = await study.enter(name, study.accounts[name])
        assert [one.text for one in later.messages] == [PARCEL]
        assert await sees(later) == await search(later) == [PARCEL]
    for name, account in (("Ada", study.accounts["Ada"]), ("Bob", None), ("Carol", None)):
        later = await study.enter(name, account)
        assert (later.messages, await sees(later), await search(later)) == ([], [], [])


async def test_whoever_signed_out_has_it_no_more(study: Study) -> None:
    """Nor has whoever signs in as somebody else on the same page, with the same way back."""
    await say(study.bob, PARCEL, study.carol)
    accounts = study.street.server.stores.accounts
    await accounts.end_all_sessions(study.accounts["Carol"])
    await study.carol.ask(Ping())
    assert await sees(study.carol) == await search(study.carol) == []
    assert PARCEL not in await study.fetched(study.carol)
    back = await study.street.connect("Carol", study.accounts["Ada"])
    way_back = study.carol.welcome.way_back if study.carol.welcome else None
    assert isinstance(await back.ask(join_as("study", "Carol", way_back=way_back)), Welcome)
    assert back.id == study.carol.id
    assert (back.messages, await sees(back)) == ([], [])


async def test_a_visitor_has_it_for_as_long_as_they_can_come_back(study: Study) -> None:
    message = await say(study.bob, PARCEL, study.eve)
    assert study.eve.welcome is not None
    await study.eve.lose_connection()
    back = await study.enter("Eve", way_back=study.eve.welcome.way_back)
    assert back.messages == [message]
    another = await study.enter("Eve")
    assert (another.messages, await sees(another)) == ([], [])


async def test_what_is_said_while_somebody_comes_back_is_in_their_snapshot(study: Study) -> None:
    """And what another page of theirs was said before."""
    await study.carol.leave()
    gate = Gate(study.street.server.gathering.meetings._entrance, "take")
    second = await study.street.connect("Bob", study.accounts["Bob"])
    await second.send(join_as("study", "Bob"))
    await gate.reached.wait()
    message = await say(study.bob, PARCEL, study.eve)
    await say(study.eve, "to Ada", study.ada)
    gate.open()
    await second.seen(Welcome)
    assert second.messages == [message]


async def test_many_private_messages_hide_nothing_from_others(study: Study) -> None:
    await say(study.ada, "first")
    last = study.ada.messages[-1].number
    (meeting,) = study.street.server.gathering.meetings.live
    bob = meeting.find(study.bob.id)
    assert bob is not None
    for number in range(PAGE + 5):  # past the limit of what one page may say in a second
        command = SendChat(client_id=new_id(), text=f"psst {number}", to=study.carol.id)
        await meeting.talking.say(bob, command, 1)
    late = await study.enter("Dan")
    assert [one.number for one in late.messages] == [last]
    assert await sees(late) == ["first"]
    second = await study.enter("Carol", study.accounts["Carol"])
    assert [one.text for one in second.messages] == [f"psst {n}" for n in range(5, PAGE + 5)]
    assert second.snapshot.chat.earlier
    earlier = (await second.load_before(second.messages[0].number)).page
    assert [one.text for one in earlier.messages] == [
        "first",
        *(f"psst {number}" for number in range(5)),
    ]


async def test_it_is_cleared_with_the_rest(study: Study) -> None:
    await say(study.bob, PARCEL, study.carol)
    await study.ada.ask(ClearRoom(files=False, boards=False, chat=True))
    await study.carol.until(lambda: study.carol.messages == [], "still there")
    assert await sees(study.bob) == []
    assert await study.run("SELECT number FROM messages") == []


async def test_a_room_where_people_talked_in_private_only_is_kept(tmp_path: Path) -> None:
    async with street_at(tmp_path) as street:
        bob, eve = await street.enter("garden", "Bob"), await street.enter("garden", "Eve")
        await say(bob, PARCEL, eve)
        for guest in (bob, eve):
            await guest.leave()
    async with street_at(tmp_path) as street:
        assert await street.server.stores.rooms.find("garden") is not None


async def test_my_data_has_ones_own_and_an_owners_has_not(study: Study) -> None:
    stores = study.street.server.stores
    await say(study.eve, "hello")
    await say(study.bob, PARCEL, study.carol)
    await say(study.eve, "and you", study.bob)
    private = PrivateChatHolding(stores.database, stores.vault)
    chat = ChatHolding(stores.database, stores.vault, stores.said)
    owned = [row["text"] async for row in chat.export_for(study.accounts["Ada"].id)]
    assert (owned, await chat.count_for(study.accounts["Ada"].id)) == (["hello"], 1)
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, account in study.accounts.items():
        rows[name] = [row async for row in private.export_for(account.id)]
        assert await private.count_for(account.id) == len(rows[name])
    texts = {name: [row["text"] for row in found] for name, found in rows.items()}
    assert texts == {"Ada": [], "Bob": [PARCEL, "and you"], "Carol": [PARCEL]}
    [row] = rows["Carol"]
    assert (row["room"], row["name"], row["to"]) == ("study", "Bob", "Carol")


async def test_nothing_leads_to_an_account_that_was_erased(study: Study) -> None:
    stores = study.street.server.stores
    await say(study.bob, PARCEL, study.carol)
    private = PrivateChatHolding(stores.database, stores.vault)
    mark = "SELECT from_mark, to_mark FROM messages"
    before = (await study.run(mark))[0]
    assert await private.erase_for(study.accounts["Bob"].id) == 0
    assert await study.run(mark) == [before | {"from_mark": b""}]
    assert await sees(study.carol) == [PARCEL]
    assert await sees(study.ada) == await sees(study.bob) == []
    assert await private.erase_for(study.accounts["Carol"].id) == 1
    assert await study.run(mark) == []


@pytest.mark.parametrize("whose", ["room", "owner"])
async def test_of_a_held_room_nothing_goes_with_an_account(study: Study, whose: str) -> None:
    """Other rooms are not held, and a hold that was lifted holds nothing."""
    stores = study.street.server.stores
    await say(study.bob, PARCEL, study.carol)
    await study.everybody_leaves()
    bob, carol = [await study.street.enter("shed", n, study.accounts[n]) for n in ("Bob", "Carol")]
    await say(bob, "psst", carol)
    everything = "SELECT * FROM messages ORDER BY posted_at"
    kept = (await study.run(everything))[0]
    name = study.room.name if whose == "room" else study.accounts["Ada"].email
    await held(study.street.server, name)
    private = PrivateChatHolding(stores.database, stores.vault)
    counts = [await private.erase_for(study.accounts[name].id) for name in ("Bob", "Carol")]
    assert counts == [0, 1]
    assert await study.run(everything) == [kept]
    await lift_all(study.street.server)
    for name in ("Bob", "Carol"):
        await private.erase_for(study.accounts[name].id)
    assert await study.run(everything) == []


async def test_a_mark_that_was_wiped_makes_nothing_public(study: Study) -> None:
    await say(study.bob, PARCEL, study.carol)
    await study.run("UPDATE messages SET from_mark = NULL, to_mark = NULL")
    for guest in (study.ada, study.eve, study.carol):
        assert await sees(guest) == await search(guest) == []
        assert PARCEL not in await study.fetched(guest)
    refused = await study.ada.refused(DeleteChat(number=1))
    assert refused.refusal.code == "NoSuchMessage"


async def test_at_rest_neither_words_nor_people_stand_in_clear(
    study: Study, tmp_path: Path
) -> None:
    await say(study.bob, PARCEL, study.carol)
    [row] = await study.run("SELECT from_mark, to_mark FROM messages")
    assert len({row["from_mark"], row["to_mark"]}) == 2
    await study.street.server.stores.database.checkpoint()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("meetd.db*"))
    assert row["to_mark"] in kept
    assert PARCEL.encode() not in kept
    for name in ("Bob", "Carol"):
        assert study.accounts[name].id.encode() not in row["from_mark"] + row["to_mark"]


@pytest.mark.parametrize("to", ["left", "removed", "oneself", "nobody"])
async def test_to_whom_is_not_there_nothing_is_said(study: Study, to: str) -> None:
    ids = {"left": study.eve.id, "removed": study.eve.id, "oneself": study.bob.id, "nobody": "x"}
    if to == "left":
        await study.eve.leave()
    if to == "removed":
        await study.ada.ask(Remove(participant=study.eve.id))
        await study.eve.seen(Ended)
    for command in (SendChat(client_id=new_id(), text=PARCEL, to=ids[to]), ShowTyping(to=ids[to])):
        refused = await study.bob.refused(command)
        assert refused.refusal.code == "NoSuchParticipant"
    assert await sees(study.bob) == []
    assert await study.run("SELECT number FROM messages") == []


async def test_whoever_was_removed_says_and_reads_nothing_more(study: Study) -> None:
    await say(study.bob, PARCEL, study.eve)
    key = key_of(study.eve)
    await study.ada.ask(Remove(participant=study.eve.id))
    await study.eve.seen(Ended)
    with contextlib.suppress(ConnectionError):  # the server has closed it, or is about to
        await study.eve.send(SendChat(client_id=new_id(), text="wait", to=study.bob.id))
    await study.bob.ask(Ping())
    assert [one.text for one in study.bob.messages] == [PARCEL]
    address = f"{study.street.guests.url}/api/v1/chat?key={key}"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert (answer.status, PARCEL in await answer.text()) == (403, False)
    assert study.eve.welcome is not None
    way_back = study.eve.welcome.way_back
    back = await study.street.connect("Eve")
    again = await back.ask(join_as("study", "Eve", way_back=way_back))
    if isinstance(again, Welcome):  # the room is open: as somebody else
        assert (again.you != study.eve.id, back.messages) == (True, [])
    else:
        assert isinstance(again, Refused)


async def test_where_only_hosts_write_nobody_else_does_so_in_private(study: Study) -> None:
    settings = replace(study.room.settings, chat="hosts")
    await study.street.server.stores.rooms.change_settings(study.room, settings)
    for command in (
        SendChat(client_id=new_id(), text=PARCEL, to=study.carol.id),
        ShowTyping(to=study.carol.id),
    ):
        assert (await study.bob.refused(command)).refusal.code == "HostsOnly"
    await say(study.ada, PARCEL, study.carol)
    await study.carol.until(lambda: len(study.carol.messages) == 1, "the host may write")


async def test_presenter_mode_lets_people_talk_and_hosts_overhear_nothing(study: Study) -> None:
    await study.ada.ask(ChangePresenterMode(on=True))
    await say(study.bob, PARCEL, study.carol)
    await study.carol.until(lambda: len(study.carol.messages) == 1, "Carol was not told")
    assert not await was_told(study.ada, PARCEL)


async def test_said_twice_it_is_kept_and_told_once_and_stays_private(study: Study) -> None:
    client_id = new_id()
    for to in (study.carol.id, study.carol.id, None, study.eve.id):
        await study.bob.ask(SendChat(client_id=client_id, text=PARCEL, to=to))
    assert [one.text for one in study.bob.messages] == [PARCEL]
    for other in (study.ada, study.eve):
        assert not await was_told(other, PARCEL)


async def test_that_one_writes_to_somebody_is_told_to_them_alone(study: Study) -> None:
    await study.bob.ask(ShowTyping(to=study.carol.id))
    shown = await study.carol.seen(TypingShown)
    assert (shown.participant, shown.private) == (study.bob.id, True)
    for other in (study.ada, study.eve):
        assert not await was_told(other, "TypingShown")
    await study.bob.ask(ShowTyping())
    assert (await study.eve.seen(TypingShown)).private is False
    assert not await was_told(study.bob, "TypingShown")
    for _ in range(10):
        await study.bob.send(ShowTyping())
    assert (await study.bob.seen(Refused)).refusal.code == "TooFast"
    assert await study.run("SELECT number FROM messages") == []
