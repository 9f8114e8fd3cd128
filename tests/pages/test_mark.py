"""The house mark is one drawing: on the pages, in the room page, and as the icon."""

import re
from pathlib import Path

from tests.pages.conftest import Open
from tests.pages.test_pages import page

ROOT = Path(__file__).parents[2]


def outlines(file: str) -> list[str]:
    return re.findall(r'\bd="([^"]+)"', (ROOT / file).read_text(encoding="utf-8"))


def test_the_mark_is_the_same_everywhere() -> None:
    mark = outlines("web/src/ui/Mark.tsx")
    assert len(mark) == 2
    assert outlines("meetd/pages/templates/mark.svg") == mark
    assert outlines("meetd/pages/files/icon.svg") == mark


async def test_the_browser_paints_its_bar_in_the_colour_of_the_ground(opened: Open) -> None:
    tokens = (ROOT / "web/src/ui/tokens.css").read_text(encoding="utf-8")
    ground = re.search(r"--ground: light-dark\((#\w+), (#\w+)\)", tokens)
    assert ground is not None
    text = await page(await opened(), "/")
    assert re.findall(r'name="theme-color" content="(#\w+)"', text) == list(ground.groups())


async def test_an_on_screen_keyboard_covers_neither_field_nor_button(opened: Open) -> None:
    text = await page(await opened(), "/kitchen")
    assert "interactive-widget=resizes-content" in text
