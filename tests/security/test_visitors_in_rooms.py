"""What somebody without an account may see and erase by their link is what they left, wherever they
are, and nothing that an account left on the same browser. Each test has the name of its lesson."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from meetd.accounts.account import Account
from meetd.chat.store import MessageStore
from meetd.core.ids import new_id, new_token
from meetd.core.refusals import StorageFailed
from meetd.protocol.chat import ChatChanged, DeleteChat, Message, SendChat
from meetd.protocol.session import Done, Ended
from tests.support.door import Gate, Street
from tests.support.guest import Guest, guests_at
from tests.support.people import Browser, browser_at
from tests.support.server import running_server, test_settings
from tests.support.visitors import browser, erase, path_of, street, talker

__all__ = ["browser", "street"]


async def whisper(guest: Guest, other: Guest, text: str) -> None:
    said = SendChat(client_id=new_id(), text=text, to=other.id)
    assert isinstance(await guest.ask(said), Done)


async def again(
    street: Street, guest: Guest, account: Account | None, token: str, room: str = "garden"
) -> Guest:
    """The same page, loaded anew."""
    assert guest.welcome is not None
    await guest.leave()
    back = guest.welcome.way_back
    return await street.enter(room, guest.name, account, way_back=back, visitor=token)


async def words_of(street: Street, room: str = "garden") -> list[str]:
    """Of every message in it, private ones too, as they are kept."""
    stores = street.server.stores
    found = await stores.rooms.find(room)
    assert found is not None
    store = MessageStore(stores.database, found.id, await stores.vault.cipher("room", found.id))
    return [each.message.text for each in await store.numbered([*range(1, 20)])]


async def test_whoever_comes_after_an_account_in_a_room_of_nobody_has_nothing_of_theirs(
    street: Street, browser: Browser
) -> None:
    """No pass says there whose a participant is: the way back has to."""
    token = new_token()
    bob = await street.enter("garden", "Bob")
    account = await street.account("Ada")
    ada = await street.enter("garden", "Ada", account, visitor=token)
    await ada.say("Ada to all")
    await whisper(ada, bob, "Ada to Bob")
    after = await again(street, ada, None, token)
    assert after.id != ada.id
    await after.say("somebody after her")
    text = (await browser.get(path_of(token))).text
    assert "somebody after her" in text
    assert "Ada to" not in text
    assert (await erase(browser, token)).status == 200
    assert await words_of(street) == ["Ada to all", "Ada to Bob", ""]


async def test_an_account_after_somebody_without_one_leaves_nothing_to_the_browser(
    street: Street, browser: Browser
) -> None:
    token = new_token()
    bob = await street.enter("garden", "Bob")
    zoe = await talker(street, token)
    ada = await again(street, zoe, await street.account("Ada"), token)
    assert ada.id != zoe.id
    await ada.say("Ada to all")
    await whisper(ada, bob, "Ada to Bob")
    assert "Ada to" not in (await browser.get(path_of(token))).text
    assert (await erase(browser, token)).status == 200
    assert await words_of(street) == ["", "Ada to all", "Ada to Bob"]


async def test_whoever_comes_back_as_they_were_is_the_same(street: Street) -> None:
    token, account = new_token(), await street.account("Ada")
    ada = await street.enter("garden", "Ada", account)
    zoe = await street.enter("garden", "Zoe", visitor=token)
    assert (await again(street, ada, account, token)).id == ada.id
    assert (await again(street, zoe, None, token)).id == zoe.id


async def test_what_an_account_says_in_private_is_not_found_by_the_participant(
    street: Street, browser: Browser
) -> None:
    """In a room with an owner the participant stays the same when somebody signs in."""
    owner, token = await street.account("Owner"), new_token()
    await street.room("study", owner, locked=False)
    bob = await street.enter("study", "Bob")
    zoe = await talker(street, token, room="study")
    await whisper(zoe, bob, "as nobody")
    ada = await again(street, zoe, await street.account("Ada"), token, "study")
    assert ada.id == zoe.id
    await whisper(ada, bob, "as Ada")
    text = (await browser.get(path_of(token))).text
    assert "as nobody" in text
    assert "as Ada" not in text
    assert (await erase(browser, token)).status == 200
    assert await words_of(street, "study") == ["", "", "as Ada"]


async def test_whoever_only_listens_elsewhere_leaves_there_too(
    street: Street, browser: Browser
) -> None:
    """Else what they leave later is found by a token that nobody has any more."""
    token = new_token()
    await talker(street, token)
    silent = await street.enter("study", "Zoe", visitor=token)
    other = await street.enter("study", "Bob", visitor=new_token())
    assert (await erase(browser, token)).status == 200
    assert (await silent.seen(Ended)).retry is False
    await other.until(lambda: other.people == ["Bob"], "Zoe is still there")
    assert isinstance(await other.say("hello"), Done)


async def test_what_was_used_elsewhere_is_not_kept_after_erasing(tmp_path: Path) -> None:
    token = new_token()
    async with (
        running_server(tmp_path, test_settings(usage={"keep": True})) as (server, url),
        guests_at(url) as guests,
        browser_at(url) as browser,
    ):
        zoe = await guests.join("garden", "Zoe", visitor=token)
        await zoe.say("hello")
        silent = await guests.join("study", "Zoe", visitor=token)
        assert (await erase(browser, token)).status == 200
        await silent.seen(Ended)
        for table in ("visitors", "usage_stays"):
            rows = await server.stores.database.read(f"SELECT * FROM {table}")  # noqa: S608
            assert rows == []


async def test_whoever_comes_in_while_it_begins_leaves_too(
    street: Street, browser: Browser
) -> None:
    token = new_token()
    await talker(street, token)
    gate = Gate(street.server.gathering.meetings, "put_out")
    erasing = asyncio.ensure_future(erase(browser, token))
    await gate.reached.wait()
    late = await street.enter("attic", "Zoe", visitor=token)
    gate.open()
    assert (await erasing).status == 200
    await late.seen(Ended)
    assert await street.server.stores.visitors.use(token) is None


def failing_after(
    number: int, act: Callable[..., Awaitable[object]]
) -> Callable[..., Awaitable[object]]:
    """``act``, which fails after so many times."""
    left = iter(range(number))

    async def acting(*arguments: object) -> object:
        if next(left, None) is None:
            raise StorageFailed
        return await act(*arguments)

    return acting


async def test_what_was_erased_before_it_failed_is_told(
    street: Street, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next try does not find it: nothing says any more whose it was."""
    token = new_token()
    bob = await street.enter("garden", "Bob")
    zoe = await talker(street, token)
    await zoe.say("and more")
    with monkeypatch.context() as broken:
        broken.setattr(MessageStore, "change", failing_after(1, MessageStore.change))
        assert (await erase(browser, token)).status >= 500
    await bob.until(lambda: bob.messages[0].deleted, "the words are still on the page")
    late = await street.enter("garden", "Late")
    assert [each.text for each in late.messages] == ["", "and more"]
    assert (await erase(browser, token)).status == 200
    await bob.until(lambda: bob.messages[1].deleted, "the rest is still on the page")


async def test_what_was_taken_back_meanwhile_does_not_come_back(
    street: Street, browser: Browser
) -> None:
    """Who shows a change later shows what there is by then."""
    token = new_token()
    bob = await street.enter("garden", "Bob")
    zoe = await talker(street, token)
    gate = Gate(street.server.gathering.meetings, "in_room_soon")
    assert (await browser.post(f"{path_of(token)}/name", {"name": "Zora"})).status == 303
    await gate.reached.wait()
    assert isinstance(await zoe.ask(DeleteChat(number=1)), Done)
    gate.open()
    await bob.until(lambda: len(told_to(bob)) == 2, "the new name was not shown")
    assert [_shown(each) for each in told_to(bob)] == [("Zora", "", True)] * 2
    late = await street.enter("garden", "Late")
    assert _shown(late.messages[0]) == ("Zora", "", True)


def told_to(guest: Guest) -> list[Message]:
    return [each.message for each in guest.events if isinstance(each, ChatChanged)]


def _shown(message: Message) -> tuple[str, str, bool]:
    return message.name, message.text, message.deleted
