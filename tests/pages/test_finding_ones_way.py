"""The head of every page, one's own reception, and ways in that are offered only where they lead
somewhere."""

import re
from pathlib import Path

import pytest

from tests.support.people import Answer, administrator_at, browser_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})
NOBODYS = ("/", "/login", "/signup", "/reset-password", "/privacy", "/terms")
ONES_OWN = (
    *("/", "/privacy", "/account", "/account/rooms", "/account/teams", "/at/ada"),
    "/account/rooms/claim/garden",
)
FOR_ADMINISTRATORS = ("/", "/account", "/admin/people", "/admin/support")
WAYS = [("/account/rooms", "My rooms"), ("/account/teams", "Teams"), ("/account", "Account")]


def ways(page: Answer) -> list[tuple[str, str]]:
    """Where the head of a page leads, in order."""
    head = re.search(r"<header.*?</header>", page.text, re.DOTALL)
    assert head is not None, page.text
    return re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', head[0])


async def test_the_head_is_the_same_on_every_page(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        browser_at(url) as ada,
        browser_at(url) as keeper,
        browser_at(url) as visitor,
    ):
        await ada.sign_up(user_name="ada")
        await administrator_at(server, keeper)
        for path in NOBODYS:
            assert ways(await visitor.get(path)) == [("/login", "Sign in")], path
        for path in ONES_OWN:
            assert ways(await ada.get(path)) == WAYS, path
        for path in FOR_ADMINISTRATORS:
            page = await keeper.get(path)
            assert ways(page) == [*WAYS, ("/admin", "Administration")], path
        assert '<a href="/account/teams" aria-current="page">' in (
            (await ada.get("/account/teams")).text
        )
        assert '<a href="/admin/support">Support entry</a>' in (
            (await keeper.get("/admin/people")).text
        )


async def test_nobody_knocks_at_their_own_reception(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, SETTINGS) as (_, url),
        browser_at(url) as ada,
        browser_at(url) as bob,
    ):
        await ada.sign_up(user_name="Ada")
        await bob.sign_up("bob@example.org", user_name="bob")
        link = f'value="{url}/at/ada"'
        assert link in (await ada.get("/account")).text
        for path in ("/at/ada", "/at/ADA"):
            own = await ada.get(path)
            assert "This is your own reception" in own.text
            assert link in own.text
            assert '<a class="button" href="/account">' in own.text
            assert '<div id="app">' not in own.text
        for browser, path in ((bob, "/at/ada"), (ada, "/at/bob"), (ada, "/at/nobody")):
            assert '<div id="app">' in (await browser.get(path)).text, path


@pytest.mark.parametrize("registration", ["open", "invite", "closed"])
async def test_an_account_is_offered_only_where_one_may_be_made(
    tmp_path: Path, registration: str
) -> None:
    settings = test_settings(accounts={"registration": registration})
    async with running_server(tmp_path, settings) as (_, url), browser_at(url) as visitor:
        page = await visitor.get("/login")
        wrong = await visitor.post("/login", {"email": "ada@example.org", "password": "x"})
        for text in (page.text, wrong.text):
            assert ('<a href="/signup">' in text) == (registration == "open")
            assert ("You need an invitation" in text) == (registration == "invite")
