"""Rooms that belong to somebody: made, claimed, named, locked, handed on and deleted, on pages
without JavaScript."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from meetd.app import Server
from meetd.protocol.hosting import RoomChanged
from meetd.protocol.session import Ended
from meetd.rooms.room import Room
from tests.support.door import Street
from tests.support.guest import guests_at
from tests.support.people import Answer, Browser, browser_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"}, limits={"knocks_per_minute": 100_000})


_OFFER = ("kind", "offer", "seen")


class Town:
    """One server, people with browsers, and people at the doors."""

    def __init__(self, street: Street, url: str, stack: AsyncExitStack) -> None:
        self.street = street
        self.url = url
        self._stack = stack

    @property
    def server(self) -> Server:
        return self.street.server

    async def browser(self, name: str) -> Browser:
        """Somebody with an account of that user name, signed in."""
        browser = await self._stack.enter_async_context(browser_at(self.url))
        answer = await browser.sign_up(f"{name}@example.org", user_name=name, first_name=name)
        assert answer.to == "/account", answer.alert
        return browser

    async def room(self, name: str) -> Room:
        room = await self.server.stores.rooms.find(name)
        assert room is not None, f"there is no room {name}"
        return room

    async def make(self, browser: Browser, name: str) -> str:
        """A room of theirs; the address of its page."""
        answer = await browser.post("/account/rooms/make", {"name": name})
        assert answer.status == 303, answer.alert
        assert re.fullmatch(r"/account/rooms/[\w-]{22}", answer.to), answer.to
        return answer.to


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        guests_at(url) as guests,
        AsyncExitStack() as stack,
    ):
        yield Town(Street(server, guests), url, stack)


async def offered(browser: Browser) -> dict[str, str]:
    """The form of the first thing that waits for an answer."""
    page = (await browser.get("/account")).text
    form = page[page.index('id="waiting"') :]
    found = [re.search(rf'name="{name}" value="([^"]*)"', form) for name in _OFFER]
    return {name: match[1] for name, match in zip(_OFFER, found, strict=True) if match}


def items(page: Answer) -> list[str]:
    """The text of each item of lists, on one line each."""
    found = re.findall(r"<li>(.*?)</li>", page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in found]


async def test_new_room_is_ones_own_and_locked_as_one_wants_it(town: Town) -> None:
    ada = await town.browser("ada")
    assert "You have no room of your own yet" in (await ada.get("/")).text
    locked = await ada.post("/rooms/new")
    assert locked.status == 303
    assert (await town.room(locked.to[1:])).locked
    assert 'name="lock" value="yes" aria-describedby="lock-hint" checked' in (
        (await ada.get("/account/rooms")).text
    )
    assert (await ada.post("/account/rooms/new-rooms", {})).to == "/account/rooms#new-rooms"
    opened = await ada.post("/rooms/new")
    room = await town.room(opened.to[1:])
    assert not room.locked
    assert room.owner_id is not None
    start = await ada.get("/")
    assert {locked.to[1:], opened.to[1:]} == {item.split()[0] for item in items(start)}
    assert sorted(item.split()[1] for item in items(start)) == ["Locked", "Open"]


async def test_without_an_account_nothing_changes(town: Town) -> None:
    async with browser_at(town.url) as visitor:
        to = (await visitor.post("/rooms/new")).to
        assert await town.server.stores.rooms.find(to[1:]) is None
        assert "My rooms" not in (await visitor.get("/")).text
        assert (await visitor.get("/account/rooms")).to == "/login?next=/account/rooms"
        nowhere = "/account/rooms/AAAAAAAAAAAAAAAAAAAAAA"
        assert (await visitor.get(nowhere)).to == f"/login?next={nowhere}"
        await (await town.browser("ada")).post("/logout")
        form = {"email": "ada@example.org", "password": "correct horse battery"}
        assert (await visitor.post("/login", form | {"next": "/account/rooms"})).to == (
            "/account/rooms"
        )


async def test_the_list_says_who_is_there_and_who_knocks(town: Town) -> None:
    ada = await town.browser("ada")
    await town.make(ada, "study")
    await town.make(ada, "attic")
    room = await town.room("study")
    for name in ("Bob", "Carol"):
        await town.street.knock("study", name)
    await town.server.stores.rooms.set_locked(await town.room("attic"), locked=False)
    for name in ("Dan", "<b>Eve", "Fay", "Gus"):
        await town.street.enter("attic", name)
    for path in ("/", "/account/rooms"):
        page = await ada.get(path)
        study, attic = items(page)
        assert study.startswith("study Locked 2 people are knocking Nobody is there")
        assert "Last used 20" in study
        assert attic.startswith("attic Open There now: Dan, &lt;b&gt;Eve, Fay and 1 more")
        assert f'href="/account/rooms/{room.id}" aria-label="Settings of study"' in page.text


async def test_a_chosen_name_is_checked(town: Town) -> None:
    ada, bob = await town.browser("ada"), await town.browser("bob")
    await town.make(ada, " Reading  Room ")
    assert (await town.room("reading-room")).locked
    for name, status, sentence in (
        ("reading-room", 409, "There is a room of this name"),
        ("", 400, "letters a to z"),
        ("caf\u00e9", 400, "letters a to z"),
        ("x" * 65, 400, "at most 64 characters"),
        ("login", 409, "uses this name itself"),
    ):
        page = await bob.post("/account/rooms/make", {"name": name})
        assert page.status == status
        assert sentence in page.alert
        assert f'value="{name}"' in page.text
        assert 'aria-describedby="name-wrong name-hint" aria-invalid="true"' in page.text


async def test_nobodys_room_is_claimed_after_asking(town: Town) -> None:
    ada = await town.browser("ada")
    room = await town.server.stores.rooms.make("garden")
    asked = await ada.post("/account/rooms/make", {"name": "Garden"})
    assert asked.to == "/account/rooms/claim/garden"
    page = await ada.get(asked.to)
    assert "belongs to nobody" in page.text
    assert ">Claim this room</button>" in page.text
    assert (await town.room("garden")).owner_id is None
    assert (await ada.post(asked.to)).to == f"/account/rooms/{room.id}"
    claimed = await town.room("garden")
    assert claimed.owner_id is not None
    assert claimed.locked
    assert (await ada.get(asked.to)).to == "/account/rooms"
    bob = await town.browser("bob")
    page = await bob.post(asked.to)
    assert page.status == 409
    assert "There is a room of this name" in page.alert


async def test_the_name_of_a_deleted_room_is_offered_to_its_former_owner_only(town: Town) -> None:
    ada, bob = await town.browser("ada"), await town.browser("bob")
    claim = "/account/rooms/claim/study"
    await ada.post("/account/rooms/make", {"name": "study"})
    await town.server.stores.rooms.delete(await town.room("study"))
    assert (await bob.get(claim)).to == "/account/rooms"
    assert "data-claim" not in (await bob.get("/study")).text
    assert (await ada.get(claim)).status == 200
    assert f'data-claim="{claim}"' in (await ada.get("/study")).text


async def test_the_page_of_an_empty_room_of_nobodys_leads_to_claiming_it(town: Town) -> None:
    ada = await town.browser("ada")
    await town.server.stores.rooms.make("garden")
    for name in ("garden", "never-opened"):
        assert f'data-claim="/account/rooms/claim/{name}"' in (await ada.get(f"/{name}")).text
        async with browser_at(town.url) as visitor:
            assert "data-claim" not in (await visitor.get(f"/{name}")).text
    page = await ada.get("/account/rooms/claim/never-opened")
    assert "There is no room of this name yet" in page.text
    here = (await ada.post("/account/rooms/claim/never-opened")).to
    room = await town.room("never-opened")
    assert here == f"/account/rooms/{room.id}"
    assert room.locked
    bob = await town.browser("bob")
    assert "data-claim" not in (await bob.get("/never-opened")).text
    assert (await bob.get("/account/rooms/claim/never-opened")).to == "/account/rooms"
    await town.street.enter("garden", "Carol")
    assert "data-claim" not in (await ada.get("/garden")).text


async def test_hosts_are_led_from_a_room_to_its_pages(town: Town) -> None:
    ada, bob, eve = [await town.browser(name) for name in ("ada", "bob", "eve")]
    here = await town.make(ada, "study")
    room = await town.room("study")
    account = await town.server.stores.accounts.by_user_name("bob")
    assert account is not None
    await town.street.host(room, account)
    own = (await ada.get("/study")).text
    assert f'data-settings="{here}"' in own
    assert f'data-delete="{here}#delete"' in own
    hosts = (await bob.get("/study")).text
    assert f'data-settings="{here}"' in hosts
    assert "data-delete" not in hosts
    assert room.id not in (await eve.get("/study")).text


async def test_a_room_with_people_in_it_is_not_claimed(town: Town) -> None:
    ada = await town.browser("ada")
    await town.street.enter("garden", "Bob")
    page = await ada.post("/account/rooms/make", {"name": "garden"})
    assert page.status == 409
    assert "People are in that room" in page.alert
    assert (await ada.post("/account/rooms/claim/garden")).status == 409
    assert (await ada.get("/account/rooms/claim/garden")).to == "/account/rooms"
    assert (await town.room("garden")).owner_id is None


async def test_who_comes_in_while_a_room_is_claimed_stays_a_guest_and_sees_it(town: Town) -> None:
    ada = await town.street.account("Ada")
    room = await town.server.stores.rooms.make("garden")
    bob = await town.street.enter("garden", "Bob")
    await town.server.stores.rooms.claim(room, ada.id, locked=True)
    changed = await bob.seen(RoomChanged)
    assert (changed.room.owned, changed.room.locked) == (True, True)
    assert [one.role for one in bob.snapshot.participants] == ["guest"]
    owner = await town.street.enter("garden", "Ada", ada)
    assert [one.role for one in owner.snapshot.participants] == ["guest", "host"]
    assert not [event for event in bob.events if isinstance(event, Ended)]


async def test_a_renamed_room_is_found_by_its_old_name(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    await town.make(ada, "attic")
    page = await ada.post(f"{here}/name", {"name": "Attic"})
    assert (page.status, "There is a room of this name" in page.alert) == (409, True)
    assert 'id="name" name="name" type="text" value="Attic"' in page.text
    assert '<h1 class="name">study</h1>' in page.text
    assert (await ada.post(f"{here}/name", {"name": "Library"})).to == f"{here}#name-heading"
    async with browser_at(town.url) as visitor:
        for path in ("/study", "/Study/", "/STUDY"):
            answer = await visitor.get(path)
            assert (answer.status, answer.to) == (302, "/library"), path
        assert (await visitor.get("/library")).status == 200
    assert (await ada.post(f"{here}/name", {"name": "study"})).to == f"{here}#name-heading"
    assert (await ada.get("/library")).to == "/study"
    assert (await ada.get("/study")).status == 200


async def test_locked_and_unlocked_while_people_are_in(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    assert ">Unlock room</button>" in (await ada.get(here)).text
    assert (await ada.post(f"{here}/lock", {"locked": ""})).to == here
    bob = await town.street.enter("study", "Bob")
    assert ">Lock room</button>" in (await ada.get(here)).text
    assert (await ada.post(f"{here}/lock", {"locked": "yes"})).to == here
    await bob.seen(RoomChanged, lambda event: event.room.locked)
    assert await town.street.refused("study", "Eve") == "KnockFirst"


async def test_settings_are_kept_and_what_is_wrong_is_said(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    form = {"limit": "5", "share": "hosts", "chat": "everybody", "draw": "hosts"}
    assert (await ada.post(f"{here}/settings", form)).to == f"{here}#settings"
    text = "Most evenings after eight.\nRing twice."
    sent = text.replace("\n", "\r\n") + "\u202e"
    assert (await ada.post(f"{here}/greeting", {"greeting": sent})).to == f"{here}#door"
    settings = (await town.room("study")).settings
    assert (settings.participant_limit, settings.share, settings.chat, settings.draw) == (
        *(5, "hosts"),
        *("everybody", "hosts"),
    )
    assert settings.greeting == text
    page = await ada.get(here)
    assert f">\n{text}</textarea>" in page.text
    assert page.text.count('value="hosts" selected') == 2
    for limit in ("0", "51", "-1", "1.5", "1e1", "\u0665", "9" * 300):
        page = await ada.post(f"{here}/settings", form | {"limit": limit, "chat": "hosts"})
        assert page.status == 400
        assert "from 1 to 50" in page.alert
        assert f'value="{limit}"' in page.text
        assert page.text.count('value="hosts" selected') == 3, "what was chosen is lost"
    assert (await ada.post(f"{here}/settings", form | {"chat": "nobody"})).status == 400
    assert (await ada.post(f"{here}/settings", form | {"limit": ""})).to == f"{here}#settings"
    assert (await town.room("study")).settings.participant_limit is None
    long = "\U0001f33f" * 501
    page = await ada.post(f"{here}/greeting", {"greeting": long})
    assert (page.status, "at most 500 characters" in page.alert) == (400, True)
    assert long in page.text
    assert (await town.room("study")).settings.greeting == text
    assert (await ada.post(f"{here}/greeting", {"greeting": long[1:]})).to == f"{here}#door"


async def test_handed_on_the_former_owner_keeps_nothing(town: Town) -> None:
    ada, bob = await town.browser("ada"), await town.browser("bob")
    here = await town.make(ada, "study")
    room, grants = await town.room("study"), town.server.stores.grants
    account = await town.server.stores.accounts.by_user_name("ada")
    assert account is not None
    await grants.add(room, grants.by_account("host", account))
    await grants.add(room, grants.by_email("join", "carol@example.org"))
    await grants.add(room, grants.by_link("host", "pocketed")[0])
    form = {"who": "BOB", "confirm": "study"}
    for wrong, sentence in (
        ({"confirm": "stud"}, "Write study here"),
        ({"who": "nobody"}, "Nobody here has this user name"),
        ({"who": "ada"}, "yours already"),
        # Not by address: whose is confirmed here is nobody's business.
        ({"who": "bob@example.org"}, "Nobody here has this user name"),
    ):
        page = await ada.post(f"{here}/transfer", form | wrong)
        assert page.status == 400
        assert sentence in page.alert
        assert (await town.room("study")).owner_id == account.id
    assert (await ada.post(f"{here}/transfer", form)).to == f"{here}#transfer"
    assert "Offered to bob" in (await ada.get(here)).text
    assert (await bob.get(here)).status == 404, "nothing changes before it is accepted"
    assert (await bob.post("/account/offers/accept", await offered(bob))).to == "/account/rooms"
    assert (await ada.get(here)).status == 404
    assert (await bob.get(here)).status == 200
    assert [grant.label for grant in await grants.of(room)] == ["carol@example.org"]
    assert await grants.offers.hosted_by(account) == []


async def test_handed_on_the_former_owner_may_stay_a_host(town: Town) -> None:
    street = town.street
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    inside = await street.enter("study", "Ada", ada)
    async with browser_at(town.url) as browser:
        cookie = {"Cookie": f"meetd={street.token(ada)}"}
        form = {"who": bob.user_name, "confirm": "STUDY", "stay": "yes"}
        page = await browser.post(f"/account/rooms/{room.id}/transfer", form, **cookie)
        assert page.status == 303
    (offer,) = await town.server.house.offers.of(bob)
    await town.server.house.offers.accept(bob, offer.kind, offer.id, offer.level)
    assert (await town.room("study")).owner_id == bob.id
    assert [one.label for one in await town.server.stores.grants.of(room)] == [ada.user_name]
    owner = await street.enter("study", "Bob", bob)
    assert [one.role for one in owner.snapshot.participants] == ["host", "host"]
    assert not inside.closed


async def test_deleted_with_everybody_in_it(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    await ada.post(f"{here}/lock", {"locked": ""})
    bob = await town.street.enter("study", "Bob")
    page = await ada.post(f"{here}/delete", {"confirm": "sturdy"})
    assert (page.status, "Write study here" in page.alert) == (400, True)
    form = page.text.partition(f'action="{here}/delete"')[2]
    assert form.count("Write study") == 1, "once, not as a hint too"
    assert (await ada.post(f"{here}/delete", {"confirm": "Study"})).to == "/account/rooms"
    assert (await bob.seen(Ended)).why == "deleted"
    assert (await ada.get(here)).status == 404
    assert (await ada.get("/account/rooms")).text.count("<li>") == 0


async def test_access_is_granted_listed_and_revoked(town: Town) -> None:
    ada, bob = await town.browser("ada"), await town.browser("bob")
    here = f"{await town.make(ada, 'study')}/access"
    assert "Nothing was granted yet" in (await ada.get(here)).text
    for who, level in (("Bob", "host"), ("carol@example.org", "join"), ("bob", "knock")):
        assert (
            await ada.post(f"{here}/grant", {"who": who, "level": level})
        ).to == f"{here}#granted"
    page = await ada.get(here)
    assert [item.split(" Revoke")[0].split(" Granted")[0] for item in items(page)] == [
        "bob Should knock User name \u00b7",
        "carol@example.org Always join E-mail address \u00b7",
    ]
    assert "Not used yet" in page.text
    page = await ada.post(f"{here}/grant", {"who": "nobody", "level": "host"})
    assert (page.status, "Nobody here has this user name" in page.alert) == (400, True)
    assert 'value="nobody"' in page.text
    assert 'value="host" aria-describedby="grant-host-hint" checked' in page.text
    page = await ada.post(f"{here}/grant", {"who": "a@b@c", "level": "host"})
    assert "not an e-mail address" in page.alert
    assert (
        "yours already" in (await ada.post(f"{here}/grant", {"who": "ADA", "level": "join"})).alert
    )
    assert (await ada.post(f"{here}/grant", {"who": "bob", "level": "owner"})).status == 400
    revoke = re.findall(r'name="grant" value="([^"]+)"', (await ada.get(here)).text)
    for grant in (*revoke, *revoke):
        assert (await ada.post(f"{here}/revoke", {"grant": grant})).to == f"{here}#granted"
    assert "Nothing was granted yet" in (await ada.get(here)).text
    assert (await bob.post(f"{here}/revoke", {"grant": "x"})).status == 404


async def test_an_invite_link_is_shown_once_and_opens_the_room(town: Town) -> None:
    ada = await town.browser("ada")
    here = f"{await town.make(ada, 'study')}/access"
    form = {"label": "Book <club>", "level": "join", "lasts": "day", "uses": "1"}
    page = await ada.post(f"{here}/link", form)
    assert page.status == 200
    found = re.search(rf">({re.escape(town.url)}/study#key=([\w-]{{43}}))</textarea>", page.text)
    assert found is not None, page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "referrer" not in page.text
    listed = await ada.get(here)
    assert found[2] not in listed.text
    (item,) = items(listed)
    assert item.startswith("Book &lt;club&gt; Always join Invite link")
    assert "Uses left: 1" in item
    assert await town.street.refused("study", "Eve", key="x" * 43) == "InviteLinkInvalid"
    await town.street.enter("study", "Bob", key=found[2])
    assert await town.street.refused("study", "Eve", key=found[2]) == "InviteLinkInvalid"
    assert "Over" in items(await ada.get(here))[0]
    for wrong, sentence in (
        ({"uses": "0"}, "from 1 to 10000"),
        ({"uses": "many"}, "from 1 to 10000"),
        ({"label": "x" * 65}, "at most 64 characters"),
    ):
        page = await ada.post(f"{here}/link", form | wrong)
        assert (page.status, sentence in page.alert) == (400, True)
        assert '<option value="day" selected>' in page.text
    for wrong in ({"lasts": "ever"}, {"level": ""}):
        assert (await ada.post(f"{here}/link", form | wrong)).status == 400


async def test_reloading_after_a_form_leads_back(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    for name in ("name", "lock", "settings", "greeting", "transfer", "key", "delete"):
        assert (await ada.get(f"{here}/{name}")).to == here
    for name in ("grant", "link", "revoke"):
        assert (await ada.get(f"{here}/access/{name}")).to == f"{here}/access"
    for name in ("make", "new-rooms"):
        assert (await ada.get(f"/account/rooms/{name}")).to == "/account/rooms"


async def test_dutch_people_read_dutch(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    dutch = {"Accept-Language": "nl"}
    assert "Mijn kamers" in (await ada.get("/account/rooms", **dutch)).text
    assert "Kamer verwijderen" in (await ada.get(here, **dutch)).text
    assert "Een uitnodigingslink maken" in (await ada.get(f"{here}/access", **dutch)).text
    page = await ada.post(f"{here}/delete", {"confirm": ""}, **dutch)
    assert page.alert == "Vul hier study in, om zeker te zijn dat het om deze kamer gaat."
