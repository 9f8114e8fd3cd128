"""A knock reaches a closed page through the service worker, and is answered in the notification.

No test can have a push service of a browser's maker. What stands for it is a push service on
loopback; the browser is handed what that one got, decrypted as the browser would have done.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, Worker, expect

from meetd.app import Server
from meetd.calling.call import Call
from tests.browser.people import until
from tests.browser.test_accounts import check_accessible, page_of
from tests.calling.conftest import Lobby
from tests.support.people import GOOD, browser_at
from tests.support.push_service import PushBrowser, PushService, open_push_service
from tests.support.server import running_server, test_settings

# The page subscribes at our push service instead of at the one of the browser's maker.
_SUBSCRIBE = """(subscription) => {
    let current = null;
    PushManager.prototype.getSubscription = async () => current;
    PushManager.prototype.subscribe = async (options) => {
        window.subscribedTo = options.applicationServerKey;
        current = { endpoint: subscription.endpoint, toJSON: () => subscription };
        return current;
    };
}"""

_CLICK = """async (action) => {
    const [notification] = await registration.getNotifications();
    dispatchEvent(new NotificationEvent('notificationclick', { notification, action }));
}"""

_SHOWN = "async () => (await registration.getNotifications()).map((each) => each.title)"


@asynccontextmanager
async def server_with(service: PushService, data: Path) -> AsyncIterator[tuple[Server, Lobby, str]]:
    settings = test_settings(accounts={"registration": "open"}, push={"services": [service.entry]})
    async with running_server(data, settings) as (server, url):
        lobby = Lobby()
        server.house.caller.answers_go_to(lobby)
        async with browser_at(url) as browser:
            await browser.sign_up()
        yield server, lobby, url.replace("127.0.0.1", "localhost")


async def sign_in(page: Page, url: str) -> None:
    await page.goto(f"{url}/login")
    await page.get_by_role("textbox", name="E-mail", exact=True).fill("ada@example.org")
    await page.get_by_label("Password", exact=True).fill(GOOD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.goto(f"{url}/account")


async def turn_on(page: Page, subscribed: PushBrowser) -> Worker:
    """Click the button; returns the service worker."""
    await page.evaluate(f"({_SUBSCRIBE})({json.dumps(subscribed.sent)})")
    async with page.context.expect_event("serviceworker") as worker, page.expect_navigation():
        await page.get_by_role("button", name="Turn on notifications for this browser").click()
    await expect(page.get_by_role("button", name="Remove")).to_be_visible()
    found: Worker = await worker.value
    return found


async def deliver(page: Page, url: str, message: bytes) -> None:
    """What the browser does with a message that came from its push service."""
    session = await page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(
            each["registrationId"] for each in event["registrations"]
        ),
    )
    await session.send("ServiceWorker.enable")

    async def known() -> bool:
        return bool(registrations)

    await until(known, "the browser knows no service worker")
    await session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": url, "registrationId": registrations[0], "data": message.decode()},
    )


async def test_the_pages_are_accessible(browsers: dict[str, Browser], tmp_path: Path) -> None:
    async with (
        open_push_service() as service,
        server_with(service, tmp_path) as (server, _, url),
        page_of(browsers["chromium"], scripts=True) as page,
    ):
        await page.set_viewport_size({"width": 360, "height": 740})
        await sign_in(page, url)
        account = await server.stores.accounts.by_email("ada@example.org")
        assert account is not None
        (session,) = await sessions_of(server, account.id)
        push = server.house.caller._push
        await push.subscribe(account.id, session, **service.browser().offer, browser="")
        await page.reload()
        await expect(page.get_by_role("button", name="Remove")).to_be_visible()
        await check_accessible(page)
        await page.get_by_label("Quiet from").fill("22:00")
        await page.get_by_role("button", name="Save how you are reached").click()
        await expect(page.get_by_role("alert")).to_contain_text("two different times")
        await check_accessible(page)
        await server.house.caller.call(
            Call("knock", "garden", "Bob", "It\nis me", 0, (account.id,))
        )
        await page.goto(url + (await service.next()).notice["link"])
        await expect(page.get_by_role("heading", name="Bob knocks at garden")).to_be_visible()
        await check_accessible(page)
        await page.get_by_role("button", name="Turn away").click()
        await expect(page.get_by_role("heading", name="Turned away")).to_be_visible()
        await check_accessible(page)


async def sessions_of(server: Server, account_id: str) -> list[str]:
    """The one of the browser; that of whoever signed up has no name here and is not it."""
    return [
        each.id
        for each in await server.stores.accounts.sessions(account_id)
        if "Chrome" in each.browser
    ]


async def test_a_knock_is_answered_in_the_notification(
    browsers: dict[str, Browser], tmp_path: Path
) -> None:
    async with (
        open_push_service() as service,
        server_with(service, tmp_path) as (server, lobby, url),
    ):
        context = await browsers["chromium"].new_context()
        await context.grant_permissions(["notifications"], origin=url)
        page = await context.new_page()
        await sign_in(page, url)
        worker = await turn_on(page, service.browser())
        account = await server.stores.accounts.by_email("ada@example.org")
        assert account is not None
        call = Call("knock", "garden", "Bob", "It is me", 0, (account.id,))
        assert (await server.house.caller.call(call)).anybody
        await deliver(page, url, (await service.next()).plain)

        async def shows(title: str) -> bool:
            return title in await worker.evaluate(_SHOWN)

        await until(lambda: shows("Bob knocks at garden"), "no notification was shown")
        await worker.evaluate(_CLICK, "admit")
        await until(lambda: shows("Admitted"), "the answer was not shown")
        assert lobby.answers == [("knock", account.id, "admit")]
        await context.close()
