"""A long PDF in a page as small as that of a phone: until its first page is there, and memory."""

import statistics
import tempfile
from pathlib import Path

from playwright.async_api import CDPSession, FilePayload, async_playwright, expect

from tests.browser.people import PHONE, House, Person, launch_chromium
from tests.support.pdf import document
from tests.support.process import serve

PAGES = 300
LINES = 45
"""Of words on each page."""
ROUNDS = 5
FARTHER = 60
"""Pages that are read before memory is looked at again."""
MIB = 2**20

# Started before the click; resolves with the milliseconds until the first page is painted.
_OPEN = """(name) => new Promise((resolve) => {
    const start = performance.now();
    [...document.querySelectorAll('button')]
        .find((button) => button.getAttribute('aria-label') === name).click();
    const look = () => {
        if (document.querySelector("canvas[data-page='1']") === null) {
            return requestAnimationFrame(look);
        }
        // What is put there now is on the screen by the frame after the next.
        requestAnimationFrame(() => requestAnimationFrame(
            () => resolve(performance.now() - start)));
    };
    look();
})"""
_PIXELS = """[...document.querySelectorAll('canvas')]
    .reduce((sum, one) => sum + one.width * one.height, 0)"""


async def measure() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as data:
        async with serve(Path(data)) as server, async_playwright() as playwright:
            browser = await launch_chromium(playwright)
            house = House(server, {"chromium": browser})
            await _share(await _phone(house))
            taken, more = [], 0.0
            for last in [False] * (ROUNDS - 1) + [True]:
                person = await _phone(house)
                taken.append(await _open(person))
                if last:
                    more = await _read_on(person)
                await _put_back(person)
            await house.close()
            await browser.close()
    what = f"a PDF of {PAGES} pages of {LINES} lines on a phone, Chromium"
    seconds = f"{statistics.median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f})"
    memory = f"the same, {FARTHER} pages farther: more memory of script and pictures"
    return [
        (f"{what}: until the first page is there, median of {ROUNDS} (all)", seconds, "2 s"),
        (memory, f"{more:.1f} MiB", ""),
    ]


async def _phone(house: House) -> Person:
    person = await house.guest("Ada", size=PHONE, has_touch=True, device_scale_factor=2)
    await person.button("Content").click()
    return person


async def _share(person: Person) -> None:
    plan: FilePayload = {
        "name": "plan.pdf",
        "mimeType": "application/pdf",
        "buffer": document(PAGES, lines=LINES),
    }
    await person.page.get_by_label("Upload files").first.set_input_files(plan)
    await expect(person.button("Open plan.pdf")).to_be_visible()
    await person.page.context.close()


async def _open(person: Person) -> float:
    """Seconds."""
    await expect(person.button("Open plan.pdf")).to_be_visible()
    milliseconds: float = await person.page.evaluate(_OPEN, "Open plan.pdf")
    return milliseconds / 1000


async def _read_on(person: Person) -> float:
    """MiB."""
    session = await person.page.context.new_cdp_session(person.page)
    before = await _held(person, session)
    for number in range(2, FARTHER + 2):
        await person.button("Next page").click()
        await expect(person.page.locator(f"canvas[data-page='{number}']")).to_be_visible()
    return (await _held(person, session) - before) / MIB


async def _held(person: Person, session: CDPSession) -> float:
    """Bytes of script, and of the pictures that are there, after what nobody needs is gone."""
    await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    pixels: int = await person.page.evaluate(_PIXELS)
    return float(heap["usedSize"]) + 4 * pixels


async def _put_back(person: Person) -> None:
    """Who comes next opens it anew."""
    await person.button("Close plan.pdf for everybody").click()
    await expect(person.region("Open files")).to_have_count(0)
    await person.page.context.close()
