"""Whoever is signed in has their door on every page: its script, and under which name."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.people import Browser, browser_at
from tests.support.server import running_server, test_settings

SCRIPT = re.compile(r'<script type="module" src="(/assets/assets/door-[\w-]+\.js)"></script>')
PAGES = ("/", "/privacy", "/terms", "/account")


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(tmp_path, settings) as (_, url):
        yield url


@pytest.fixture
async def browser(url: str) -> AsyncIterator[Browser]:
    async with browser_at(url) as browser:
        yield browser


async def test_every_page_of_somebody_signed_in_has_the_door(browser: Browser) -> None:
    await browser.sign_up(first_name="<Ada>", last_name='"Lovelace"')
    for path in PAGES:
        text = (await browser.get(path)).text
        assert len(SCRIPT.findall(text)) == 1, path
        assert 'data-account="&lt;Ada&gt; &#34;Lovelace&#34;"' in text, path


async def test_the_room_page_has_the_name_and_a_door_of_its_own(browser: Browser) -> None:
    await browser.sign_up()
    text = (await browser.get("/kitchen")).text
    assert '<body data-account="Ada Lovelace"' in text
    assert SCRIPT.search(text) is None


async def test_a_page_about_an_error_is_the_same_for_everybody(browser: Browser) -> None:
    """Else what is there only for administrators would show that it is there."""
    before = await browser.get("/a%20wrong%20name%3F")
    await browser.sign_up()
    after = await browser.get("/a%20wrong%20name%3F")
    assert (after.status, after.text) == (before.status, before.text)


async def test_nobody_signed_in_gets_no_script_and_no_name(browser: Browser) -> None:
    for path in (*PAGES[:-1], "/login", "/kitchen", "/a%20wrong%20name%3F"):
        text = (await browser.get(path)).text
        assert SCRIPT.search(text) is None, path
        assert "data-account" not in text, path
    await browser.sign_up()
    await browser.post("/logout")
    assert "data-account" not in (await browser.get("/")).text


@pytest.mark.parametrize("rule", ["when needed", "always", "never"])
async def test_the_hall_knows_which_way_picture_and_sound_go(rule: str, tmp_path: Path) -> None:
    settings = test_settings(media={"relay": rule})
    async with running_server(tmp_path, settings) as (_, url), browser_at(url) as browser:
        assert f'data-relay="{rule}"' in (await browser.get("/kitchen")).text


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_browser_vouches_for_accounts_only_where_the_server_wants_that(
    *, wanted: bool, tmp_path: Path
) -> None:
    settings = test_settings(accounts={"registration": "open", "device_keys": wanted})
    async with running_server(tmp_path, settings) as (_, url), browser_at(url) as browser:
        await browser.sign_up()
        assert ("data-account-id=" in (await browser.get("/kitchen")).text) is wanted
