"""Owners take their rooms along and bring them back, on pages without JavaScript."""

import io
import shutil
import zipfile
from collections.abc import AsyncIterator
from types import SimpleNamespace

import aiohttp
import pytest

from meetd.accounts.account import Account
from meetd.app import Server
from meetd.privacy.exports import Exports
from meetd.privacy.space import MARGIN
from meetd.rooms.room import Room
from meetd.storage.blobs import BlobDamaged
from tests.pages.test_account_pages import Another, another, browser, server
from tests.support.house import contents, say, share
from tests.support.people import Answer, Browser

__all__ = ["another", "browser", "server"]

ROOMS = "/account/rooms"
BRING = f"{ROOMS}/bring"


async def owner_of(server: Server, browser: Browser, name: str = "study") -> tuple[Account, Room]:
    await browser.sign_up()
    account = await server.stores.accounts.by_email("ada@example.org")
    assert account is not None
    room = await server.stores.rooms.make_owned(name, account.id, locked=True)
    await say(server, room, "good evening")
    await share(server, room, "plan.txt", b"the plan")
    return account, room


async def archive_of(server: Server, browser: Browser, room: Room, language: str = "en") -> bytes:
    """Asked for on the room's page, waited for, fetched."""
    page = f"{ROOMS}/{room.id}"
    assert (
        await browser.post(f"{page}/along", None, **{"Accept-Language": language})
    ).to == f"{page}#along"
    await server.house.exports.finished()
    assert "Download the archive" in (await browser.get(page)).text
    status, got, archive = await browser.file(f"{page}/along")
    assert status == 200
    assert got["Content-Disposition"] == f'attachment; filename="{room.name}.zip"'
    return archive


async def bring(browser: Browser, archive: bytes, field: str = "archive") -> Answer:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field(field, io.BytesIO(archive), filename="a.zip", content_type="application/zip")
    return await browser._ask("POST", BRING, {"Origin": browser.url}, form)


async def test_a_room_is_taken_along_and_brought_back(
    server: tuple[Server, str], browser: Browser
) -> None:
    account, room = await owner_of(server[0], browser)
    archive = await archive_of(server[0], browser, room)
    await server[0].stores.rooms.delete(room)
    answer = await bring(browser, archive)
    assert answer.to == f"{ROOMS}#bring"
    await server[0].house.arrivals.finished()
    page = await browser.get(ROOMS)
    assert page.done == ["The archive is here. The room is being made of it."]
    assert "The room is here:" in page.text
    assert '<a href="/study">study</a>' in page.text
    assert await contents(server[0]) == {"study": (["good evening"], {"plan.txt": b"the plan"})}
    (back,) = await server[0].stores.rooms.owned_by(account.id)
    assert back.id != room.id
    assert (await browser.post(f"{BRING}/told")).to == f"{ROOMS}#bring"
    assert "The room is here:" not in (await browser.get(ROOMS)).text


async def test_that_it_was_fetched_is_in_the_access_log(
    server: tuple[Server, str], browser: Browser
) -> None:
    account, room = await owner_of(server[0], browser)
    await archive_of(server[0], browser, room)
    # Its connection takes another request when the one before is over.
    await browser.get(ROOMS)
    await server[0].gathering.noting.written()
    lines = [line async for line in server[0].stores.access_log.lines(person=account.id)]
    noted = [(line.act, line.what, line.room) for line in lines if "/along" in line.what]
    path = f"{ROOMS}/{{id}}/along"
    assert sorted(noted) == [
        ("changed", f"POST {path}", room.id),
        ("looked", f"GET {path}", room.id),
    ]


async def test_its_pages_speak_the_language_of_who_asked(
    server: tuple[Server, str], browser: Browser
) -> None:
    _, room = await owner_of(server[0], browser)
    archive = await archive_of(server[0], browser, room, "nl")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert "Bestanden" in opened.read("index.html").decode()
    for language, word in (("en", "Take the room along"), ("nl", "De kamer meenemen")):
        text = (await browser.get(f"{ROOMS}/{room.id}", **{"Accept-Language": language})).text
        assert word in text
    for language, word in (("en", "Bring a room here"), ("nl", "Een kamer hierheen brengen")):
        assert word in (await browser.get(ROOMS, **{"Accept-Language": language})).text


async def test_nobody_but_the_owner_takes_a_room_along(
    server: tuple[Server, str], browser: Browser, another: Another
) -> None:
    """A host who is one for good looks after meetings, and does not carry the room away."""
    _, room = await owner_of(server[0], browser)
    page = f"{ROOMS}/{room.id}"
    await archive_of(server[0], browser, room)
    async with another() as bob:
        await bob.sign_up("bob@example.org", user_name="bob")
        found = await server[0].stores.accounts.by_email("bob@example.org")
        assert found is not None
        grants = server[0].stores.grants
        await grants.add(room, grants.by_account("host", found))
        for answer in (
            await bob.post(f"{page}/along"),
            await bob.get(f"{page}/along"),
        ):
            assert answer.status == 404
        assert 'id="along"' not in (await bob.get(page)).text
    async with another() as nobody:
        assert "/login" in (await nobody.get(f"{page}/along")).to
        assert "/login" in (await nobody.post(BRING)).to


async def test_an_archive_that_is_damaged_on_the_disk_is_asked_for_anew(
    server: tuple[Server, str], browser: Browser
) -> None:
    _, room = await owner_of(server[0], browser)
    await archive_of(server[0], browser, room)
    (path,) = server[0]._directory.exports.glob("??/*")
    path.write_bytes(bytes(len(path.read_bytes())))
    page = f"{ROOMS}/{room.id}"
    assert (await browser.get(f"{page}/along")).to == f"{page}#along"
    assert "Download the archive" not in (await browser.get(page)).text
    await archive_of(server[0], browser, room)


async def test_an_archive_that_is_damaged_in_the_middle_ends_there(
    server: tuple[Server, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it is out: nothing else stands in it, and another one is asked for."""
    _, room = await owner_of(server[0], browser)
    await archive_of(server[0], browser, room)

    async def damaged(*_: object) -> AsyncIterator[bytes]:
        yield b"PK"
        raise BlobDamaged("archive")

    monkeypatch.setattr(Exports, "read", damaged)
    page = f"{ROOMS}/{room.id}"
    with pytest.raises(aiohttp.ClientPayloadError):
        await browser.file(f"{page}/along")
    assert "Download the archive" not in (await browser.get(page)).text


async def test_files_that_are_not_in_it_are_counted_on_the_page(
    server: tuple[Server, str], browser: Browser
) -> None:
    _, room = await owner_of(server[0], browser)
    (path,) = server[0]._directory.blobs.glob("??/*")
    path.unlink()
    await archive_of(server[0], browser, room)
    for language, words in (("en", "not in the archive: 1."), ("nl", "archief zitten: 1.")):
        page = await browser.get(f"{ROOMS}/{room.id}", **{"Accept-Language": language})
        assert words in page.text


async def test_too_little_room_on_the_disk_is_said(
    server: tuple[Server, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, room = await owner_of(server[0], browser)
    page = f"{ROOMS}/{room.id}"
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=MARGIN))
        await browser.post(f"{page}/along")
        await server[0].house.exports.finished()
    for language, words in (("en", "too little free space"), ("nl", "te weinig vrije ruimte")):
        assert words in (await browser.get(page, **{"Accept-Language": language})).text
    assert [path for path in server[0]._directory.exports.glob("??/*") if path.is_file()] == []
    await archive_of(server[0], browser, room)


async def test_the_archive_of_a_room_is_not_that_of_the_account(
    server: tuple[Server, str], browser: Browser
) -> None:
    _, room = await owner_of(server[0], browser)
    await archive_of(server[0], browser, room)
    assert "Download the archive" not in (await browser.get("/account/data")).text
    await browser.post("/account/data/archive")
    await server[0].house.exports.finished()
    assert "Download the archive" in (await browser.get("/account/data")).text
    assert "Download the archive" in (await browser.get(f"{ROOMS}/{room.id}")).text


async def test_what_is_no_archive_is_said_so_where_it_was_brought(
    server: tuple[Server, str], browser: Browser
) -> None:
    await browser.sign_up()
    assert (await bring(browser, b"PK no archive" * 1_000)).status == 303
    await server[0].house.arrivals.finished()
    page = await browser.get(ROOMS)
    assert "This is no archive of a room" in page.text
    assert 'role="alert"' in page.text


async def test_one_that_is_too_large_is_refused_beside_its_field(
    server: tuple[Server, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.sign_up()
    monkeypatch.setattr(server[0].house.arrivals, "limit", 100)
    answer = await bring(browser, bytes(1_000))
    assert answer.status == 413
    assert "larger than this server allows" in answer.alert
    assert 'aria-describedby="archive-wrong archive-hint"' in answer.text
    assert (await browser.get(BRING)).to == f"{ROOMS}#bring"


MULTIPART = "multipart/form-data; boundary=b"
HEAD = b'Content-Disposition: form-data; name="archive"; filename="a"\r\n\r\n'
BODIES = {
    "nothing": b"",
    "no boundary": b"x" * 20_000,
    "another field": b"--b\r\n" + HEAD.replace(b"archive", b"other") + b"x\r\n--b--",
    "no end": b"--b\r\n" + HEAD + b"x",
    "two files": b"--b\r\n" + HEAD + b"x\r\n--b\r\n" + HEAD + b"y\r\n--b--",
    "more after the end": b"--b\r\n" + HEAD + b"x\r\n--b--more",
}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        *((body, MULTIPART) for body in BODIES.values()),
        (b"archive=x", "application/x-www-form-urlencoded"),
    ],
    ids=[*BODIES, "no file"],
)
async def test_what_no_browser_sends_is_refused_and_leaves_nothing(
    server: tuple[Server, str], browser: Browser, body: bytes, content_type: str
) -> None:
    await browser.sign_up()
    account = await server[0].stores.accounts.by_email("ada@example.org")
    assert account is not None
    headers = {"Origin": browser.url, "Content-Type": content_type}
    answer = await browser._ask("POST", BRING, headers, body)
    assert answer.status in {400, 415}
    assert await server[0].house.arrivals.of(account.id) is None
    assert list(server[0]._directory.arrivals.glob("??/*")) == []


async def test_bytes_that_look_like_the_end_are_part_of_the_file(
    server: tuple[Server, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The boundary may come in two pieces, and almost-boundaries are no end."""
    await browser.sign_up()
    seen: list[bytes] = []

    async def receive(_account: str, _length: int, body: object) -> None:
        seen.append(b"".join([piece async for piece in body]))  # type: ignore[attr-defined]

    monkeypatch.setattr(server[0].house.arrivals, "receive", receive)
    plain = (b"\r\n--bound" + b"x" * 63_000 + b"\r\n--boun") * 5
    head = b'--boundary\r\nContent-Disposition: form-data; name="archive"; filename="a"\r\n\r\n'
    headers = {"Origin": browser.url, "Content-Type": "multipart/form-data; boundary=boundary"}
    body = head + plain + b"\r\n--boundary--\r\n"
    assert (await browser._ask("POST", BRING, headers, body)).status == 303
    assert seen == [plain]


async def test_what_is_kept_of_it_is_shown(server: tuple[Server, str], browser: Browser) -> None:
    _, room = await owner_of(server[0], browser)
    await archive_of(server[0], browser, room)
    await bring(browser, b"no archive")
    await server[0].house.arrivals.finished()
    text = (await browser.get("/account/data")).text
    assert "A room that you brought here" in text
    assert "Your archive" in text
