"""An archive of a room opens from a disk without a network and without scripts, whatever people
wrote in it; and rooms are taken along and brought back without scripts too."""

import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, expect

from tests.along.conftest import SCRIPT, furnished, open_place
from tests.browser.people import House
from tests.browser.test_accessible import SCHEMES
from tests.browser.test_accounts import AXE, check_accessible, fill, page_of
from tests.images.pictures import encoded, plain
from tests.support.house import share
from tests.support.server import running_server

_FINDINGS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
    (found) => found.id + ': ' + found.nodes.map((node) => node.target.join(' ')).join(', '))"""
_PICTURES = "() => [...document.images].map((image) => image.complete && image.naturalWidth > 0)"


@pytest_asyncio.fixture(loop_scope="session", params=["en", "nl"])
async def unpacked(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The archive of a room with something of everything in it, on a disk."""
    async with running_server(tmp_path / "data") as running:
        place = await open_place(*running)
        room = await furnished(place)
        await share(place.server, room, "sun.png", encoded(plain(), "PNG"))
        archive = await place.pack(room, request.param)
    folder = tmp_path / "a folder with spaces"
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
    return folder


@asynccontextmanager
async def offline(browser: Browser, *, scripts: bool) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page without a network, and what was asked for that is not on the disk, or was wrong."""
    context = await browser.new_context(java_script_enabled=scripts, offline=True)
    wrong: list[str] = []
    page = await context.new_page()

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            wrong.append(request.url)

    page.on("request", asked)
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    try:
        yield page, wrong
    finally:
        await context.close()


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
@pytest.mark.parametrize("scripts", ["without scripts", "with scripts"])
async def test_it_opens_from_a_disk(
    unpacked: Path, browsers: dict[str, Browser], kind: str, scripts: str
) -> None:
    runs = scripts == "with scripts"
    async with offline(browsers[kind], scripts=runs) as (page, wrong):
        await page.goto((unpacked / "index.html").as_uri())
        await expect(page.get_by_role("heading", name="study", level=1)).to_be_visible()
        await expect(page.get_by_role("heading", name="Plan <b>")).to_be_visible()
        await expect(page.get_by_role("img")).to_have_count(3)
        if runs:
            assert await page.evaluate(_PICTURES) == [True] * 3
        await page.locator('a[href="chat/1.html"]').click()
        await expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
        text = await page.locator("#m2 .text").inner_text()
        assert text == SCRIPT
        await page.locator('a[href$="#m2"]').click()
        await expect(page.locator("#m2")).to_be_in_viewport()
        await page.locator('a[href="../index.html"]').first.click()
        await page.locator('a[href="files/4-sun.png"]').click()
        await expect(page.locator("img")).to_be_visible()
        assert wrong == []


async def test_axe_finds_nothing_in_it(unpacked: Path, browsers: dict[str, Browser]) -> None:
    async with offline(browsers["chromium"], scripts=True) as (page, wrong):
        await page.set_viewport_size({"width": 360, "height": 740})
        for path in ("index.html", "chat/1.html"):
            await page.goto((unpacked / path).as_uri())
            await page.evaluate(AXE.read_text(encoding="utf-8"))
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                assert await page.evaluate(_FINDINGS) == [], f"{path}, {scheme}"
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert wrong == []


async def signed_up(page: Page, house: House) -> None:
    link = next(line.split()[-1] for line in house.server.printed if "/welcome/" in line)
    await page.goto(link)
    await fill(page, "ada@example.org")
    await page.get_by_role("button", name="Create account", exact=True).click()
    await expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    await page.goto(f"{house.server.url}/account/rooms")
    await page.get_by_label("Name of the new room").fill("study")
    await page.get_by_role("button", name="Make room", exact=True).click()
    await expect(page.get_by_role("heading", name="study", level=1)).to_be_visible()


async def loaded_until(page: Page, name: str) -> None:
    """Loaded again, as somebody does who waits, until that link is there."""
    link = page.get_by_role("link", name=name, exact=True)
    for _ in range(50):
        if await link.count():
            return
        await page.reload()
    raise AssertionError(f"there is no {name}: {await page.locator('main').inner_text()}")


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_taken_along_and_brought_back_without_scripts(
    house: House, kind: str, tmp_path: Path
) -> None:
    async with page_of(house.browsers[kind]) as page:
        await signed_up(page, house)
        await page.get_by_role("button", name="Make an archive of this room").click()
        await loaded_until(page, "Download the archive")
        async with page.expect_download() as downloading:
            await page.get_by_role("link", name="Download the archive").click()
        archive = tmp_path / "study.zip"
        await (await downloading.value).save_as(archive)
        await page.goto(f"{house.server.url}/account/rooms")
        await page.get_by_label("Archive of a room").set_input_files(archive)
        await page.get_by_role("button", name="Bring the room here").click()
        await expect(page.get_by_text("The archive is here.")).to_be_visible()
        await loaded_until(page, "study-2")


async def test_its_pages_are_accessible(house: House, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.zip"
    nothing.write_bytes(b"nothing")
    async with page_of(house.browsers["chromium"], scripts=True) as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        await signed_up(page, house)
        await page.get_by_role("button", name="Make an archive of this room").click()
        await loaded_until(page, "Download the archive")
        await check_accessible(page)
        await page.goto(f"{house.server.url}/account/rooms")
        await page.get_by_label("Archive of a room").set_input_files(nothing)
        await page.get_by_role("button", name="Bring the room here").click()
        alert = page.get_by_role("alert")
        for _ in range(50):
            if await alert.count():
                break
            await page.reload()
        await expect(alert).to_contain_text("This is no archive of a room")
        await check_accessible(page)
