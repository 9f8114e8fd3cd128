"""Pictures of accounts and rooms: chosen, replaced and removed on pages without JavaScript, and
served to whoever has their address."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from meetd.core.refusals import ImageTooLarge
from meetd.images.images import Images
from meetd.images.reencoding import MAX_BYTES
from meetd.images.store import Owner
from meetd.pages import pictures
from tests.images.pictures import BLUE, GREEN, RED, decoded, encoded, near, plain
from tests.pages.test_room_pages import SETTINGS, Town
from tests.support.door import Street
from tests.support.guest import guests_at
from tests.support.people import Answer, Browser
from tests.support.server import running_server

FORM = "/account/picture"
SMALL = encoded(plain(), "PNG")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        guests_at(url) as guests,
        AsyncExitStack() as stack,
    ):
        yield Town(Street(server, guests), url, stack)


def shown(page: Answer) -> str:
    """Address of the picture on a page, or ``""``."""
    found = re.search(r'<img class="picture" src="([^"]+)"', page.text)
    return found[1] if found else ""


async def address_of(browser: Browser) -> str:
    return shown(await browser.get("/account"))


async def test_a_picture_is_chosen_replaced_and_removed(town: Town) -> None:
    ada = await town.browser("ada")
    page = await ada.get("/account")
    assert shown(page) == ""
    assert "People who knock at your reception see it" in page.text
    assert 'accept="image/png,image/jpeg,image/webp,image/gif"' in page.text
    assert f"{FORM}/remove" not in page.text
    seen = []
    for colour, kind in ((RED, "PNG"), (GREEN, "JPEG"), (BLUE, "WEBP")):
        answer = await ada.upload(FORM, encoded(plain(colour=colour), kind))
        assert (answer.status, answer.to) == (303, "/account#picture")
        seen.append(await address_of(ada))
        status, _, webp = await ada.file(seen[-1])
        assert status == 200
        assert near(decoded(webp).convert("RGB").getpixel((5, 5)), colour)
    for former in seen[:-1]:
        assert (await ada.file(former))[0] == 404
    for _ in range(2):
        assert (await ada.post(f"{FORM}/remove")).to == "/account#picture"
    assert await address_of(ada) == ""
    assert (await ada.file(seen[-1]))[0] == 404


async def test_what_is_served_is_an_image_and_nothing_else(town: Town) -> None:
    ada, stranger = await town.browser("ada"), await town.browser("eve")
    await ada.upload(FORM, SMALL)
    address = await address_of(ada)
    assert re.fullmatch(r"/pictures/accounts/[\w-]{22}/[\w-]{22}", address)
    stranger.session.cookie_jar.clear()
    status, headers, webp = await stranger.file(address)
    assert (status, webp[:4], webp[8:12]) == (200, b"RIFF", b"WEBP")
    assert headers["Content-Type"] == "image/webp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, max-age=604800, immutable"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


async def test_a_wrong_address_is_answered_as_one_of_nothing(town: Town) -> None:
    ada = await town.browser("ada")
    await ada.upload(FORM, SMALL)
    address = await address_of(ada)
    folder, _, etag = address.rpartition("/")
    wrong = [
        *(f"{folder}/{etag[:-1]}", f"{folder}/{etag}x", f"{folder}/{'x' * 22}", f"{folder}/None"),
        *(f"/pictures/accounts/nobody/{etag}", address.replace("accounts", "rooms")),
    ]
    answers = [await ada.file(each) for each in wrong]
    assert {status for status, _, _ in answers} == {404}
    assert len({body for _, _, body in answers}) == 1


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"x" * (MAX_BYTES + 1), 413, "at most 8 MB and 40 megapixels"),
        (b"x" * (MAX_BYTES * 2), 413, "at most 8 MB and 40 megapixels"),
        (b"<svg/>", 415, "Choose a PNG, JPEG, WebP or GIF"),
        (b"", 415, "Choose a PNG, JPEG, WebP or GIF"),
    ],
    ids=["one byte too many", "far too many bytes", "no image", "nothing chosen"],
)
async def test_a_refusal_says_what_to_do_and_the_picture_before_stays(
    town: Town, data: bytes, status: int, sentence: str
) -> None:
    ada = await town.browser("ada")
    room = await town.make(ada, "study")
    for form, page in ((FORM, "/account"), (f"{room}/picture", room)):
        await ada.upload(form, SMALL)
        before = shown(await ada.get(page))
        answer = await ada.upload(form, data)
        assert answer.status == status
        assert sentence in answer.alert
        assert 'aria-invalid="true"' in answer.text
        assert shown(answer) == shown(await ada.get(page)) == before


async def test_one_upload_at_a_time_and_a_few_of_everybody(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file under way holds memory, so the second of the same account is dropped unread."""
    monkeypatch.setattr(pictures, "AT_ONCE", 2)
    ada, bob, eve = [await town.browser(name) for name in ("ada", "bob", "eve")]
    begun, going_on = asyncio.Queue[Owner](), asyncio.Event()
    keep = Images.set

    async def slow(images: Images, owner: Owner, data: bytes) -> str | None:
        begun.put_nowait(owner)
        await going_on.wait()
        return await keep(images, owner, data)

    monkeypatch.setattr(Images, "set", slow)
    first = asyncio.create_task(ada.upload(FORM, SMALL))
    await begun.get()
    again = await ada.upload(FORM, SMALL)
    assert (again.status, "Try again in a moment" in again.alert) == (503, True)
    second = asyncio.create_task(bob.upload(FORM, SMALL))
    await begun.get()
    assert (await eve.upload(FORM, SMALL)).status == 503
    going_on.set()
    assert [(await each).status for each in (first, second)] == [303, 303]
    assert (await eve.upload(FORM, SMALL)).status == 303


async def test_after_a_refusal_the_next_upload_is_taken(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await town.browser("ada")
    keep = Images.set

    async def refuse(_images: Images, _owner: Owner, _data: bytes) -> None:
        raise ImageTooLarge(megabytes=8, megapixels=40)

    monkeypatch.setattr(Images, "set", refuse)
    assert (await ada.upload(FORM, SMALL)).status == 413
    monkeypatch.setattr(Images, "set", keep)
    assert (await ada.upload(FORM, SMALL)).status == 303


async def test_a_room_has_a_picture_of_its_own(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    answer = await ada.upload(f"{here}/picture", SMALL)
    assert (answer.status, answer.to) == (303, f"{here}#picture")
    address = shown(await ada.get(here))
    assert re.fullmatch(r"/pictures/rooms/[\w-]{22}/[\w-]{22}", address)
    assert (await ada.file(address))[0] == 200
    assert (await ada.post(f"{here}/picture/remove")).to == f"{here}#picture"
    assert shown(await ada.get(here)) == ""
    await ada.upload(f"{here}/picture", SMALL)
    address = shown(await ada.get(here))
    await ada.post(f"{here}/delete", {"confirm": "study"})
    assert (await ada.file(address))[0] == 404


async def test_only_hosts_change_the_picture_of_a_room(town: Town) -> None:
    ada, bob = await town.browser("ada"), await town.browser("bob")
    here = await town.make(ada, "study")
    room, grants = await town.room("study"), town.server.stores.grants
    account = await town.server.stores.accounts.by_user_name("bob")
    assert account is not None
    await grants.add(room, grants.by_account("join", account))
    await ada.upload(f"{here}/picture", SMALL)
    before = shown(await ada.get(here))
    assert (await bob.upload(f"{here}/picture", SMALL)).status == 404
    assert (await bob.post(f"{here}/picture/remove")).status == 404
    assert shown(await ada.get(here)) == before
    await town.street.host(room, account)
    assert (await bob.upload(f"{here}/picture", SMALL)).status == 303
    assert shown(await ada.get(here)) != before


async def test_forms_want_somebody_signed_in_and_lead_back_when_reloaded(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    for name in ("picture", "picture/remove"):
        assert (await ada.get(f"/account/{name}")).to == "/account#picture"
        assert (await ada.get(f"{here}/{name}")).to == here
    ada.session.cookie_jar.clear()
    sent: list[Callable[[str], Awaitable[Answer]]] = [
        lambda path: ada.upload(path, SMALL),
        lambda path: ada.post(f"{path}/remove"),
    ]
    for send in sent:
        for path in (FORM, f"{here}/picture"):
            assert (await send(path)).to.startswith("/login")


async def test_dutch_people_read_dutch(town: Town) -> None:
    ada = await town.browser("ada")
    here = await town.make(ada, "study")
    dutch = {"Accept-Language": "nl"}
    account = (await ada.get("/account", **dutch)).text
    assert "Wie bij je receptie aanklopt ziet deze foto" in account
    page = (await ada.get(here, **dutch)).text
    assert "Foto in de wachtruimte" in page
    assert "Er ging geen beheerder deze kamer binnen" in page
