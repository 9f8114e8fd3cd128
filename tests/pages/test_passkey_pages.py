"""Passkeys through the pages of a running server, with a security key made of software."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meetd.app import Server
from tests.accounts.conftest import HandClock
from tests.support.authenticator import Authenticator
from tests.support.people import GOOD, Browser, browser_at
from tests.support.server import running_server, test_settings


@pytest.fixture
async def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def server(tmp_path: Path, clock: HandClock) -> AsyncIterator[Server]:
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(tmp_path, settings, clock) as (running, _):
        yield running


@pytest.fixture
async def browser(server: Server) -> AsyncIterator[Browser]:
    async with browser_at(f"http://localhost:{server.port}") as browser:
        yield browser


def options_of(sent: dict[str, Any]) -> dict[str, Any]:
    """As the script reads them: bytes from base64."""
    options = sent | {"challenge": base64.b64decode(sent["challenge"])}
    if "user" in sent:
        options["user"] = sent["user"] | {"id": base64.b64decode(sent["user"]["id"])}
    return options


async def add(browser: Browser, name: str = "Blue key") -> Authenticator:
    key = Authenticator(browser.url)
    options = await browser.send("/account/passkeys/options", {})
    answer = await browser.send("/account/passkeys", key.make(options_of(options.json), name))
    assert (answer.status, answer.json) == (200, {"goTo": "/account"})
    return key


async def sign_in(browser: Browser, key: Authenticator, wanted: str = "") -> Any:
    options = await browser.send("/login/passkey/options", {})
    answer = key.use(options_of(options.json))
    fields = {name: getattr(answer, name) for name in answer.__struct_fields__}
    named = {renamed(name): value for name, value in fields.items()}
    return await browser.send("/login/passkey", named | {"next": wanted})


def renamed(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


async def test_added_used_to_sign_in_and_removed(browser: Browser) -> None:
    await browser.sign_up()
    key = await add(browser)
    text = (await browser.get("/account")).text
    assert "<strong>Blue key</strong>" in text
    assert "never used" in text
    await browser.post("/logout")
    answer = await sign_in(browser, key, "/garden")
    assert answer.json == {"goTo": "/garden"}
    text = (await browser.get("/account")).text
    assert "<h1>Ada Lovelace</h1>" in text
    assert "last used" in text
    passkey = text.partition('name="passkey" value="')[2].partition('"')[0]
    removed = await browser.post("/account/passkeys/remove", {"passkey": passkey})
    assert removed.to == "/account#passkeys"
    assert "Blue key" not in (await browser.get("/account")).text
    answer = await sign_in(browser, key)
    assert answer.status == 403
    assert "does not open an account here" in answer.json["alert"]


async def test_later_it_takes_the_password_once_more(browser: Browser, clock: HandClock) -> None:
    await browser.sign_up()
    key = await add(browser)
    clock.forward(seconds=601)
    text = (await browser.get("/account")).text
    assert 'data-passkey="add"' not in text
    assert 'data-passkey="prove"' in text
    assert 'action="/account/passkeys/remove"' not in text
    refused = await browser.send("/account/passkeys/options", {})
    assert refused.status == 403
    assert "Show once more that it is you" in refused.json["alert"]
    page = await browser.post("/account/passkeys/remove", {"passkey": "whatever"})
    assert "Show once more that it is you" in page.alert
    page = await browser.post("/account/prove", {"current": "not the password"})
    assert "not your current password" in page.alert
    before = browser.cookies
    assert (await browser.post("/account/prove", {"current": GOOD})).to == "/account#passkeys"
    assert browser.cookies != before
    assert 'data-passkey="add"' in (await browser.get("/account")).text
    clock.forward(seconds=601)
    options = options_of((await browser.send("/account/passkeys/prove/options", {})).json)
    answer = await browser.send("/account/passkeys/prove", key.use(options))
    assert answer.json == {"goTo": "/account"}
    assert 'data-passkey="add"' in (await browser.get("/account")).text


async def test_the_forms_are_hidden_until_the_script_shows_them(browser: Browser) -> None:
    text = (await browser.get("/login")).text
    form = text.partition('<form class="card stack" data-passkey="sign-in"')[2].partition(">")[0]
    assert form.endswith(" hidden")
    assert "it was cancelled" in form
    assert ">Sign in with a passkey</button>" in text
    await browser.sign_up()
    assert "Adding a passkey needs JavaScript" in (await browser.get("/account")).text


async def test_dutch_people_are_refused_in_dutch(browser: Browser) -> None:
    answer = await browser.send(
        "/login/passkey", Authenticator(browser.url).use(nowhere()), **{"Accept-Language": "nl"}
    )
    assert "opent hier geen account" in answer.json["alert"]


def nowhere() -> dict[str, Any]:
    return {"challenge": bytes(32), "rpId": "localhost"}


async def test_who_is_signed_out_is_sent_to_sign_in(browser: Browser) -> None:
    for path in ("/account/passkeys/options", "/account/passkeys/prove/options"):
        answer = await browser.send(path, {})
        assert (answer.status, answer.json) == (401, {"goTo": "/login?next=/account"})


async def test_at_an_ip_address_the_page_says_why_there_are_none(server: Server) -> None:
    async with browser_at(f"http://127.0.0.1:{server.port}") as browser:
        assert "passkey" not in (await browser.get("/login")).text
        await browser.sign_up()
        assert "opened by an IP address" in (await browser.get("/account")).text
        for path in ("/login/passkey/options", "/account/passkeys/options"):
            answer = await browser.send(path, {})
            assert answer.status == 400
            assert "that is localhost" in answer.json["alert"]


async def test_nothing_but_the_known_fields_is_read(browser: Browser) -> None:
    wrong: list[Any] = [{"administrator": True}, [], "text", {"id": 7}]
    for data in wrong:
        assert (await browser.send("/login/passkey", data)).status == 400
        assert (await browser.send("/login/passkey/options", data)).status == 400
    deep = "[" * 5_000 + "]" * 5_000
    headers = {"Origin": browser.url, "Content-Type": "application/json"}
    url = f"{browser.url}/login/passkey"
    async with browser.session.post(url, data=deep, headers=headers) as answer:
        assert answer.status == 400
    async with browser.session.post(url, data=b" " * 17_000, headers=headers) as answer:
        assert answer.status == 413
    headers["Content-Type"] = "text/plain"
    async with browser.session.post(url, data=b"{}", headers=headers) as answer:
        assert answer.status == 415


async def test_djust_658_a_foreign_page_uses_no_passkey(browser: Browser) -> None:
    await browser.sign_up()
    for path in ("/login/passkey/options", "/login/passkey", "/account/passkeys"):
        answer = await browser.send(path, {}, Origin="https://evil.example")
        assert answer.status == 403
        assert "Set-Cookie" not in answer.headers
