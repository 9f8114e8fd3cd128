"""Signing up, in and out, and one's own account, on a running server, without JavaScript."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, get_args

import pytest

from meetd.accounts.account import Reason
from meetd.app import Server
from meetd.pages.account_page import _FORMS
from meetd.pages.words import Languages
from tests.serving.requests import make_request
from tests.support.people import GOOD, Browser, administrator_at, browser_at
from tests.support.server import running_server, test_settings

OTHER = "a quite different passphrase"
Another = Callable[[], AbstractAsyncContextManager[Browser]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[tuple[Server, str]]:
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(tmp_path, settings) as running:
        yield running


@pytest.fixture
async def browser(server: tuple[Server, str]) -> AsyncIterator[Browser]:
    async with browser_at(server[1]) as browser:
        yield browser


@pytest.fixture
def another(server: tuple[Server, str]) -> Another:
    return lambda: browser_at(server[1])


def labels(text: str) -> set[str]:
    named = re.findall(r'<label[^>]*for="(\w+)"[^>]*>(?:<input[^>]*><span>)?([^<]+)<', text)
    ids = set(re.findall(r'<input[^>]*\bid="(\w+)"', text))
    assert {name for name, _ in named} == ids, "a field without a label, or the other way round"
    return {label for _, label in named}


async def test_the_forms_have_what_the_contract_names(browser: Browser) -> None:
    text = (await browser.get("/signup")).text
    assert labels(text) == {
        *("E-mail", "First name", "Last name", "User name", "Password"),
        *("I accept the terms and the privacy policy", "I am 16 or older"),
    }
    assert ">Create account</button>" in text
    assert 'autocomplete="new-password"' in text
    text = (await browser.get("/login")).text
    assert labels(text) == {"E-mail", "Password"}
    assert ">Sign in</button>" in text
    assert 'autocomplete="current-password"' in text
    assert re.findall(r"<script[^>]*>[^<]", text) == [], "a script in the page itself"


async def test_signed_up_signed_out_signed_in(browser: Browser) -> None:
    assert (await browser.sign_up()).to == "/account"
    page = await browser.get("/account")
    assert "<h1>Ada Lovelace</h1>" in page.text
    assert "ada@example.org" in page.text
    assert re.search(r"<strong>16 or older</strong></dt><dd>confirmed \d", page.text)
    assert ">Sign out</button>" in page.text
    start = (await browser.get("/")).text
    assert "Ada Lovelace" in start
    assert '<a href="/account">Account</a>' in start
    assert (await browser.post("/logout")).to == "/"
    assert browser.cookies == {}
    assert '<a href="/login">Sign in</a>' in (await browser.get("/")).text
    assert (await browser.get("/account")).to == "/login?next=/account"
    assert (await browser.sign_in()).to == "/"
    assert (await browser.get("/login")).to == "/account"


async def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(browser: Browser) -> None:
    page = await browser.sign_up("nobody", password="short", first_name="<b>Ada")
    assert page.status == 400
    assert "This is not an e-mail address" in page.alert
    assert "at least 10 characters" in page.alert
    assert re.search(r'id="email"[^>]*aria-describedby="email-wrong"[^>]*aria-invalid', page.text)
    assert 'value="&lt;b&gt;Ada"' in page.text
    assert 'value="Lovelace"' in page.text
    assert 'id="terms" name="terms" value="yes" checked' in page.text
    assert "short" not in page.text
    page = await browser.post("/signup", {"email": "ada@example.org", "password": GOOD})
    for sentence in ("first and your last name", "Accept the terms", "16 or older"):
        assert sentence in page.alert


async def test_dutch_people_read_dutch(browser: Browser) -> None:
    page = await browser.post(
        "/login", {"email": "ada@example.org", "password": "x"}, **{"Accept-Language": "nl"}
    )
    assert page.status == 403
    assert (
        page.alert
        == "E-mailadres en wachtwoord horen niet bij elkaar. Kijk ze na en probeer het opnieuw."
    )
    assert ">Inloggen</button>" in page.text


async def test_after_signing_in_back_to_where_one_was(browser: Browser) -> None:
    await browser.sign_up()
    form = {"email": "ada@example.org", "password": GOOD}
    assert (await browser.post("/login", form | {"next": "/garden"})).to == "/garden"
    assert 'name="next" value="/garden"' in (await another_page(browser, "/login?next=/garden"))


async def another_page(browser: Browser, path: str) -> str:
    await browser.post("/logout")
    return (await browser.get(path)).text


async def test_names_are_changed(browser: Browser, another: Another) -> None:
    await browser.sign_up()
    names = {"first_name": "Augusta", "last_name": "King", "user_name": "countess"}
    assert (await browser.post("/account/names", names)).to == "/account#names"
    text = (await browser.get("/account")).text
    assert "<h1>Augusta King</h1>" in text
    assert "countess" in text
    async with another() as bob:
        await bob.sign_up("bob@example.org", user_name="bob")
    page = await browser.post("/account/names", names | {"user_name": "BOB"})
    assert page.status == 409
    assert "Somebody has this user name" in page.alert
    assert 'value="BOB"' in page.text


async def test_the_password_is_changed_and_others_are_out(
    browser: Browser, another: Another
) -> None:
    await browser.sign_up()
    async with another() as elsewhere:
        await elsewhere.sign_in()
        page = await browser.post("/account/password", {"current": "wrong", "password": OTHER})
        assert page.status == 403
        assert "not your current password" in page.alert
        page = await browser.post("/account/password", {"current": GOOD, "password": OTHER})
        assert page.to == "/account#password-heading"
        assert (await browser.get("/account")).status == 200
        assert (await elsewhere.get("/account")).to == "/login?next=/account"
        assert (await elsewhere.sign_in()).status == 403
        assert (await elsewhere.sign_in(password=OTHER)).to == "/"


async def test_sessions_are_seen_and_ended(browser: Browser, another: Another) -> None:
    await browser.sign_up()
    async with another() as elsewhere:
        agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        elsewhere.session.headers["User-Agent"] = agent
        await elsewhere.sign_in()
        text = (await browser.get("/account")).text
        assert "Firefox, Linux" in text
        assert text.count("(this browser)") == 1
        other = next(
            id_
            for id_, block in re.findall(
                r'name="session" value="([^"]+)">(.*?)</form>', text, re.DOTALL
            )
            if "Firefox" in block
        )
        assert (await browser.post("/account/sessions/end", {"session": other})).to == (
            "/account#sessions"
        )
        assert (await elsewhere.get("/account")).status == 303
        await elsewhere.sign_in()
        assert (await browser.post("/account/sessions/end-all")).to == "/login"
        assert (await elsewhere.get("/account")).status == 303


async def test_the_first_administrator_invites(
    server: tuple[Server, str], browser: Browser, another: Another
) -> None:
    running, url = server
    assert (await administrator_at(running, browser)).to == "/account"
    assert await running.first_link(url) is None
    page = await browser.post("/admin/people/invite", {"email": "not an address"})
    assert "This is not an e-mail address" in page.alert
    page = await browser.post("/admin/people/invite", {"email": "bob@example.org"})
    found = re.search(r'value="(http[^"]+/signup/[^"]+)"', page.text)
    assert found is not None, page.text
    async with another() as bob:
        form = await bob.get(found[1])
        assert 'value="bob@example.org"' in form.text
        assert (await bob.sign_up("bob@example.org", path=found[1])).to == "/account"
        assert (await bob.get(found[1])).status == 410
        assert (await bob.post("/admin/people/invite", {"email": ""})).status == 404


async def test_without_mail_the_page_says_whom_to_ask(browser: Browser) -> None:
    assert "sends no e-mail" in (await browser.get("/reset-password")).text
    assert "sends no e-mail" in (await browser.post("/reset-password", {"email": "a@b"})).text


async def test_a_link_by_hand_lets_choose_a_password(
    server: tuple[Server, str], browser: Browser
) -> None:
    await browser.sign_up()
    accounts = server[0].stores.accounts
    account = await accounts.by_email("ada@example.org")
    assert account is not None
    token = (await accounts.joining.password_link(account, by_hand=True)).reveal()
    path = f"/reset-password/{token}"
    assert (await browser.get(path)).status == 200
    page = await browser.post(path, {"password": "1234567890"})
    assert "among the first that anybody tries" in page.alert
    assert (await browser.post(path, {"password": OTHER})).to == "/account"
    assert (await browser.get("/account")).status == 200
    assert "does not work any more" in (await browser.get(path)).alert


async def test_who_was_added_by_hand_is_asked_for_consent(
    server: tuple[Server, str], browser: Browser
) -> None:
    from meetd.accounts.identity import check_identity  # noqa: PLC0415

    joining = server[0].stores.accounts.joining
    identity = check_identity("eva@example.org", "Eva", "Maria", "")
    account = await joining.add(identity, None, administrator=False)
    path = f"/reset-password/{(await joining.password_link(account, by_hand=True)).reveal()}"
    page = await browser.post(path, {"password": GOOD})
    assert "Accept the terms" in page.alert
    form: dict[str, Any] = {"password": GOOD, "terms": "yes", "age": "yes"}
    assert (await browser.post(path, form)).to == "/account"
    assert len(await server[0].stores.accounts.consents(account.id)) == 3


async def test_reloading_after_a_form_leads_back(browser: Browser) -> None:
    for name in _FORMS:
        assert (await browser.get(f"/account/{name}")).to == "/account"
    assert (await browser.get("/logout")).to == "/"


def test_every_reason_has_a_sentence() -> None:
    words = Languages().of(make_request())
    assert {
        reason for reason in get_args(Reason) if f"account_error.{reason}" not in words
    } == set()
