"""A link to what somebody left without an account: nobody guesses it, uses it up for others, or
learns from it whether there was anything. Each test has the name of its lesson."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.core.ids import new_token
from meetd.core.refusals import StorageFailed
from meetd.protocol.door import Knock
from meetd.protocol.session import Refused
from tests.pages.test_visitor_data import erase, path_of, talker
from tests.support.door import Gate, Street, join_as, street_at
from tests.support.people import Browser, browser_at


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with street_at(tmp_path) as street:
        yield street


@pytest.fixture
async def browser(street: Street) -> AsyncIterator[Browser]:
    async with browser_at(street.guests.url) as browser:
        yield browser


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
        broken.setattr(street.server.stores.visitors, "note_participant", fail)
        broken.setattr(street.server.stores.visitors, "note_knock", fail)
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
