"""``/at/<user name>``: the same page for everybody, so that nobody learns who has an account."""

from pathlib import Path

from tests.support.people import browser_at
from tests.support.server import running_server, test_settings


async def test_the_page_says_nothing_of_who_has_an_account(tmp_path: Path) -> None:
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(tmp_path, settings) as (_, url), browser_at(url) as browser:
        await browser.sign_up(user_name="ada")
        await browser.post("/logout")
        known = await browser.get("/at/ada")
        unknown = await browser.get("/at/bob")
    assert (known.status, unknown.status) == (200, 200)
    assert known.text.replace("ada", "bob") == unknown.text
    assert set(known.headers) == set(unknown.headers)
