"""What others were bitten by with accounts, one test per lesson; the first words name them."""

import asyncio
import re
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from yarl import URL

from meetd.accounts import passwords
from meetd.accounts.account import AccountRefused
from meetd.accounts.passwords import AT_ONCE, Passwords
from meetd.app import Server
from meetd.core.private import Private
from tests.accounts.conftest import House, Open, opened
from tests.support.people import (
    GOOD,
    Browser,
    administrator_at,
    browser_at,
    sign_up_form,
)
from tests.support.server import running_server, test_settings

__all__ = ["opened"]

FORMS = {
    "/login": {"email": "ada@example.org", "password": GOOD},
    "/logout": {},
    "/signup": sign_up_form("eve@example.org"),
    "/reset-password": {"email": "ada@example.org"},
    "/account/names": {"first_name": "Eve", "last_name": "Eve", "user_name": "eve"},
    "/account/password": {"current": GOOD, "password": "chosen by somebody else"},
    "/account/sessions/end-all": {},
    "/account/prove": {"current": GOOD},
    "/account/passkeys/remove": {"passkey": ""},
    "/account/email": {"new_email": "eve@example.org", "current": GOOD},
    "/account/email/cancel": {},
    "/confirm-email/new/abc": {},
    "/confirm-email/undo/abc": {},
}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[tuple[Server, str]]:
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(tmp_path, settings) as running:
        yield running


@pytest.fixture
async def browser(server: tuple[Server, str]) -> AsyncIterator[Browser]:
    async with browser_at(server[1]) as browser:
        yield browser


async def test_nextcloud_cve_2021_45286_no_answer_tells_whether_there_is_an_account(
    server: tuple[Server, str], browser: Browser
) -> None:
    accounts = server[0].stores.accounts
    for email in ("ada@example.org", "blocked@example.org"):
        await browser.sign_up(email)
        await browser.post("/logout")
    blocked = await accounts.by_email("blocked@example.org")
    assert blocked is not None
    await accounts.block(blocked, actor="operator")
    people = ("ada", "blocked", "nobody")
    wrong = [await browser.sign_in(f"{who}@example.org", "a wrong password") for who in people]
    right = await browser.sign_in("blocked@example.org")
    reset = [
        await browser.post("/reset-password", {"email": f"{who}@example.org"}) for who in people
    ]
    for answers in ([*wrong, right], reset):
        seen = {
            (
                answer.status,
                re.sub(r"(ada|blocked|nobody)@", "x@", answer.text),
                tuple(name for name in answer.headers if name != "Content-Length"),
            )
            for answer in answers
        }
        assert len(seen) == 1


async def test_nextcloud_cve_2021_45286_no_time_tells_either(opened: Open) -> None:
    """Known and unknown in turn, so that what else the machine does hits both alike."""
    house = await opened(attempts_per_account=1_000, attempts_per_network=1_000)
    await house.sign_up("ada@example.org")
    taken: dict[str, list[float]] = {"ada@example.org": [], "nobody@example.org": []}
    for _ in range(15):
        for email, times in taken.items():
            begun = time.perf_counter()
            with pytest.raises(AccountRefused, match="SignInFailed"):
                await house.sign_in(email, "a wrong password")
            times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert 0.6 < known / unknown < 1.6, (known, unknown)


async def test_nextcloud_cve_2021_45286_the_same_work_is_done(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await opened()
    await house.sign_up("ada@example.org")
    hashes: list[str] = []
    verify = passwords._verify

    def counted(hasher: object, hashed: str, password: str) -> bool:
        hashes.append(hashed.rpartition("p=")[0])
        return verify(hasher, hashed, password)  # type: ignore[arg-type]

    monkeypatch.setattr(passwords, "_verify", counted)
    for email in ("ada@example.org", "nobody@example.org", "not an address"):
        with pytest.raises(AccountRefused, match="SignInFailed"):
            await house.sign_in(email, "a wrong password")
    assert hashes == ["$argon2id$v=19$m=19456,t=2,"] * 3


async def test_nextcloud_cve_2021_32676_a_planted_session_is_never_taken_over(
    browser: Browser,
) -> None:
    planted = "A" * 43
    browser.session.cookie_jar.update_cookies({"meetd": planted}, URL(browser.url))
    await browser.sign_up()
    first = browser.cookies["meetd"]
    assert first != planted
    await browser.sign_in()
    second = browser.cookies["meetd"]
    assert second not in {first, planted}
    async with browser_at(browser.url) as other:
        for token, status in ((planted, 303), (first, 303), (second, 200)):
            assert (await other.get("/account", Cookie=f"meetd={token}")).status == status


async def test_jitsi_cve_2021_39215_tokens_are_opaque_and_kept_hashed(
    server: tuple[Server, str], browser: Browser, tmp_path: Path
) -> None:
    running, url = server
    link = await running.first_link(url)
    assert link is not None
    await browser.sign_up()
    account = await running.stores.accounts.by_email("ada@example.org")
    assert account is not None
    reset = (await running.stores.accounts.joining.password_link(account, by_hand=True)).reveal()
    tokens = [browser.cookies["meetd"], link.rpartition("/")[2], reset]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [token for token in tokens if token.encode() in kept]
    for forged in ("", "A" * 43, tokens[0][:-1], tokens[0] + "A", "a.b.c", "%00", "\u00e9" * 43):
        assert await running.stores.accounts.who(forged) is None


async def test_a_stolen_database_names_nobody(
    browser: Browser, server: tuple[Server, str], tmp_path: Path
) -> None:
    await browser.sign_up("ada@example.org", user_name="somebody")
    del server
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("meetd.db*"))
    for secret in (b"ada@example.org", b"Lovelace", b"argon2", GOOD.encode()):
        assert secret not in kept
    assert b"somebody" in kept, "looked into the wrong file"


async def test_nextcloud_pf36_attempts_are_limited_per_account_in_the_default_install(
    opened: Open,
) -> None:
    for email in ("ada@example.org", "nobody@example.org"):
        house = await opened()
        said = [await reason_of(house, email) for _ in range(12)]
        assert said == ["SignInFailed"] * 10 + ["TooManyAttempts"] * 2
        house.clock.forward(seconds=61)
        assert await reason_of(house, email.upper()) == "SignInFailed"


async def test_nextcloud_pf36_attempts_are_limited_per_network_and_overall(opened: Open) -> None:
    house = await opened(attempts_per_network=3, attempts_overall=5)
    said = [await reason_of(house, f"a{number}@example.org") for number in range(4)]
    assert said == ["SignInFailed"] * 3 + ["TooManyAttempts"]
    elsewhere = [
        await reason_of(house, f"b{number}@example.org", network=f"198.51.100.{number}")
        for number in range(3)
    ]
    assert elsewhere == ["SignInFailed"] * 2 + ["TooManyAttempts"]


async def reason_of(house: House, email: str, network: str = "203.0.113.7") -> str:
    with pytest.raises(AccountRefused) as refused:
        await house.accounts.signing_in.sign_in(
            email, "a wrong password", network=network, browser="", instead_of=None
        )
    return refused.value.problems[0].reason


async def test_galene_0_96_2_hashing_cannot_be_used_to_keep_the_server_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A few at a time, off the loop, and a bounded number waiting."""
    loop_thread = asyncio.get_running_loop()
    inside, most, gate = 0, 0, asyncio.Event()
    off_the_loop = []

    async def counted(work: object, *arguments: object) -> object:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await gate.wait()
        inside -= 1
        off_the_loop.append(asyncio.get_running_loop() is loop_thread)
        return work(*arguments)  # type: ignore[operator]

    monkeypatch.setattr(passwords, "_verify", lambda *_: False)
    checks = Passwords(max_waiting=10)
    await checks._load()
    monkeypatch.setattr(asyncio, "to_thread", counted)
    tasks = [asyncio.ensure_future(checks.fits("guess", None)) for _ in range(50)]
    refused = [task for task in tasks if await is_refused_at_once(task)]
    assert len(refused) == 50 - AT_ONCE - 10
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert most == AT_ONCE
    assert len(off_the_loop) == AT_ONCE + 10
    assert not await checks.fits("guess", None), "it takes more when those are done"


async def is_refused_at_once(task: "asyncio.Future[bool]") -> bool:
    for _ in range(3):
        await asyncio.sleep(0)
    return task.done() and isinstance(task.exception(), AccountRefused)


async def test_galene_0_96_2_a_very_long_password_is_cut_before_it_is_hashed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lengths: list[int] = []

    def measured(_hasher: object, _hashed: str, password: str) -> bool:
        lengths.append(len(password))
        return False

    monkeypatch.setattr(passwords, "_verify", measured)
    await Passwords().fits("x" * 1_000_000, Private("nothing"))
    assert lengths == [1_025]


@pytest.mark.parametrize("path", FORMS)
async def test_djust_658_a_foreign_page_changes_no_account(browser: Browser, path: str) -> None:
    await browser.sign_up()
    before = browser.cookies
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": browser.url + ".evil.example"},
    ):
        answer = await browser.post(path, FORMS[path], **headers)
        assert answer.status == 403
        assert "Set-Cookie" not in answer.headers
    assert browser.cookies == before
    assert "<h1>Ada Lovelace</h1>" in (await browser.get("/account")).text


async def test_djust_658_the_cookie_is_bound_to_this_host_over_https(tmp_path: Path) -> None:
    settings = test_settings(
        accounts={"registration": "open"},
        server={
            "port": 0,
            "public_url": "https://meet.example.org",
            "trusted_proxies": ("127.0.0.1",),
        },
    )
    async with running_server(tmp_path, settings) as (running, _):
        proxied = {
            "Host": "meet.example.org",
            "X-Forwarded-Proto": "https",
            "Origin": "https://meet.example.org",
        }
        async with browser_at(f"http://127.0.0.1:{running.port}") as browser:
            answer = await browser.post("/signup", sign_up_form(), **proxied)
            flags = {part.strip() for part in answer.headers["Set-Cookie"].split(";")}
            assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= flags
            assert not any(flag.startswith("Domain") for flag in flags)
            assert answer.headers["Set-Cookie"].startswith("__Host-meetd=")
            token = answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
            plain = await browser.get("/account", **proxied, Cookie=f"meetd={token}")
            assert plain.status == 303, "a name that a neighbour could plant is not read"
            bound = await browser.get("/account", **proxied, Cookie=f"__Host-meetd={token}")
            assert bound.status == 200


async def test_the_cookie_on_loopback_is_for_nobody_but_http(browser: Browser) -> None:
    answer = await browser.sign_up()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("meetd=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/a/../b", "/logout", ""],
)
async def test_signing_in_leads_to_no_other_site(browser: Browser, wanted: str) -> None:
    await browser.sign_up()
    form = {"email": "ada@example.org", "password": GOOD, "next": wanted}
    assert (await browser.post("/login", form)).to == "/"


async def test_jitsi_2024_44080_a_token_in_an_address_is_told_to_nobody(
    server: tuple[Server, str], browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    running, url = server
    caplog.set_level("DEBUG")
    link = await running.first_link(url)
    assert link is not None
    page = await browser.get(link)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="referrer" content="strict-origin">' in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "http" not in re.sub(r'content="[^"]*"', "", page.text.partition("<main")[2])
    await browser.sign_up(path=link)
    token = link.rpartition("/")[2]
    told = [record for record in caplog.records if token in str(vars(record))]
    assert not told
    routes = {str(vars(record).get("fields", {}).get("route")) for record in caplog.records}
    assert "/welcome/{token}" in routes


async def test_opening_a_link_does_not_use_it_up(
    server: tuple[Server, str], browser: Browser
) -> None:
    """Mail programs and chats open links by themselves."""
    link = await server[0].first_link(server[1])
    assert link is not None
    for _ in range(3):
        assert (await browser.get(link)).status == 200
    assert (await browser.sign_up(path=link)).to == "/account"
    assert (await browser.sign_up("eve@example.org", path=link)).status == 410


async def test_bbb_v6wg_a_name_is_never_html(browser: Browser) -> None:
    script = "<script>alert(1)</script>"
    await browser.sign_up(first_name=script, last_name="\u202eevil\x00")
    for path in ("/account", "/"):
        text = (await browser.get(path)).text
        assert "<script>" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert "\u202e" not in text


async def test_bbb_29234_a_blocked_account_is_out_at_once_and_for_ever(
    server: tuple[Server, str], browser: Browser
) -> None:
    accounts = server[0].stores.accounts
    await browser.sign_up()
    account = await accounts.by_email("ada@example.org")
    assert account is not None
    link = (await accounts.joining.password_link(account, by_hand=True)).reveal()
    await accounts.block(account, actor="operator")
    assert (await browser.get("/account")).status == 303
    assert (await browser.sign_in()).status == 403
    assert (await browser.get(f"/reset-password/{link}")).status == 410
    await accounts.erase(account, actor="operator")
    again = await browser.sign_up("ADA@example.org")
    assert again.status == 409
    assert "cannot be another account" in again.alert


async def test_bbb_29232_nobody_ends_or_sees_the_sessions_of_others(
    server: tuple[Server, str], browser: Browser
) -> None:
    accounts = server[0].stores.accounts
    await browser.sign_up()
    ada = await accounts.by_email("ada@example.org")
    assert ada is not None
    session = (await accounts.sessions(ada.id))[0]
    async with browser_at(server[1]) as eve:
        await eve.sign_up("eve@example.org")
        assert session.id not in (await eve.get("/account")).text
        await eve.post("/account/sessions/end", {"session": session.id})
    assert (await browser.get("/account")).status == 200


@pytest.mark.parametrize(
    "body",
    [
        "email=a&email=b&password=c",
        "email=a&password=c&administrator=true",
        "email=%FF&password=c",
        "email",
        "email=a&password=" + "x" * 17_000,
        "&".join(f"f{number}=1" for number in range(1_000)),
    ],
)
async def test_jitsi_2023_0001_a_form_is_read_in_one_way_only(browser: Browser, body: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": browser.url}
    async with browser.session.post(f"{browser.url}/login", data=body, headers=headers) as answer:
        assert answer.status in {400, 413}


async def test_aiohttp_cve_2025_69228_forms_come_in_one_type(browser: Browser) -> None:
    for content_type in ("multipart/form-data; boundary=x", "text/plain", "application/json"):
        headers = {"Content-Type": content_type, "Origin": browser.url}
        async with browser.session.post(
            f"{browser.url}/login", data=b"email=a", headers=headers
        ) as answer:
            assert answer.status == 415


async def test_erased_is_unreadable_in_a_copy_of_the_database_too(
    server: tuple[Server, str], browser: Browser, tmp_path: Path
) -> None:
    running, _ = server
    await administrator_at(running, browser)
    account = await running.stores.accounts.by_email("root@example.org")
    assert account is not None
    rows = [each async for each in running.stores.accounts.holding.export_for(account.id)]
    assert {row["kind"] for row in rows} == {"account", "consent", "session", "reach"}
    assert await running.stores.accounts.holding.erase_for(account.id) == 1
    assert await running.stores.accounts.who(browser.cookies["meetd"]) is None
    with closing(sqlite3.connect(tmp_path / "keys.db")) as keys:
        assert keys.execute("SELECT 1 FROM keys WHERE scope = 'account'").fetchall() == []
    for table in ("accounts", "account_consents", "account_sessions", "account_links"):
        assert await running.stores.database.read(f"SELECT * FROM {table}") == []  # noqa: S608
