"""What a form did is said by the page after it: once, in one place, and by nobody else."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from meetd.pages.words import Languages
from meetd.serving.done import PLAIN_NAME, SECURE_NAME, What
from tests.support.people import Browser, browser_at, sign_up_form
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})
NAMES = {"first_name": "Augusta", "last_name": "King", "user_name": "countess"}


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with running_server(tmp_path, SETTINGS) as (_, url), browser_at(url) as browser:
        await browser.sign_up()
        yield browser


async def test_saving_is_said_once(browser: Browser) -> None:
    assert (await browser.get("/account")).done == []
    await browser.post("/account/names", NAMES)
    page = await browser.get("/account")
    assert page.done == ["Saved."]
    assert page.text.count("Saved.") == 2, "in the page, and in its title for who hears it"
    assert '<p class="done" role="status">' in page.text
    assert "<title>Saved. · " in page.text
    assert (await browser.get("/account")).done == []
    assert PLAIN_NAME not in browser.cookies


async def test_it_is_said_in_the_language_of_the_page(browser: Browser) -> None:
    await browser.post("/account/names", NAMES)
    assert (await browser.get("/account", **{"Accept-Language": "nl"})).done == ["Opgeslagen."]


async def test_every_form_says_what_it_did(browser: Browser) -> None:
    """In the order in which somebody could do all of it; ``{}``: the room or team made before."""
    at = ""
    for path, form, said in (
        ("/account/names", NAMES, "Saved."),
        ("/account/reach", {"by_push": "yes"}, "Saved."),
        ("/account/picture/remove", {}, "The picture is removed."),
        ("/account/rooms/new-rooms", {"lock": "yes"}, "Saved."),
        ("/account/rooms/make", {"name": "study"}, "The room is there."),
        ("{}/lock", {"locked": ""}, "The room is open."),
        ("{}/lock", {"locked": "yes"}, "The room is locked."),
        ("{}/name", {"name": "library"}, "The room has its new name."),
        ("{}/greeting", {"greeting": "On Mondays."}, "Saved."),
        ("{}/access/grant", {"who": "bob@example.org", "level": "join"}, "Access granted."),
        ("{}/access/revoke", {"grant": "none"}, "Revoked."),
        ("{}/delete", {"confirm": "library"}, "The room is deleted."),
        ("/account/teams", {"user_name": "helpdesk"}, "The team is there."),
        ("{}/invite", {"person": "nobody"}, "The invitation is there for them"),
        ("{}/level", {"level": "join"}, "Saved."),
        ("{}/agree", {"level": "knock"}, "Saved."),
        ("{}/delete", {"confirm": "helpdesk"}, "The team is over."),
        ("/account/sessions/end-all", {}, "You are signed out everywhere."),
    ):
        answer = await browser.post(path.format(at), form)
        assert answer.status == 303, (path, answer.alert)
        if said in {"The room is there.", "The team is there."}:
            at = answer.to
        done = (await browser.get(answer.to.partition("#")[0])).done
        assert len(done) == 1, path
        assert done[0].startswith(said), path


async def test_a_page_that_says_what_went_wrong_says_that_only(browser: Browser) -> None:
    await browser.post("/account/names", NAMES)
    page = await browser.post("/account/names", NAMES | {"first_name": ""})
    assert (page.status, page.done) == (400, [])
    assert page.alert == "Write your first and your last name."
    assert (await browser.get("/nothing/here")).done == []
    assert (await browser.get("/account")).done == ["Saved."]


async def test_nobody_else_can_make_a_page_say_something(browser: Browser) -> None:
    """Neither by an address nor by a word that is not on the list."""
    for address in ("/account?done=blocked", "/account?blocked", "/?done=saved"):
        assert (await browser.get(address)).done == []
    for word in ("<b>Lies</b>", "Blocked", "__class__", "blocked ", ""):
        page = await browser.get("/login", Cookie=f'{PLAIN_NAME}="{word}"')
        assert page.done == []
        assert "Lies" not in page.text


async def test_over_https_a_neighbour_cannot_plant_it(tmp_path: Path) -> None:
    server = {"public_url": "https://meet.example.org", "trusted_proxies": ("127.0.0.1",)}
    settings = test_settings(accounts={"registration": "open"}, server={"port": 0} | server)
    proxied = {
        "Host": "meet.example.org",
        "X-Forwarded-Proto": "https",
        "Origin": "https://meet.example.org",
    }
    async with running_server(tmp_path, settings) as (running, _):
        browsers = browser_at(f"http://127.0.0.1:{running.port}")
        async with browsers as browser:
            signed_in = await browser.post("/signup", sign_up_form(), **proxied)
            session = signed_in.headers["Set-Cookie"].partition(";")[0]
            saved = await browser.post("/account/names", NAMES, **proxied, Cookie=session)
            name, _, flags = saved.headers["Set-Cookie"].partition(";")
            assert name == f"{SECURE_NAME}=saved"
            wanted = {"HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=60"}
            assert {part.strip() for part in flags.split(";")} == wanted
            planted = await browser.get("/login", **proxied, Cookie=f"{PLAIN_NAME}=blocked")
            assert planted.done == []
            own = await browser.get("/login", **proxied, Cookie=f"{SECURE_NAME}=saved")
            assert own.done == ["Saved."]


def test_everything_that_can_be_done_has_a_sentence_in_every_language() -> None:
    languages = Languages()
    for language in ("en", "nl"):
        words = languages.named(language)
        for what in get_args(What):
            assert re.search(r"[.]$", words(f"done.{what}")), (language, what)
