"""What waits for an answer, on pages without JavaScript."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support.people import Browser, browser_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})
_FIELDS = ("kind", "offer", "seen")


class Two:
    """Ada, who offers, and Bob, who is asked; each with a browser."""

    def __init__(self, ada: Browser, bob: Browser, room: str) -> None:
        self.ada, self.bob = ada, bob
        self.room = room
        """Address of the page of Ada's room."""


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        _, url = await stack.enter_async_context(running_server(tmp_path, SETTINGS))
        ada = await stack.enter_async_context(browser_at(url))
        bob = await stack.enter_async_context(browser_at(url))
        await ada.sign_up("ada@example.org", user_name="ada")
        await bob.sign_up("bob@example.org", first_name="Bob", last_name="B", user_name="bob")
        made = await ada.post("/account/rooms/make", {"name": "study"})
        yield Two(ada, bob, made.to)


async def forms(browser: Browser) -> list[dict[str, str]]:
    """One for each thing that waits, newest first."""
    page = (await browser.get("/account")).text
    found = re.findall(r'action="/account/offers/accept">(.*?)</form>', page, re.DOTALL)
    fields = [dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) for form in found]
    assert all(tuple(each) == _FIELDS for each in fields)
    return fields


async def test_a_host_is_asked_accepts_and_gives_it_up(two: Two) -> None:
    access = f"{two.room}/access"
    await two.ada.post(f"{access}/grant", {"who": "bob", "level": "host"})
    assert "Not answered yet" in (await two.ada.get(access)).text
    start = (await two.bob.get("/")).text
    assert 'aria-label="Account: 1 thing waits for your answer"' in start
    page = (await two.bob.get("/account")).text
    assert "Waiting for your answer" in page
    first = page.index("bob@example.org")
    assert page.index('<h2 id="waiting">') < first < page.index('<h2 id="record">')
    assert "Ada Lovelace would like you to be a host of this room" in page
    (form,) = await forms(two.bob)
    assert (await two.bob.post("/account/offers/accept", form)).to == "/account/rooms"
    page = (await two.bob.get("/account")).text
    assert "Waiting for your answer" not in page
    assert "Give up access to study" in (await two.bob.get("/account/rooms")).text
    assert "Not answered yet" not in (await two.ada.get(access)).text
    late = await two.bob.post("/account/offers/accept", form)
    assert (late.status, "answered already" in late.alert) == (410, True)
    assert (await two.bob.get(two.room)).status == 200
    assert "A link for hosts makes" in (await two.ada.get(access)).text
    assert "A link for hosts makes" not in (await two.bob.get(access)).text, "they cannot make one"
    assert (await two.bob.post(f"{two.room}/leave")).to == "/account/rooms"
    assert "Give up access" not in (await two.bob.get("/account/rooms")).text
    assert (await two.bob.get(two.room)).status == 404
    assert "Nothing was granted yet" in (await two.ada.get(access)).text


async def test_declined_on_a_page_from_before_it_is_given_up(two: Two) -> None:
    """Accepted in one tab, declined in another: whoever declines last is no host."""
    await two.ada.post(f"{two.room}/access/grant", {"who": "bob", "level": "host"})
    (form,) = await forms(two.bob)
    for act in ("accept", "decline"):
        assert (await two.bob.post(f"/account/offers/{act}", form)).status == 303
    assert (await two.bob.get(two.room)).status == 404
    assert "Declined: always joins" in (await two.ada.get(f"{two.room}/access")).text


async def test_how_much_waits_is_said_on_every_page(two: Two) -> None:
    """On one that says what is wrong with a form as well."""
    waits = 'aria-label="Account: 1 thing waits for your answer"'
    await two.ada.post(f"{two.room}/access/grant", {"who": "bob", "level": "host"})
    pages = ("/", "/account", "/account/rooms", "/account/teams", "/terms", "/at/bob")
    for page in pages:
        assert waits in (await two.bob.get(page)).text, page
        assert waits not in (await two.ada.get(page)).text, page
    wrong = await two.bob.post("/account/rooms/make", {"name": ""})
    assert (wrong.status, waits in wrong.text) == (400, True)


async def test_a_room_is_taken_back_declined_and_accepted(two: Two) -> None:
    offer = {"who": "bob", "confirm": "study", "stay": "yes"}
    await two.ada.post(f"{two.room}/transfer", offer)
    page = (await two.ada.get(two.room)).text
    assert "Offered to Bob B (bob)" in page
    assert ">Offer the room</button>" not in page, "one offer at a time"
    again = await two.ada.post(f"{two.room}/transfer", {"who": "bob", "confirm": "stud"})
    assert "Write study here" in again.alert, "what was wrong is said all the same"
    (form,) = await forms(two.bob)
    await two.ada.post(f"{two.room}/transfer/withdraw")
    page = (await two.ada.get(two.room)).text
    assert "Offered to" not in page
    assert ">Offer the room</button>" in page
    gone = await two.bob.post("/account/offers/accept", form)
    assert gone.status == 410
    await two.ada.post(f"{two.room}/transfer", offer)
    (form,) = await forms(two.bob)
    assert (await two.bob.post("/account/offers/decline", form)).status == 303
    assert "Offered to" not in (await two.ada.get(two.room)).text
    await two.ada.post(f"{two.room}/transfer", offer)
    assert "stays a host of it" in (await two.bob.get("/account")).text
    (form,) = await forms(two.bob)
    assert (await two.bob.post("/account/offers/accept", form)).status == 303
    assert "belongs to" not in (await two.bob.get(two.room)).text
    assert "This room belongs to Bob, and you are a host" in (await two.ada.get(two.room)).text
    assert "Give up access to study" in (await two.ada.get("/account/rooms")).text


async def test_every_answer_is_said_back_once(two: Two) -> None:
    """In the order in which two people could do all of it; an answer is to the newest offer."""
    to_bob = {"who": "bob", "confirm": "study"}
    for browser, act, form, said in (
        (two.ada, f"{two.room}/access/grant", {"who": "bob", "level": "host"}, "Access granted."),
        (two.bob, "accept", None, "You are a host of the room now."),
        (two.bob, f"{two.room}/leave", {}, "You gave up your access."),
        (two.ada, f"{two.room}/transfer", to_bob, "The room is offered."),
        (two.ada, f"{two.room}/transfer/withdraw", {}, "The offer is taken back."),
        (two.ada, f"{two.room}/transfer", to_bob, "The room is offered."),
        (two.bob, "decline", None, "Declined."),
        (two.ada, f"{two.room}/transfer", to_bob, "The room is offered."),
        (two.bob, "accept", None, "The room is yours."),
    ):
        if form is None:
            answer = await browser.post(f"/account/offers/{act}", (await forms(browser))[0])
        else:
            answer = await browser.post(act, form)
        assert answer.status == 303, (act, answer.alert)
        (done,) = (await browser.get(answer.to.partition("#")[0])).done
        assert done.startswith(said), act


async def test_a_team_says_what_it_does_before_anybody_joins(two: Two) -> None:
    made = await two.ada.post("/account/teams", {"user_name": "helpdesk"})
    await two.ada.post(f"{made.to}/level", {"level": "host"})
    await two.ada.post(f"{made.to}/invite", {"person": "bob"})
    for path in ("/account", "/account/teams"):
        page = (await two.bob.get(path)).text
        assert "Members are hosts in one another" in page, path
    (form,) = await forms(two.bob)
    assert form["seen"] == "host"
    assert (await two.bob.post("/account/offers/accept", form)).to == made.to
    page = (await two.bob.get(made.to)).text
    assert 'id="agree-host" name="level" value="host" checked' in page
    assert (await two.bob.post(f"{made.to}/agree", {"level": "join"})).to == made.to
    page = (await two.bob.get(made.to)).text
    assert 'id="agree-join" name="level" value="join" checked' in page
    assert "The team does more than you agreed to" in page
    assert "The team does more" in (await two.bob.get("/account/teams")).text
    assert (await two.bob.post(f"{made.to}/level", {"level": "host"})).status == 403
    assert (await two.bob.post(f"{made.to}/agree", {"level": "emperor"})).status == 400


async def test_wrong_forms_are_answered_and_lead_back(two: Two) -> None:
    for form in ({}, {"kind": "crown"}, {"kind": "team", "offer": "x", "seen": "emperor"}):
        for act in ("accept", "decline"):
            answer = await two.bob.post(f"/account/offers/{act}", form)
            assert answer.status in {400, 409}, (form, act)
    for kind, status in (("host", 410), ("room", 410), ("team", 409)):
        for act in ("accept", "decline"):
            answer = await two.bob.post(f"/account/offers/{act}", {"kind": kind, "offer": "x"})
            assert (answer.status, bool(answer.alert)) == (status, True), (kind, act)
    for act in ("accept", "decline"):
        assert (await two.bob.get(f"/account/offers/{act}")).to == "/account#waiting"
        async with browser_at(two.bob.url) as visitor:
            answer = await visitor.post(f"/account/offers/{act}", {"kind": "host", "offer": "x"})
            assert answer.to.startswith("/login")
