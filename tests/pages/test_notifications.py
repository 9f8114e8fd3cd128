"""The part of the account page about notifications, its doors, and the service worker."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from meetd.app import Server
from meetd.pages.assets import Assets, AssetsMissing
from tests.support.people import Browser, browser_at
from tests.support.push_service import PushService, decode, open_push_service
from tests.support.server import running_server, test_settings

REACH = {"by_mail": "yes", "by_push": "yes", "quiet_from": "", "quiet_to": "", "time_zone": ""}


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with open_push_service() as service:
        yield service


@pytest.fixture
async def server(tmp_path: Path, service: PushService) -> AsyncIterator[Server]:
    settings = test_settings(accounts={"registration": "open"}, push={"services": [service.entry]})
    async with running_server(tmp_path, settings) as (server, _):
        yield server


@pytest.fixture
async def browser(server: Server) -> AsyncIterator[Browser]:
    async with browser_at(f"http://127.0.0.1:{server.port}") as browser:
        await browser.sign_up()
        yield browser


async def send(browser: Browser, path: str, body: Any, **headers: str) -> int:
    """As the page's script does."""
    async with browser.session.post(
        browser.url + path,
        data=json.dumps(body),
        headers={"Origin": browser.url, "Content-Type": "application/json"} | headers,
        allow_redirects=False,
    ) as response:
        return response.status


async def test_the_key_is_what_browsers_subscribe_to(browser: Browser, server: Server) -> None:
    answer = await browser.get("/account/push/key")
    key = json.loads(answer.text)["key"]
    assert key == server.house.caller._push.key
    assert (len(decode(key)), decode(key)[0]) == (65, 4)


async def test_turned_on_listed_and_removed(
    browser: Browser, server: Server, service: PushService
) -> None:
    assert "data-here" not in (await browser.get("/account")).text
    subscribed = service.browser()
    language = {"Accept-Language": "nl"}
    assert await send(browser, "/account/push/subscribe", subscribed.sent, **language) == 200
    text = (await browser.get("/account")).text
    assert "data-here" in text
    account = await server.stores.accounts.by_email("ada@example.org")
    assert account is not None
    assert (await server.stores.accounts.reach.of(account.id)).language == "nl"
    server.house.caller._push.notify(account.id, b"{}", 60)
    await service.next()
    found = re.search(r'<input type="hidden" name="id" value="([^"]+)"', text)
    assert found is not None
    page = await browser.post("/account/push/remove", {"id": found[1]})
    assert page.to == "/account#notifications"
    assert "data-here" not in (await browser.get("/account")).text


async def test_turned_off_by_the_browser(browser: Browser, service: PushService) -> None:
    subscribed = service.browser()
    await send(browser, "/account/push/subscribe", subscribed.sent)
    gone = {"endpoint": subscribed.endpoint}
    assert await send(browser, "/account/push/unsubscribe", gone) == 200
    assert "data-here" not in (await browser.get("/account")).text


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"endpoint": "https://web.push.apple.com/a"},
        {"endpoint": 1, "keys": {"p256dh": "", "auth": ""}},
        {"endpoint": "https://web.push.apple.com/a", "keys": {"p256dh": "", "auth": ""}},
        {"endpoint": "", "keys": {"p256dh": "", "auth": ""}, "more": 1},
    ],
)
async def test_what_is_no_subscription_is_refused(browser: Browser, body: Any) -> None:
    assert await send(browser, "/account/push/subscribe", body) == 400
    assert "data-here" not in (await browser.get("/account")).text


async def test_a_body_that_is_too_large_or_of_another_kind_is_refused(browser: Browser) -> None:
    path = "/account/push/subscribe"
    assert await send(browser, path, "x" * 20_000) == 413
    assert await send(browser, path, {}, **{"Content-Type": "text/plain"}) == 415


async def test_whoever_is_not_signed_in_is_sent_to_sign_in(server: Server) -> None:
    async with browser_at(f"http://127.0.0.1:{server.port}") as stranger:
        for path in ("subscribe", "unsubscribe"):
            assert await send(stranger, f"/account/push/{path}", {}) == 303
        assert (await stranger.get("/account/push/key")).status == 303
        for path, form in (("reach", REACH), ("push/remove", {"id": "x"})):
            assert (await stranger.post(f"/account/{path}", form)).status == 303


async def test_how_one_is_reached_is_kept(browser: Browser) -> None:
    text = (await browser.get("/account")).text
    assert 'name="by_push" value="yes" checked' in text
    quiet = {"quiet_from": "22:30", "quiet_to": "07:00", "time_zone": "Europe/Amsterdam"}
    page = await browser.post("/account/reach", REACH | quiet | {"by_push": ""})
    assert page.to == "/account#notifications"
    text = (await browser.get("/account")).text
    assert 'name="by_push" value="yes">' in text
    for value in quiet.values():
        assert f'value="{value}"' in text


async def test_e_mail_is_offered_only_where_there_is_some(browser: Browser) -> None:
    text = (await browser.get("/account")).text
    assert "This server sends no e-mail." in text
    assert '<input type="hidden" name="by_mail" value="yes">' in text, "the choice is lost"
    await browser.post("/account/reach", REACH | {"by_mail": ""})
    text = (await browser.get("/account")).text
    assert '<input type="hidden" name="by_mail" value="">' in text


async def test_what_is_wrong_is_said_and_what_was_typed_stays(browser: Browser) -> None:
    wrong = {"quiet_from": "22:30", "quiet_to": "22:30", "time_zone": "<b>", "by_push": ""}
    page = await browser.post("/account/reach", REACH | wrong)
    assert page.status == 400
    assert "Write a time zone by its name" in page.alert
    assert 'value="&lt;b&gt;"' in page.text
    assert 'name="by_push" value="yes">' in page.text
    page = await browser.post("/account/reach", REACH | wrong | {"time_zone": "Europe/Amsterdam"})
    assert "two different times" in page.alert
    assert (await browser.get("/account/reach")).to == "/account#notifications"


async def test_without_push_services_there_is_nothing_to_turn_on(tmp_path: Path) -> None:
    settings = test_settings(accounts={"registration": "open"}, push={"services": []})
    async with (
        running_server(tmp_path, settings) as (_, url),
        browser_at(url) as browser,
    ):
        await browser.sign_up()
        text = (await browser.get("/account")).text
        assert "Quiet from" in text
        assert 'id="push-on"' not in text


async def test_the_service_worker_stays_at_its_address(server: Server) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{server.port}/sw.js") as response,
    ):
        text = await response.text()
        assert response.content_type == "text/javascript"
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["Service-Worker-Allowed"] == "/"
        assert "worker-src 'self'" in response.headers["Content-Security-Policy"]
    assert "notificationclick" in text
    assert "caches" not in text
    assert '"fetch"' not in text
    assert not re.search(r"^\s*(import|export)\b", text, re.MULTILINE)


def test_a_service_worker_that_imports_stops_the_start(build: Path) -> None:
    with pytest.raises(AssetsMissing, match="must not"):
        Assets(build).worker_route("/sw.js", "src/main.tsx")
