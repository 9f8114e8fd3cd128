"""Takes the pictures: two themes of a hall, a room of four, and a phone."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

from playwright.async_api import async_playwright

from scripts.pictures.palette import reduced
from scripts.pictures.people import IMANI, INGRID, MEES, NOOR
from tests.browser.people import DESKTOP, PHONE, House, Person, launch_chromium, until
from tests.support.process import serve

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "images"
ROOM: Final = "kitchen-table"
SCHEMES: Final[tuple[Literal["light"], Literal["dark"]]] = ("light", "dark")
LARGEST: Final = 200_000
"""Bytes of one picture: a README is read on phones too."""

CONVERSATION: Final = (
    (MEES, "Morning. The bread is still warm, I am afraid you can only look at it."),
    (INGRID, "That is unkind. I brought the plans for the garden instead."),
    (IMANI, "Oh good. Did the pear tree make it into them?"),
    (INGRID, "By the south wall, where Noor wanted it."),
    (NOOR, "Then I have nothing left to ask for. Except a slice of that bread."),
)

_SHARP: Final = """() => [...document.querySelectorAll('fieldset video')]
    .filter((video) => video.videoWidth >= 900 && video.currentTime > 6).length"""


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        async with serve(Path(data)) as server, async_playwright() as playwright:
            chromium = await launch_chromium(playwright)
            house = House(server, {"chromium": chromium})
            await hall(house)
            await room(house)
            await house.close()
            await chromium.close()
    for picture in sorted(FOLDER.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.relative_to(FOLDER.parents[1])}: {size // 1000} kB")
        if size > LARGEST:
            raise SystemExit(f"{picture.name} is too large")


async def arrive(
    house: House, who: dict[str, Any], size: tuple[int, int], **options: Any
) -> Person:
    """Somebody in the hall, seen through a camera of ours."""
    person = await house.visitor(
        who["name"], room="", size=size, reduced_motion="reduce", **options
    )
    portrait = Path(__file__).with_name("portrait.js").read_text(encoding="utf-8")
    await person.page.add_init_script(f"({portrait.strip()})({json.dumps(who)})")
    await person.page.goto(f"{house.server.url}/{ROOM}")
    return person


async def hall(house: House) -> None:
    noor = await arrive(house, NOOR, DESKTOP)
    await noor.textbox("Your name").fill(NOOR["name"])
    await noor.page.locator("video").first.evaluate(
        "(video) => new Promise((done) => video.requestVideoFrameCallback(done))"
    )
    await noor.page.locator("h1").click()
    await take(noor, "hall")
    await noor.page.context.close()


async def room(house: House) -> None:
    noor = await arrive(house, NOOR, DESKTOP)
    people = {who["name"]: await arrive(house, who, (960, 600)) for who in (MEES, INGRID, IMANI)}
    people[NOOR["name"]] = noor
    for name in (MEES["name"], INGRID["name"], IMANI["name"], NOOR["name"]):
        await people[name].join()
    for who, text in CONVERSATION:
        await people[who["name"]].say(text)
    await people[INGRID["name"]].button("Microphone").click()

    async def everybody_is_clear() -> bool:
        sharp = await noor.page.evaluate(_SHARP)
        good = await noor.region("People").get_by_text("Connection: good").count()
        return bool(sharp == len(people) and good == len(people) - 1)

    await until(everybody_is_clear, "not everybody can be seen well", within=90)
    await take(noor, "room")
    await noor.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await take(noor, "phone")


def themes(name: str) -> Iterator[tuple[Literal["light", "dark"], Path]]:
    for scheme in SCHEMES:
        yield scheme, FOLDER / (f"{name}.png" if scheme == "light" else f"{name}-dark.png")


async def take(person: Person, name: str) -> None:
    for scheme, path in themes(name):
        await person.page.emulate_media(color_scheme=scheme)
        await person.page.mouse.move(0, 0)
        path.write_bytes(reduced(await person.page.screenshot()))


asyncio.run(main())
