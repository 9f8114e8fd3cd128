"""A link to what somebody left without an account: nobody guesses it, uses it up for others, or
learns from it whether there was anything. Each test has the name of its lesson."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from meetd.core.holdings import Traces
from meetd.core.ids import new_id, new_token
from meetd.core.refusals import StorageFailed
from meetd.protocol.boards import AddBoard, BoardMade
from meetd.protocol.chat import PrivateChatChanged, SendChat
from meetd.protocol.door import Knock
from meetd.protocol.session import Done, Refused
from tests.support.door import Gate, Street, join_as
from tests.support.people import Browser
from tests.support.visitors import browser, erase, path_of, street, talker

__all__ = ["browser", "street"]


async def test_nextcloud_cve_2021_45286_what_does_not_exist_has_the_same_answer(
    street: Street, browser: Browser
) -> None:
    erased, silent = new_token(), new_token()
    await talker(street, erased)
    await erase(browser, erased)
    await street.enter("garden", "Eve", visitor=silent)
    answers = [await browser.get(path_of(each)) for each in (erased, silent, new_token())]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.text.replace(path_of(erased), "") for answer in answers}) == 1


@pytest.mark.parametrize("token", ["x", "A" * 42, "A" * 44, "%00" * 43, "' OR 1=1 --", "é" * 43])
async def test_a_token_that_is_none_leads_nowhere(
    street: Street, browser: Browser, token: str
) -> None:
    await talker(street, new_token())
    for path in (path_of(token), f"{path_of(token)}/archive"):
        assert (await browser.get(path)).status == 404
    assert (await erase(browser, token)).status == 404
    assert (await browser.post(f"{path_of(token)}/name", {"name": "Eve"})).status == 404


@pytest.mark.parametrize("token", ["", "x", "A" * 42, "A" * 44, "A" * 43 + "\n", "é" * 43])
async def test_a_token_with_fewer_bits_binds_nothing(street: Street, token: str) -> None:
    guest = await street.connect("Eve")
    await guest.send(join_as("garden", "Eve", visitor=token))
    assert (await guest.seen(Refused)).refusal.code == "MessageMalformed"


async def test_nextcloud_ghsa_pf36_guessing_is_slowed_down_per_network(
    street: Street, browser: Browser
) -> None:
    token = new_token()
    await talker(street, token)
    answers = [(await browser.get(path_of(new_token()))).status for _ in range(31)]
    assert set(answers[:30]) == {404}
    assert answers[30] == 429
    # Where guessing is refused, nobody learns whether it would have been right.
    refused = await browser.get(path_of(token))
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) >= 1
    elsewhere = {"X-Forwarded-For": "198.51.100.7"}
    assert (await browser.get(path_of(token), **elsewhere)).status == 200


async def test_archives_and_erasing_are_limited_by_themselves(
    street: Street, browser: Browser
) -> None:
    token = new_token()
    await talker(street, token)
    answers = [(await browser.file(f"{path_of(token)}/archive"))[0] for _ in range(7)]
    assert answers == [200] * 6 + [429]
    assert (await erase(browser, token)).status == 429


async def test_a_link_of_somebody_else_changes_nothing_of_theirs(
    street: Street, browser: Browser
) -> None:
    mine, theirs = new_token(), new_token()
    zoe = await talker(street, mine)
    await talker(street, theirs, name="Eve")
    assert (await erase(browser, theirs)).status == 200
    assert (await browser.get(path_of(mine))).status == 200
    await zoe.until(lambda: zoe.messages[1].deleted, "Eve's message is still there")
    assert zoe.messages[0].text == "Zoe was in the garden"


async def test_a_foreign_page_erases_nothing(street: Street, browser: Browser) -> None:
    token = new_token()
    await talker(street, token)
    for foreign in ("https://evil.example", "null"):
        answer = await browser.post(f"{path_of(token)}/erase", {"sure": "yes"}, Origin=foreign)
        assert answer.status == 403
    assert (await browser.get(f"{path_of(token)}/erase")).to == path_of(token)
    assert (await browser.get(path_of(token))).status == 200


async def test_erasing_is_never_one_press_and_never_twice(street: Street, browser: Browser) -> None:
    token = new_token()
    await talker(street, token)
    answer = await browser.post(f"{path_of(token)}/erase")
    assert answer.status == 400
    assert "Tick that you want it erased" in answer.alert
    assert (await erase(browser, token)).status == 200
    assert (await erase(browser, token)).status == 404, "replayed"
    assert (await browser.post(f"{path_of(token)}/name", {"name": "Eve"})).status == 404
    assert (await browser.get(f"{path_of(token)}/archive")).status == 404


async def test_two_at_a_time_erase_once(street: Street, browser: Browser) -> None:
    token = new_token()
    await talker(street, token)
    answers = await asyncio.gather(erase(browser, token), erase(browser, token))
    assert sorted(answer.status for answer in answers) == [200, 404]


async def test_jitsi_jsa_2022_0004_the_token_of_another_is_not_shown_to_anybody(
    street: Street,
) -> None:
    token = new_token()
    bob = await street.enter("garden", "Bob")
    await talker(street, token)
    await bob.until(lambda: len(bob.messages) == 1, "nothing was said")
    assert token not in repr(bob.events)
    (meeting,) = street.server.gathering.meetings.live
    assert token not in repr([standing for _, standing in meeting.standings])


async def test_what_is_said_while_it_is_erased_does_not_stay(
    street: Street, browser: Browser
) -> None:
    """The stay ends first: a message that is on its way then is refused or erased too."""
    token = new_token()
    zoe = await talker(street, token)
    gate = Gate(street.server.house.visitor_rights, "use")
    erasing = asyncio.ensure_future(erase(browser, token))
    await gate.reached.wait()
    await zoe.say("one more")
    gate.open()
    assert (await erasing).status == 200
    bob = await street.enter("garden", "Bob")
    assert [message.text for message in bob.messages] == ["", ""]


async def test_where_it_cannot_be_written_down_nothing_is_left(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it could never be found again."""
    token = new_token()
    guest = await street.enter("garden", "Zoe", visitor=token)

    async def fail(*_: object) -> None:
        raise StorageFailed

    with monkeypatch.context() as broken:
        broken.setattr(street.server.stores.visitors, "_made", fail)
        assert isinstance(await guest.say("hello"), Refused)
        ada = await street.account("Ada")
        await street.room("study", ada)
        knocker, _ = await street.look("study", "Zoe")
        assert isinstance(await knocker.ask(Knock(name="Zoe", visitor=token)), Refused)
    assert guest.messages == []
    assert await street.server.stores.knocks.waiting() == []
    await guest.say("hello")
    assert await street.server.stores.visitors.use(token) is not None


async def test_a_failure_in_the_middle_leaves_the_link_to_the_rest(
    street: Street, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    await talker(street, token)

    async def fail(*_: object) -> int:
        raise StorageFailed

    with monkeypatch.context() as broken:
        broken.setattr(street.server.stores.said, "erase", fail)
        assert (await erase(browser, token)).status >= 500
    assert "Zoe was in the garden" in (await browser.get(path_of(token))).text
    assert (await erase(browser, token)).status == 200


async def test_the_token_is_in_no_log(
    street: Street, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    token = new_token()
    with caplog.at_level("DEBUG"):
        await talker(street, token)
        await browser.get(path_of(token))
        await browser.file(f"{path_of(token)}/archive")
        await erase(browser, token)
    said = "".join(f"{each.getMessage()}{each.__dict__}" for each in caplog.records)
    assert token not in said


async def hold(street: Street, room_name: str) -> Callable[[], Awaitable[bool]]:
    """Returns what lifts it."""
    stores = street.server.stores
    room = await stores.rooms.find(room_name)
    assert room is not None
    placed = partial(stores.holds.place, kind="room", of=room.id, reason="a court asks for it")
    assert await stores.holds.write(placed)
    (held,) = await stores.holds.all()
    return partial(stores.holds.write, partial(stores.holds.lift, hold_id=held.id))


async def test_what_is_in_a_room_on_hold_stays_and_the_rest_goes(
    street: Street, browser: Browser
) -> None:
    token = new_token()
    zoe = await talker(street, token)
    assert isinstance(await zoe.ask(AddBoard(name="Sketch")), BoardMade)
    await talker(street, token, room="attic")
    lift = await hold(street, "garden")
    answer = await browser.post(f"{path_of(token)}/name", {"name": "Zora"})
    assert answer.status == 409
    assert "corrected but in a room that has to be kept" in answer.alert
    assert "<title>Not done: My data" in answer.text
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    answer = await erase(browser, token)
    assert answer.status == 409
    assert "Everything else is erased" in answer.text
    text = (await browser.get(path_of(token))).text
    for each in ("Zoe was in the garden", "Sketch"):
        assert each in text
    for each in ("in the attic", "Zora"):
        assert each not in text
    entries = await street.server.stores.audit.entries()
    assert [each.act for each in entries].count("hold-refused") == 2
    assert await lift()
    assert (await erase(browser, token)).status == 200
    assert (await browser.get(path_of(token))).status == 404


async def test_a_hold_that_comes_while_erasing_is_wholly_before_or_after(
    street: Street, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, said = new_token(), street.server.stores.said
    await talker(street, token)
    await talker(street, token, room="attic")
    erasing = said.erase

    async def with_a_hold(traces: Traces) -> int:
        with monkeypatch.context() as once:
            once.setattr(said, "erase", erasing)
            if not await street.server.stores.holds.all():
                await hold(street, "garden")
        return await erasing(traces)

    monkeypatch.setattr(said, "erase", with_a_hold)
    assert (await erase(browser, token)).status == 409
    text = (await browser.get(path_of(token))).text
    assert "Zoe was in the garden" in text
    assert "in the attic" not in text


async def test_private_words_go_and_turn_up_for_nobody_else(
    street: Street, browser: Browser
) -> None:
    token = new_token()
    bob = await street.enter("garden", "Bob")
    eve = await street.enter("garden", "Eve")
    zoe = await talker(street, token)
    for one, other, text in ((zoe, bob, "for Bob alone"), (bob, zoe, "for Zoe alone")):
        said = SendChat(client_id=new_id(), text=text, to=other.id)
        assert isinstance(await one.ask(said), Done)
    text = (await browser.get(path_of(token))).text
    assert "for Bob alone" in text
    assert "for Zoe alone" not in text
    assert (await erase(browser, token)).status == 200
    changed = (await bob.seen(PrivateChatChanged)).message
    assert (changed.deleted, changed.text, changed.name) == (True, "", "")
    assert not [each for each in eve.events if isinstance(each, PrivateChatChanged)]
    late = await street.enter("garden", "Late")
    assert [(each.text, each.to) for each in (*eve.messages, *late.messages)] == [("", None)] * 2
    marks = await street.server.stores.database.read(
        "SELECT from_mark, to_mark FROM messages WHERE from_mark IS NOT NULL ORDER BY number"
    )
    assert [(bool(row["from_mark"]), bool(row["to_mark"])) for row in marks] == [
        (False, True),
        (True, False),
    ]
