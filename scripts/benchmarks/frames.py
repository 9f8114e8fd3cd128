"""Seconds from the click on Join to the first decoded frame of somebody else's camera."""

import statistics
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.people import House, Person, launch_chromium, launch_firefox
from tests.support.process import serve

ROUNDS = 5

# Started before the click; resolves with the milliseconds until a picture of that person is there.
_FIRST_FRAME = """(name) => new Promise((resolve) => {
    const buttons = [...document.querySelectorAll('button')];
    const join = buttons.find((button) => button.textContent.trim() === 'Join');
    const start = performance.now();
    const look = () => {
        const tile = [...document.querySelectorAll('[aria-label]')]
            .find((e) => e.getAttribute('aria-label') === name);
        const video = tile?.querySelector('video');
        if (!video?.srcObject) return requestAnimationFrame(look);
        video.requestVideoFrameCallback(() => resolve(performance.now() - start));
    };
    join.click();
    look();
})"""


async def measure() -> list[tuple[str, str, str]]:
    rows = []
    with tempfile.TemporaryDirectory() as data:
        async with serve(Path(data)) as server, async_playwright() as playwright:
            browsers = {
                "chromium": await launch_chromium(playwright),
                "firefox": await launch_firefox(playwright),
            }
            house = House(server, browsers)
            await house.guest("Ada")
            for browser in browsers:
                taken = [await join(await house.visitor("Bob", browser)) for _ in range(ROUNDS)]
                what = f"Join to the first frame of somebody in Chromium, in {browser.title()}"
                figure = f"{statistics.median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f})"
                rows.append((f"{what}: median of {ROUNDS} (all)", figure, ""))
            await house.close()
            for opened in browsers.values():
                await opened.close()
    return rows


async def join(person: Person) -> float:
    """Seconds; the person leaves afterwards."""
    await person.textbox("Your name").fill(person.name)
    # The own picture first: what is measured is the meeting, not the camera.
    await person.page.locator("video").first.evaluate(
        "(video) => new Promise((done) => video.requestVideoFrameCallback(done))"
    )
    milliseconds: float = await person.page.evaluate(_FIRST_FRAME, "Ada")
    await person.page.context.close()
    return milliseconds / 1000
