"""The chat of a meeting over the real protocol: changed, taken back, marked, answered, cleared."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from meetd.chat.conversation import MOST_REACTIONS, PAGE, reacted
from meetd.chat.store import MessageStore
from meetd.core.ids import new_id
from meetd.protocol.base import Command
from meetd.protocol.boards import AddBoard
from meetd.protocol.chat import (
    ChatCleared,
    ChatFound,
    ChatLoaded,
    DeleteChat,
    EditChat,
    LoadChat,
    Mention,
    Message,
    Reaction,
    ReactToChat,
    SearchChat,
    SendChat,
)
from meetd.protocol.hosting import ClearRoom
from meetd.protocol.session import Done, Refused
from meetd.rooms.access import Right
from meetd.storage.database import Row
from tests.support.guest import Guest, guests_at
from tests.support.history import fill_chat
from tests.support.house import share
from tests.support.server import running_server


async def say(guest: Guest, text: str, reply_to: int | None = None) -> int:
    """The number of the message."""
    client_id = new_id()
    answer = await guest.ask(SendChat(client_id=client_id, text=text, reply_to=reply_to))
    assert isinstance(answer, Done), answer
    await guest.until(lambda: _own(guest, client_id) is not None, "not posted")
    found = _own(guest, client_id)
    assert found is not None
    return found.number


def _own(guest: Guest, client_id: str) -> Message | None:
    return next((one for one in guest.messages if one.client_id == client_id), None)


async def test_a_message_is_changed_marked_answered_and_taken_back_for_everybody(
    tmp_path: Path,
) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
        first = await say(ada, "Lunch at noon")
        second = await say(bob, "Where?", first)
        await ada.ask(EditChat(number=first, text=" Lunch at one "))
        await bob.ask(ReactToChat(number=first, emoji="👍", on=True))
        await ada.ask(ReactToChat(number=first, emoji="👍", on=True))
        await bob.ask(ReactToChat(number=first, emoji="👍", on=False))
        await bob.ask(DeleteChat(number=second))
        await bob.until(lambda: bob.messages[1].deleted, "still there")
        carol = await guests.join("study", "Carol")
        assert carol.messages == bob.messages
        changed, gone = carol.messages
        assert (changed.text, changed.name) == ("Lunch at one", "Ada")
        assert changed.edited_at is not None
        assert changed.reactions == (Reaction(emoji="👍", by=(ada.id,)),)
        assert (gone.text, gone.reply_to, gone.reactions) == ("", first, ())
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        dan = await guests.join("study", "Dan")
        assert dan.messages == carol.messages


@pytest.mark.parametrize("own", [True, False])
async def test_what_is_not_ones_own_or_gone_is_not_changed(tmp_path: Path, own: bool) -> None:  # noqa: FBT001
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        number = await say(ada, "Lunch at noon")
        if own:
            await ada.ask(DeleteChat(number=number))
        who = ada if own else eve
        commands: list[Command] = [EditChat(number=number, text="No lunch")]
        commands += [ReactToChat(number=number, emoji="🎉", on=True)] if own else []
        commands += [DeleteChat(number=99)] if own else [DeleteChat(number=number)]
        for command in commands:
            assert (await who.refused(command)).refusal.code == "NoSuchMessage"
        assert ada.messages[0].text == ("" if own else "Lunch at noon")


def test_marks_of_one_kind_come_to_an_end() -> None:
    reactions: tuple[Reaction, ...] = ()
    for number in range(MOST_REACTIONS + 5):
        reactions = reacted(reactions, f"p{number}", "👍", on=True)
    assert len(reactions[0].by) == MOST_REACTIONS
    assert reacted(reactions, "p1", "👍", on=True)[0].by[-1] == "p1"
    assert reacted((Reaction(emoji="👍", by=("p",)),), "p", "👍", on=False) == ()


async def test_messages_are_found_however_far_back_and_not_those_taken_back(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        await fill_chat(server, "study", 2_300)
        ada = await guests.join("study", "Ada")
        number = await say(ada, "Straße to MESSAGE 7")
        found = await _found(ada, SearchChat(text="strasse TO message 7"))
        assert ([each.number for each in found.messages], found.before) == ([number], 302)
        first = await _found(ada, SearchChat(text="message 7"))
        assert len(first.messages) == PAGE
        assert first.before == first.messages[-1].number
        rest = await _found(ada, SearchChat(text="message 7", before=first.before))
        assert rest.messages[0].number < first.before
        oldest = await _found(ada, SearchChat(text="message 7", before=302))
        assert (oldest.messages[-1].text, oldest.before) == ("message 7", None)
        await ada.ask(DeleteChat(number=number))
        assert (await _found(ada, SearchChat(text="strasse"))).messages == ()


async def test_others_have_their_turn_while_a_long_history_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, at_once, most = MessageStore._message, 0, 0

    def counted(store: MessageStore, row: Row) -> Message:
        nonlocal at_once, most
        if at_once == 0:  # others come as soon as the loop is free
            asyncio.get_running_loop().call_soon(turn)
        at_once += 1
        most = max(most, at_once)
        return opened(store, row)

    def turn() -> None:
        nonlocal at_once
        at_once = 0

    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        await fill_chat(server, "study", 450)
        ada = await guests.join("study", "Ada")
        monkeypatch.setattr(MessageStore, "_message", counted)
        found = await _found(ada, SearchChat(text="message 7"))
        assert found.messages
        assert 0 < most <= PAGE


async def _found(guest: Guest, search: SearchChat) -> ChatFound:
    answer = await guest.ask(search)
    assert isinstance(answer, ChatFound), answer
    return answer


async def test_a_message_mentions_files_and_whiteboards_of_the_room(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
        await guests.join("elsewhere", "Eve")
        here, elsewhere = sorted(
            (meeting.room for meeting in server.gathering.meetings.live),
            key=lambda room: room.name != "study",
        )
        plan = await share(server, here, "plan.txt", b"of the house")
        other = await share(server, elsewhere, "secret.txt", b"not for Ada")
        await ada.ask(AddBoard(name="Sketch"))
        await bob.until(lambda: len(bob.snapshot.content) == len(bob.snapshot.boards) == 1, "late")
        board = bob.snapshot.boards[0].id
        client_id = new_id()
        said = SendChat(client_id=client_id, text="", mentions=(plan.id, board, plan.id))
        assert isinstance(await ada.ask(said), Done)
        await bob.until(lambda: len(bob.messages) == 1, "not posted")
        expected = (Mention(item=plan.id, name="plan.txt"), Mention(item=board, name="Sketch"))
        assert bob.messages[0].mentions == expected
        for item in (other.id, "x"):
            wrong = SendChat(client_id=new_id(), text="look", mentions=(item,))
            assert (await ada.refused(wrong)).refusal.code == "NoSuchItem"
        many = SendChat(client_id=new_id(), text="look", mentions=(plan.id,) * 11)
        await ada.send(many)
        await ada.seen(Refused, lambda event: event.refusal.code == "MessageMalformed")
        nothing = SendChat(client_id=new_id(), text=" ")
        assert (await ada.refused(nothing)).refusal.code == "TextEmpty"
        await ada.ask(EditChat(number=1, text="these"))
        await bob.until(lambda: bob.messages[0].text == "these", "not changed")
        assert bob.messages[0].mentions == expected
        await ada.ask(DeleteChat(number=1))
        await bob.until(lambda: bob.messages[0].deleted, "still there")
        assert len(bob.messages[0].mentions) == 0


async def test_a_host_clears_what_is_ticked_and_nobody_else_does(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
        room = ada.snapshot.room.name
        [meeting] = server.gathering.meetings.live
        await say(ada, "first")
        await ada.ask(AddBoard(name="Plan"))
        await share(server, meeting.room, "plan.txt", b"of the house")
        await bob.until(lambda: len(bob.snapshot.content) == 1, "the file is not there")
        everything = ClearRoom(files=True, boards=True, chat=True)
        assert (await bob.refused(everything)).refusal.code == "NotAHost"
        standing = meeting.standings[ada.id]
        meeting.change_standing(ada.id, replace(standing, right=Right("host", "owner")))
        await ada.ask(ClearRoom(files=True, boards=False, chat=False))
        await bob.until(lambda: not bob.snapshot.content, "the file is still there")
        assert len(bob.snapshot.boards) == len(bob.messages) == 1
        await ada.ask(everything)
        assert (await bob.seen(ChatCleared)).up_to == 1
        await bob.until(lambda: not bob.messages and not bob.snapshot.boards, "not cleared")
        assert await say(bob, "second") == 2
        loaded = await bob.ask(LoadChat(before=2))
        assert isinstance(loaded, ChatLoaded)
        assert loaded.page.messages == ()
    assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        carol = await guests.join(room, "Carol")
        assert [message.text for message in carol.messages] == ["second"]
