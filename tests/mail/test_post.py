"""Mail reaches a real SMTP server, and what is written there leads on."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from meetd.config.settings import Mail
from meetd.mail.post import Post
from tests.support.people import GOOD, Browser, browser_at, sign_up_form
from tests.support.postbox import Postbox, open_postbox
from tests.support.server import running_server, test_settings

PUBLIC = "http://meet.localhost"
HOST: dict[str, Any] = {"Host": "meet.localhost", "Origin": PUBLIC}

DUTCH: dict[str, Any] = {**HOST, "Accept-Language": "nl"}


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with open_postbox() as box:
        yield box


@pytest.fixture
async def browser(tmp_path: Path, postbox: Postbox) -> AsyncIterator[Browser]:
    settings = test_settings(
        accounts={"registration": "open"},
        server={"port": 0, "public_url": PUBLIC},
        mail={
            "host": "127.0.0.1",
            "port": postbox.port,
            "encryption": "off",
            "sender": "meetd@example.org",
        },
    )
    async with AsyncExitStack() as stack:
        server, _ = await stack.enter_async_context(running_server(tmp_path, settings))
        url = f"http://127.0.0.1:{server.port}"
        yield await stack.enter_async_context(browser_at(url))


def link_in(text: str) -> str:
    found = re.search(rf"{PUBLIC}(/\S+)", text)
    assert found is not None, text
    return found[1]


async def test_an_address_is_confirmed_before_anybody_signs_in(
    browser: Browser, postbox: Postbox
) -> None:
    page = await browser.post("/signup", sign_up_form(), **HOST)
    assert "Look into your mail" in page.text
    assert "Set-Cookie" not in page.headers
    letter, text = await postbox.next()
    assert letter["To"] == "ada@example.org"
    assert letter["From"] == "meetd@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    sign_in = {"email": "ada@example.org", "password": GOOD}
    page = await browser.post("/login", sign_in, **HOST)
    assert "not confirmed yet" in page.alert
    _, text = await postbox.next()  # once more; the link before ended
    assert "Confirm your address" in (await browser.get(link_in(text), **HOST)).text
    assert "is confirmed" in (await browser.post(link_in(text), **HOST)).text
    assert (await browser.post("/login", sign_in, **HOST)).to == "/"


async def test_the_page_does_not_say_that_an_address_has_an_account(
    browser: Browser, postbox: Postbox
) -> None:
    first = await browser.post("/signup", sign_up_form(), **HOST)
    await postbox.next()
    again = await browser.post("/signup", sign_up_form(first_name="Eve"), **HOST)
    assert (again.status, again.text) == (first.status, first.text)
    letter, text = await postbox.next()
    assert letter["Subject"] == "You have an account already"
    assert link_in(text) == "/login"


async def test_a_forgotten_password_is_chosen_anew(browser: Browser, postbox: Postbox) -> None:
    await browser.post("/signup", sign_up_form(), **HOST)
    await postbox.next()
    pages = [
        await browser.post("/reset-password", {"email": f"{who}@example.org"}, **HOST)
        for who in ("nobody", "ada")
    ]
    assert pages[0].text == pages[1].text
    letter, text = await postbox.next()
    assert letter["To"] == "ada@example.org"
    form = {"password": "a quite different passphrase"}
    assert (await browser.post(link_in(text), form, **HOST)).to == "/account"
    assert (await browser.post(link_in(text), form, **HOST)).status == 410
    assert postbox.letters == [], "somebody without an account got a letter"


async def test_dutch_people_get_dutch_mail(browser: Browser, postbox: Postbox) -> None:
    await browser.post("/signup", sign_up_form(), **DUTCH)
    letter, text = await postbox.next()
    assert letter["Subject"] == "Bevestig je e-mailadres"
    assert "Open deze link" in text


async def test_a_server_that_is_away_is_tried_again(postbox: Postbox) -> None:
    del postbox
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    tries = 0
    post = Post(
        Mail(host="127.0.0.1", port=port, encryption="off", sender="meetd@example.org"), pause=0
    )
    deliver = post._deliver

    async def counted(message: Any) -> None:
        nonlocal tries
        tries += 1
        await deliver(message)

    post._deliver = counted  # type: ignore[method-assign]
    await post.send("ada@example.org", "Hello", "Text")
    assert tries == 3


async def test_a_server_that_says_later_is_tried_again(postbox: Postbox) -> None:
    settings = Mail(
        host="127.0.0.1", port=postbox.port, encryption="off", sender="meetd@example.org"
    )
    postbox.refused = {"ada@example.org": "450 4.2.0 greylisted"}
    tries = 0
    post = Post(settings, pause=0)
    deliver = post._deliver

    async def counted(message: Any) -> None:
        nonlocal tries
        tries += 1
        if tries == 3:
            postbox.refused = {}
        await deliver(message)

    post._deliver = counted  # type: ignore[method-assign]
    assert await post.send("ada@example.org", "Hello", "Text")
    assert tries == 3


async def test_a_line_break_in_an_address_reaches_no_header(
    caplog: pytest.LogCaptureFixture,
) -> None:
    post = Post(Mail(host="127.0.0.1", port=1, encryption="off", sender="meetd@example.org"))
    post.run(post.send("a@b\r\nBcc: eve@example.org", "Hello", "Text"))
    await post._errands.finished()
    assert "given up: ValueError" in caplog.text
    assert "eve@example.org" not in caplog.text


async def test_what_is_under_way_is_bounded_and_ends_with_the_server() -> None:
    post = Post(Mail(host="127.0.0.1", sender="meetd@example.org"))

    async def wait() -> None:
        await asyncio.Event().wait()

    for _ in range(300):
        post.run(wait())
    assert len(post._errands) == 200
    await post.close()
    assert len(post._errands) == 0
