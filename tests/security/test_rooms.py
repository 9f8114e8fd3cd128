"""Rooms of somebody else: nothing of them is shown, changed or told apart from nothing."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meetd.core.ids import new_id
from meetd.protocol.session import Ended
from meetd.rooms.room import Room
from tests.support.door import Street
from tests.support.guest import guests_at
from tests.support.people import Browser, browser_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})

POSTED: dict[str, dict[str, str]] = {
    "name": {"name": "stolen"},
    "lock": {"locked": ""},
    "settings": {"limit": "1", "share": "hosts", "chat": "hosts", "draw": "hosts"},
    "greeting": {"greeting": "Eve was here"},
    "transfer": {"who": "eve", "confirm": "study"},
    "transfer/withdraw": {},
    "delete": {"confirm": "study"},
    "access/grant": {"who": "eve", "level": "host"},
    "access/link": {"label": "", "level": "host", "lasts": "never", "uses": ""},
    "access/revoke": {"grant": "every"},
}


class Scene:
    """Ada owns a room; Eve has an account and a browser."""

    def __init__(self, street: Street, url: str, room: Room, eve: Browser) -> None:
        self.street = street
        self.url = url
        self.room = room
        self.eve = eve


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        guests_at(url) as guests,
        browser_at(url) as eve,
    ):
        street = Street(server, guests)
        room = await street.room("study", await street.account("Ada"))
        await eve.sign_up("eve@example.org", user_name="eve")
        yield Scene(street, url, room, eve)


async def test_bbb_2022_29232_somebody_elses_room_is_answered_like_none(scene: Scene) -> None:
    """Neither guessing nor knowing an id helps, and the answer does not tell the two apart."""
    answers = {}
    for room_id in (scene.room.id, new_id(), "x", "..%2f..", "%00"):
        got = []
        for page in ("", "/access"):
            answer = await scene.eve.get(f"/account/rooms/{room_id}{page}")
            got.append((answer.status, answer.text))
        for name, form in POSTED.items():
            answer = await scene.eve.post(f"/account/rooms/{room_id}/{name}", form)
            got.append((answer.status, answer.text))
        answers[room_id] = got
    assert {status for got in answers.values() for status, _ in got} == {404}
    assert all(got == answers[scene.room.id] for got in answers.values())
    assert await scene.street.server.stores.rooms.by_id(scene.room.id) == scene.room
    assert await scene.street.server.stores.grants.of(scene.room) == []


async def test_signed_out_nothing_of_a_room_is_shown(scene: Scene) -> None:
    async with browser_at(scene.url) as visitor:
        for name, form in POSTED.items():
            for room_id in (scene.room.id, new_id()):
                answer = await visitor.post(f"/account/rooms/{room_id}/{name}", form)
                assert answer.to == f"/login?next=/account/rooms/{room_id}/{name}"
    assert await scene.street.server.stores.rooms.by_id(scene.room.id) == scene.room


async def test_djust_658_a_foreign_page_changes_no_room(scene: Scene) -> None:
    mine = (await scene.eve.post("/account/rooms/make", {"name": "mine"})).to
    foreign = {"Origin": "https://evil.example"}
    for name, form in POSTED.items():
        assert (await scene.eve.post(f"{mine}/{name}", form, **foreign)).status == 403
    for path in ("/rooms/new", "/account/rooms/make", "/account/rooms/new-rooms"):
        assert (await scene.eve.post(path, {}, **foreign)).status == 403
    room = await scene.street.server.stores.rooms.find("mine")
    assert room is not None
    assert room.locked
    assert await scene.street.server.stores.grants.of(room) == []
    assert len(await scene.street.server.stores.rooms.owned_by(room.owner_id or "")) == 1


async def test_nextcloud_45286_the_page_of_a_name_tells_nobody_whether_there_is_a_room(
    scene: Scene,
) -> None:
    """Only a former name leads elsewhere; owned, of nobody and absent look the same."""
    await scene.street.server.stores.rooms.make("garden")
    async with browser_at(scene.url) as visitor:
        texts = {
            (answer.status, answer.text.replace(name, "NAME"))
            for name in ("study", "garden", "nothing")
            for answer in [await visitor.get(f"/{name}")]
        }
    assert len(texts) == 1


async def test_nextcloud_32676_granting_does_not_tell_whose_address_it_is(scene: Scene) -> None:
    mine = (await scene.eve.post("/account/rooms/make", {"name": "mine"})).to
    ada = await scene.street.server.stores.accounts.by_user_name("ada")
    assert ada is not None
    answers = set()
    for address in (ada.email, "nobody@example.org"):
        form = {"who": address, "level": "host"}
        answer = await scene.eve.post(f"{mine}/access/grant", form)
        listed = (await scene.eve.get(f"{mine}/access")).text
        grant = re.search(r'name="grant" value="([^"]+)"', listed)
        assert grant is not None
        await scene.eve.post(f"{mine}/access/revoke", {"grant": grant[1]})
        listed = listed.replace(address, "ADDRESS").replace(grant[1], "ID")
        answers.add((answer.status, answer.to, re.sub(r"[\d-]+ [\d:]+ UTC", "TIME", listed)))
    assert len(answers) == 1


async def test_nextcloud_pf36_names_are_not_tried_out_by_the_thousand(scene: Scene) -> None:
    mine = (await scene.eve.post("/account/rooms/make", {"name": "mine"})).to
    statuses = [
        (await scene.eve.post(f"{mine}/{path}", form)).status
        for number in range(20)
        for path, form in (
            ("access/grant", {"who": f"user{number}", "level": "host"}),
            ("transfer", {"who": f"user{number}@example.org", "confirm": "mine"}),
        )
    ]
    assert statuses[:30] == [400] * 30
    assert 429 in statuses[30:32], "one more every 20 seconds, not at once"
    page = await scene.eve.post(f"{mine}/access/grant", {"who": "Ada", "level": "host"})
    assert re.search(r"Wait \d+ seconds", page.alert)
    # An address is no way to find out anything, and goes on working.
    form = {"who": "carol@example.org", "level": "join"}
    assert (await scene.eve.post(f"{mine}/access/grant", form)).status == 303


async def test_jitsi_2024_33530_the_key_of_a_link_is_in_no_log_and_no_address(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "meetd")
    mine = (await scene.eve.post("/account/rooms/make", {"name": "mine"})).to
    form = {"label": "club", "level": "join", "lasts": "never", "uses": ""}
    page = await scene.eve.post(f"{mine}/access/link", form)
    found = re.search(r"/mine(\S)key=([\w-]{43})<", page.text)
    assert found is not None
    mark, key = found.groups()
    assert mark == "#", "the key would be sent to servers"
    guest = await scene.street.enter("mine", "Bob", key=key)
    again = await scene.eve.get(f"{mine}/access")
    assert key not in again.text
    assert not [name for name, value in page.headers.items() if key in f"{name}{value}"]
    assert caplog.records, "nothing was logged at all"
    assert not [record for record in caplog.records if key in _everything(record)]
    kept = await scene.street.server.stores.database.read("SELECT * FROM access_grants")
    assert not [row for row in kept if key.encode() in b"".join(map(_bytes, tuple(row)))]
    await _revoke_ends(scene, mine, again.text, guest)


async def _revoke_ends(scene: Scene, mine: str, listed: str, guest: Any) -> None:
    """BBB wxjp: what rested on a link that was revoked does not live on."""
    grant = re.search(r'name="grant" value="([^"]+)"', listed)
    assert grant is not None
    await scene.eve.post(f"{mine}/access/revoke", {"grant": grant[1]})
    assert (await guest.seen(Ended)).why == "access ended"


def _everything(record: logging.LogRecord) -> str:
    return " ".join(str(value) for value in vars(record).values())


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


async def test_jitsi_2021_33506_claimed_while_the_first_comes_in_they_still_knock(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room was nobody's when they were looked at, and is somebody's when they would sit."""
    rooms, ada = scene.street.server.stores.rooms, scene.room.owner_id
    assert ada is not None
    garden = await rooms.make("garden")
    by_id = rooms.by_id

    async def read_just_before_the_claim(room_id: str) -> Room | None:
        before = await by_id(room_id)
        monkeypatch.setattr(rooms, "by_id", by_id)
        await rooms.claim(garden, ada, locked=True)
        return before

    monkeypatch.setattr(rooms, "by_id", read_just_before_the_claim)
    assert await scene.street.refused("garden", "Bob") == "KnockFirst"
    assert rooms.by_id is by_id, "nothing was claimed in between"


async def test_what_an_owner_gave_and_took_is_in_the_audit_log(scene: Scene) -> None:
    """Ids and words only, each line with its act; what was not done has none."""
    server = scene.street.server
    eve = await server.stores.accounts.by_user_name("eve")
    ada = await server.stores.accounts.by_user_name("ada")
    assert eve is not None
    assert ada is not None
    mine = (await scene.eve.post("/account/rooms/make", {"name": "mine"})).to
    room_id = mine.rpartition("/")[2]
    await scene.eve.post(f"{mine}/access/grant", {"who": "ada", "level": "host"})
    await scene.eve.post(f"{mine}/access/grant", {"who": "bob@example.org", "level": "join"})
    await scene.eve.post(f"{mine}/access/grant", {"who": "nobody", "level": "join"})
    listed = (await scene.eve.get(f"{mine}/access")).text
    grant = re.findall(r'name="grant" value="([^"]+)"', listed)[0]
    for _ in range(2):
        await scene.eve.post(f"{mine}/access/revoke", {"grant": grant})
    other = (await scene.eve.post("/account/rooms/make", {"name": "other"})).to
    await scene.eve.post(f"{other}/delete", {"confirm": "wrong"})
    await scene.eve.post(f"{other}/delete", {"confirm": "other"})
    await scene.eve.post(f"{mine}/transfer", {"who": "ada", "confirm": "mine"})
    lines = await server.stores.audit.entries()
    assert [(line.act, line.subject, dict(line.details or {})) for line in lines] == [
        ("access-granted", ada.id, {"level": "host", "kind": "account"}),
        ("access-granted", None, {"level": "join", "kind": "email"}),
        ("access-revoked", None, {}),
        ("room-deleted", None, {}),
        ("room-offered", ada.id, {}),
    ]
    assert {line.actor for line in lines} == {eve.id}
    rooms = [room_id] * 3 + [other.rpartition("/")[2], room_id]
    assert [line.room for line in lines] == rooms


async def test_two_owners_at_once_there_is_one_room_of_a_name(scene: Scene) -> None:
    async with browser_at(scene.url) as other:
        await other.sign_up("fay@example.org", user_name="fay")
        answers = await asyncio.gather(
            *(one.post("/account/rooms/make", {"name": "same"}) for one in (scene.eve, other))
        )
    assert sorted(answer.status for answer in answers) == [303, 409]
