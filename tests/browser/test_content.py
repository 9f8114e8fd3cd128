"""Files in the room: shared in every way, over broken connections, harmless whatever they are."""

import hashlib
import io
import os
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.people import CUT_OFF, PHONE, House, OpenHouse, Person, until
from tests.browser.test_accessible import check
from tests.browser.test_hosting import of_the_room, study_of_ada
from tests.support.process import ServerProcess
from tests.support.wire import Wire

MEGABYTE = 1_000_000
MARK = b"meetdOne"
"""In every 64-byte slice of a marked file."""
EVIL = "<script>parent.hit = 1; opener.hit = 1; document.title = 'hit'</script>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg">{EVIL}</svg>'

# What a browser does when somebody drops or pastes files, which no test can do with a real mouse.
_OFFER = """([kind, names]) => {
    const transfer = new DataTransfer();
    for (const name of names) transfer.items.add(new File(['of ' + name], name));
    const options = {bubbles: true, cancelable: true};
    if (kind === 'paste') {
        document.body.dispatchEvent(
            new ClipboardEvent('paste', {...options, clipboardData: transfer}));
        return;
    }
    for (const type of ['dragover', 'drop'].slice(0, kind === 'drag' ? 1 : 2)) {
        document.body.dispatchEvent(new DragEvent(type, {...options, dataTransfer: transfer}));
    }
}"""


def shelf(person: Person) -> Locator:
    return person.region("Shared content")


def item(person: Person, name: str) -> Locator:
    return shelf(person).get_by_role("listitem").filter(has_text=name)


def progress(person: Person, name: str) -> Locator:
    return shelf(person).get_by_role("progressbar", name=f"Uploading {name}", exact=True)


async def upload(person: Person, *files: Path | FilePayload) -> None:
    await shelf(person).get_by_label("Upload files").set_input_files(list(files))  # type: ignore[arg-type]


def small(name: str, text: str = "plain", media_type: str = "text/plain") -> FilePayload:
    return {"name": name, "mimeType": media_type, "buffer": text.encode()}


def silence(*, seconds: int) -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(b"\x80" * 8_000 * seconds)
    return sound.getvalue()


async def download(person: Person, name: str) -> Path:
    async with person.page.expect_download() as started:
        await item(person, name).get_by_role("button", name=f"Download {name}").click()
    return await (await started.value).path()


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def marked_file(path: Path, length: int) -> Path:
    """Of random bytes, but for the marks."""
    plain = bytearray(os.urandom(length))
    for place, byte in enumerate(MARK):
        plain[place::32] = bytes([byte]) * len(plain[place::32])
    path.write_bytes(plain)
    return path


@asynccontextmanager
async def wired(house: House) -> AsyncIterator[Wire]:
    """Visitors from now on come through the wire."""
    async with Wire(house.server.url).open() as wire:
        house.server.url = wire.url
        yield wire


async def sent(person: Person, name: str, at_least: int) -> None:
    bar = progress(person, name)

    async def far_enough() -> bool:
        value: int = await bar.evaluate("(bar) => bar.value")
        return value >= at_least

    await until(far_enough, f"{name} does not get to {at_least} bytes", within=60)


async def test_a_large_file_arrives_over_a_cut_connection_and_a_killed_server(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    house = await open_house(ServerProcess(data))
    house.forgiven += CUT_OFF
    film = marked_file(tmp_path / "film.mp4", 200 * MEGABYTE)
    async with wired(house) as wire:
        ada = await house.guest("Ada")
        bob = await house.guest("Bob", "firefox")
        wire.hold(60 * MEGABYTE)
        await upload(ada, film)
        await sent(ada, "film.mp4", 40 * MEGABYTE)
        await ada.sees("Bob")
        await expect(shelf(bob).get_by_text("film.mp4")).to_have_count(0)
        wire.cut()
        await sent(ada, "film.mp4", 100 * MEGABYTE)
        await house.server.kill()
        await house.server.start()
        house.server.url = wire.url
        wire.let_go()
        for person in (ada, bob):
            await expect(item(person, "film.mp4")).to_be_visible(timeout=120_000)
        await expect(progress(ada, "film.mp4")).to_have_count(0)
        assert digest(await download(bob, "film.mp4")) == digest(film)
        await house.close()
    assert not [file for file in data.rglob("*") if file.is_file() and MARK in file.read_bytes()]


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_paused_cancelled_and_removed(
    open_house: OpenHouse, tmp_path: Path, browser: str
) -> None:
    data = tmp_path / "data"
    house = await open_house(ServerProcess(data))
    # What was cancelled is asked to go again while its broken request comes to its end, and what
    # goes on is where it was told to be, until the rest of the broken request is read.
    house.forgiven += ["423 (", "409 ("]
    plan, draft = tmp_path / "plan.bin", tmp_path / "draft.bin"
    for path in (plan, draft):
        path.write_bytes(os.urandom(20 * MEGABYTE))
    async with wired(house) as wire:
        ada = await house.guest("Ada", browser)
        bob = await house.guest("Bob")
        wire.hold(MEGABYTE)
        await upload(ada, plan, draft)
        await sent(ada, "plan.bin", 1)
        await sent(ada, "draft.bin", 1)
        await ada.button("Pause plan.bin").click()
        await expect(shelf(ada).get_by_text("Paused")).to_be_visible()
        await ada.button("Cancel draft.bin").click()
        wire.let_go()
        await expect(progress(ada, "draft.bin")).to_have_count(0)
        await ada.button("Continue plan.bin").click()
        await expect(item(bob, "plan.bin")).to_contain_text("20 MB")
        await expect(item(bob, "plan.bin")).to_contain_text("Ada")

        async def only_one_is_kept() -> bool:
            return len([file for file in data.glob("blobs/*/*") if file.is_file()]) == 1

        await until(only_one_is_kept, "what was cancelled is still on the disk")
        await expect(bob.button("Remove plan.bin")).to_have_count(0)
        await ada.button("Remove plan.bin").click()
        await ada.button("Keep it").click()
        await ada.button("Remove plan.bin").click()
        for person in (ada, bob):
            await expect(item(person, "plan.bin")).to_have_count(0)
            await expect(shelf(person).get_by_text("Nothing is shared yet")).to_be_visible()
        await house.close()


async def test_dropped_and_pasted(house: House) -> None:
    ada, bob = await house.guest("Ada"), await house.guest("Bob")
    await ada.page.evaluate(_OFFER, ["drag", ["a.txt"]])
    await expect(ada.page.get_by_text("Drop it to share it with the room")).to_be_visible()
    await ada.page.evaluate(_OFFER, ["drop", ["a.txt", "b.txt"]])
    await expect(ada.page.get_by_text("Drop it to share it with the room")).to_have_count(0)
    await ada.page.evaluate(_OFFER, ["paste", ["c.png"]])
    for name in ("a.txt", "b.txt", "c.png"):
        await expect(item(bob, name)).to_be_visible()
    assert (await download(bob, "b.txt")).read_text() == "of b.txt"


async def test_names_are_only_names(house: House) -> None:
    ada, bob = await house.guest("Ada"), await house.guest("Bob", "firefox")
    names = {
        "../../etc/passwd": "passwd",
        "two\nlines.txt": "two lines.txt",
        "invoice\u202efdp.exe": "invoicefdp.exe",
        "<img src=x onerror=hit=1>.txt": "<img src=x onerror=hit=1>.txt",
        "long " + "x" * 4_000 + ".txt": "x.txt",
        "__proto__": "__proto__",
    }
    await upload(ada, *(small(name) for name in names))
    await expect(shelf(bob).get_by_role("listitem")).to_have_count(len(names), timeout=60_000)
    for shown in names.values():
        await expect(item(bob, shown)).to_be_visible()
    shelf_box = await shelf(bob).bounding_box()
    for row in await shelf(bob).get_by_role("listitem").all():
        box = await row.bounding_box()
        assert box
        assert shelf_box
        assert box["x"] + box["width"] <= shelf_box["x"] + shelf_box["width"]
        assert box["height"] < 80
    assert (await download(bob, "passwd")).read_text() == "plain"


async def test_a_page_and_a_drawing_with_script_are_downloads(house: House) -> None:
    house.forgiven += ["ERR_ABORTED"]
    ada = await house.guest("Ada")
    for name, text, media_type in (
        ("page.html", EVIL, "text/html"),
        ("drawing.svg", SVG, "image/svg+xml"),
        ("hidden.txt", EVIL, "text/plain"),
    ):
        await upload(ada, small(name, text, media_type))
        async with ada.page.expect_download() as started:
            await ada.button(f"Download {name}").click()
        file = await started.value
        assert (await file.path()).read_text() == text
        answer = await ada.page.context.request.get(file.url)
        headers = answer.headers
        kind = "inline" if name == "hidden.txt" else "attachment"
        assert headers["content-disposition"].startswith(kind)
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
        # Even at its own address, opened by itself, it is text or a download.
        tab = await ada.page.context.new_page()
        if kind == "attachment":
            async with tab.expect_download():
                await tab.evaluate("(url) => { location = url; }", file.url)
        else:
            await tab.goto(file.url)
            assert "<script>" in await tab.locator("body").inner_text()
        assert await tab.title() != "hit"
    assert not await ada.page.evaluate("window.hit")


async def test_refusals_say_what_to_do(open_house: OpenHouse, tmp_path: Path) -> None:
    limits = {"MEETD_CONTENT_FILE_MEGABYTES": "2", "MEETD_CONTENT_ROOM_MEGABYTES": "3"}
    house = await open_house(ServerProcess(tmp_path / "data", **limits))
    house.forgiven += ["413 ("]
    ada = await house.guest("Ada", "firefox")
    for name, megabytes in (("small.bin", 1.5), ("large.bin", 2.5), ("second.bin", 1.8)):
        (tmp_path / name).write_bytes(bytes(int(megabytes * MEGABYTE)))
    await upload(ada, tmp_path / "small.bin")
    await expect(item(ada, "small.bin")).to_be_visible()
    await expect(shelf(ada).get_by_text("1.5 MB of 3 MB", exact=True)).to_be_visible()
    await upload(ada, tmp_path / "large.bin")
    await expect(ada.alert).to_contain_text("large.bin was not shared. This file is too large")
    await ada.button("Dismiss").click()
    await upload(ada, tmp_path / "second.bin")
    await expect(ada.alert).to_contain_text("not enough space left in this room: 1.5 MB of 3 MB")
    await ada.button("Remove small.bin").click()
    await expect(item(ada, "small.bin")).to_have_count(0)
    await ada.button("Try again").click()
    await expect(item(ada, "second.bin")).to_be_visible()
    await expect(ada.alert).to_have_count(0)


async def test_presenter_mode_shares_and_takes_along_nothing(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path)
    house.forgiven += ["403 ("]
    bob = await house.guest("Bob")
    await upload(ada, small("plan.txt"))
    await expect(item(bob, "plan.txt")).to_be_visible()
    await of_the_room(ada, "Presenter mode")
    await expect(shelf(bob).get_by_role("button", name="Upload", exact=True)).to_have_attribute(
        "aria-disabled", "true"
    )
    await bob.page.evaluate(_OFFER, ["drop", ["b.txt"]])
    await expect(bob.alert).to_contain_text("only hosts do that for now")
    await bob.button("Dismiss").click()
    await bob.button("Download plan.txt").click()
    await expect(bob.alert).to_contain_text("only hosts do that for now")
    assert (await download(ada, "plan.txt")).read_text() == "plain"


async def test_by_keyboard_on_a_phone_in_dutch(house: House) -> None:
    ada = await house.guest("Ada", reduced_motion="reduce")
    await upload(ada, small("notes.txt"), small("a rather long name of a photograph.jpg"))
    await expect(item(ada, "notes.txt")).to_be_visible()
    await check(ada, "files in the room")
    await house.close()
    bob = await house.visitor("Bob", size=PHONE, locale="nl-NL", has_touch=True)
    await bob.textbox("Je naam").fill("Bob")
    await bob.button("Deelnemen").click()
    await bob.button("Inhoud").click()
    files = bob.region("Gedeelde inhoud")
    await expect(files.get_by_role("listitem")).to_have_count(2)
    await files.get_by_role("button", name="notes.txt downloaden").focus()
    async with bob.page.expect_download():
        await bob.page.keyboard.press("Enter")
    await files.get_by_label("Bestanden uploaden").set_input_files([small("van Bob.txt")])
    await bob.button("van Bob.txt verwijderen").focus()
    await bob.page.keyboard.press("Enter")
    await expect(files.get_by_text("Zo meteen voor iedereen verwijderd")).to_be_visible()
    wide: bool = await bob.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide


def board(person: Person, name: str) -> Locator:
    return shelf(person).get_by_role("region", name=name, exact=True)


async def looks(person: Person, name: str, where: str, reason: str) -> None:
    """``where``: of the window that scrolls, true once it is there."""

    async def there() -> bool:
        found: bool = await board(person, name).evaluate(f"(board) => {where}")
        return found

    await until(there, reason)


async def test_whoever_opens_a_file_presents_and_the_others_follow(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    house, ada = await study_of_ada(open_house, tmp_path / "data")
    bob = await house.guest("Bob", "firefox")
    Image.new("RGB", (1600, 1200), "teal").save(tmp_path / "plan.png")
    lines = "\n".join(f"line {number}" for number in range(500))
    await upload(ada, tmp_path / "plan.png")
    await upload(ada, small("notes.txt", lines))
    await ada.button("Open plan.png").click()
    picture = shelf(bob).get_by_role("img", name="plan.png")
    await expect(picture).to_be_visible()
    before = await picture.bounding_box()
    for _ in range(4):
        await ada.button("Larger").click()
    await board(ada, "plan.png").evaluate("(board) => { board.scrollTop = board.scrollHeight; }")
    end = "board.scrollTop > 0 && board.scrollTop + board.clientHeight > board.scrollHeight - 40"
    await looks(bob, "plan.png", end, "Bob does not see the end that Ada looks at")
    after = await picture.bounding_box()
    assert before
    assert after
    assert after["width"] > 2 * before["width"]
    # Bob looks around and comes back.
    await board(bob, "plan.png").evaluate("(board) => { board.scrollTop = 0; }")
    await bob.button("Follow Ada").click()
    await looks(bob, "plan.png", end, "Bob did not come back to Ada")
    # A second file beside the first; Carol comes later and sees what is shown now.
    await ada.page.get_by_role("button", name="2 files").click()
    await ada.button("Open notes.txt").click()
    await board(ada, "notes.txt").evaluate("(board) => { board.scrollTop = 3000; }")
    await looks(bob, "notes.txt", "board.scrollTop > 1000", "Bob does not follow in the text")
    carol = await house.guest("Carol", size=PHONE, has_touch=True, reduced_motion="reduce")
    await looks(carol, "notes.txt", "board.scrollTop > 1000", "Carol does not see where Ada is")
    await check(carol, "a text that somebody presents")
    # Bob presents; then hosts only.
    await bob.button("plan.png").click()
    await bob.button("Present").click()
    await expect(shelf(ada).get_by_text("Bob presents")).to_be_visible()
    await expect(shelf(ada).get_by_role("img", name="plan.png")).to_be_visible()
    await of_the_room(ada, "Presenter mode")
    await expect(bob.button("Open plan.png")).to_have_count(0)
    await expect(bob.button("Present")).to_have_count(0)
    await ada.button("Close notes.txt for everybody").click()
    await ada.button("Close plan.png for everybody").click()
    for person in (ada, bob, carol):
        await expect(person.page.get_by_role("region", name="Open files")).to_have_count(0)


async def test_sound_is_played_paused_and_wound_for_everybody(house: House) -> None:
    ada, bob = await house.guest("Ada", "firefox"), await house.guest("Bob")
    await upload(ada, {"name": "tone.wav", "mimeType": "audio/wav", "buffer": silence(seconds=60)})
    await ada.button("Open tone.wav").click()
    player, heard = (shelf(person).locator("audio") for person in (ada, bob))
    await expect(heard).to_be_visible()

    async def bobs(state: str) -> None:
        async def so() -> bool:
            found: bool = await heard.evaluate(f"(sound) => {state}")
            return found

        await until(so, f"not so for Bob: {state}")

    await player.evaluate("(sound) => sound.play()")
    await bobs("!sound.paused && sound.currentTime > 0.2")
    await player.evaluate("(sound) => { sound.currentTime = 30; }")
    await bobs("!sound.paused && sound.currentTime > 29")
    await player.evaluate("(sound) => sound.pause()")
    await bobs("sound.paused && sound.currentTime > 29")
    # Bob listens to the beginning once more, and comes back.
    await heard.evaluate("(sound) => { sound.currentTime = 1; }")
    await bob.button("Follow Ada").click()
    await bobs("sound.paused && sound.currentTime > 29")
    assert await player.evaluate("(sound) => sound.currentTime") > 29


async def test_what_is_open_can_be_put_aside(house: House) -> None:
    ada, bob = await house.guest("Ada"), await house.guest("Bob", size=PHONE, has_touch=True)
    for name in ("one.txt", "two.txt"):
        await upload(ada, small(name, f"this is {name}"))
        await expect(item(ada, name)).to_be_visible()
    await ada.button("Open one.txt").click()
    await expect(shelf(bob).get_by_text("this is one.txt")).to_be_visible()
    await bob.button("Put aside").click()
    await expect(shelf(bob).get_by_text("this is one.txt")).to_have_count(0)
    await expect(shelf(bob).get_by_text("one.txt is open for everybody")).to_be_visible()
    await shelf(bob).get_by_role("button", name="Show").click()
    await expect(shelf(bob).get_by_text("this is one.txt")).to_be_visible()
    await bob.button("Put aside").click()
    # What comes new comes into sight.
    await ada.page.get_by_role("button", name="2 files").click()
    await ada.button("Open two.txt").click()
    await expect(shelf(bob).get_by_text("this is two.txt")).to_be_visible()
