"""Accounts in real browsers with scripts turned off, by the roles and names of the contract.

What only a browser tells: that it sends the Origin which the forms need, whatever the page's
referrer policy is, and that it takes and sends the cookie.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from tests.browser.people import House
from tests.support.people import GOOD

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

# What hides a part of itself at its side; a field does, and what only screen readers have.
_CUT = """() => [...document.querySelectorAll('main *')].filter((element) =>
    element.scrollWidth > element.clientWidth && element.clientWidth > 1
    && !element.matches('input, textarea, select')
    && getComputedStyle(element).overflowX !== 'visible').map((element) => element.outerHTML)"""


@asynccontextmanager
async def page_of(browser: Browser, *, scripts: bool = False) -> AsyncIterator[Page]:
    context = await browser.new_context(java_script_enabled=scripts, bypass_csp=scripts)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def fill(page: Page, email: str) -> None:
    for name, value in (
        ("E-mail", email),
        ("First name", "Ada"),
        ("Last name", "Lovelace"),
        ("User name", email.partition("@")[0]),
    ):
        await page.get_by_role("textbox", name=name, exact=True).fill(value)
    await page.get_by_label("Password", exact=True).fill(GOOD)
    for box in ("I accept the terms and the privacy policy", "I am 16 or older"):
        await page.get_by_role("checkbox", name=box, exact=True).check()


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_signed_up_out_and_in_without_scripts(house: House, kind: str) -> None:
    link = next(line.split()[-1] for line in house.server.printed if "/welcome/" in line)
    async with page_of(house.browsers[kind]) as page:
        await page.goto(link)
        await fill(page, "ada@example.org")
        await page.get_by_role("button", name="Create account", exact=True).click()
        await expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
        await page.get_by_role("link", name="Administration", exact=True).click()
        await page.get_by_role("button", name="Make a link", exact=True).click()
        invitation = await page.get_by_label("Invitation link").input_value()
        await page.goto(f"{house.server.url}/account")
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await page.get_by_role("link", name="Sign in", exact=True).click()
        await page.get_by_role("textbox", name="E-mail", exact=True).fill("ada@example.org")
        await page.get_by_label("Password", exact=True).fill("not the password")
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("do not go together")
        await page.get_by_label("Password", exact=True).fill(GOOD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("link", name="My rooms", exact=True)).to_be_visible()
        await page.get_by_role("link", name="Account", exact=True).click()
        await page.get_by_label("Current password").fill(GOOD)
        await page.get_by_label("New password").fill("a quite different passphrase")
        await page.get_by_role("button", name="Save password", exact=True).click()
        await expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
        await expect(page.get_by_role("alert")).to_have_count(0)
    async with page_of(house.browsers[kind]) as page:
        await page.goto(invitation)
        await fill(page, "bob@example.org")
        await page.get_by_role("button", name="Create account", exact=True).click()
        await expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


async def test_every_page_of_accounts_is_accessible(house: House) -> None:
    link = next(line.split()[-1] for line in house.server.printed if "/welcome/" in line)
    url = house.server.url
    async with page_of(house.browsers["chromium"], scripts=True) as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        by_name = url.replace("127.0.0.1", "localhost")
        for address in (
            *(link, f"{url}/login", f"{url}/signup", f"{url}/reset-password"),
            f"{by_name}/login",
        ):
            await page.goto(address)
            await check_accessible(page)
        await expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
        await page.goto(link)
        await fill(page, "nobody")
        await page.locator("form").evaluate("form => form.noValidate = true")
        await page.get_by_role("button", name="Create account", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("not an e-mail address")
        await check_accessible(page)
        await fill(page, "ada@example.org")
        await page.get_by_role("button", name="Create account", exact=True).click()
        await expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
        await check_accessible(page)
        await page.get_by_label("New e-mail address").fill("ada@example.net")
        await page.get_by_role("button", name="Change address", exact=True).click()
        await expect(page.get_by_text("has not agreed yet").first).to_be_visible()
        await check_accessible(page)
        await page.goto(f"{url}/confirm-email/undo/abc")
        await check_accessible(page)
        await check_administration(page, url)


async def check_administration(page: Page, url: str) -> None:
    for name in ("usage", "jobs", "retention", "access-log", "documents"):
        await page.goto(f"{url}/admin/{name}")
        await check_accessible(page)
    await page.goto(f"{url}/admin/people")
    await page.get_by_role("textbox", name="Their e-mail address").fill("nobody")
    await page.locator("form[method=post]").evaluate("form => form.noValidate = true")
    await page.get_by_role("button", name="Make a link", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("not an e-mail address")
    await check_accessible(page)
    await page.get_by_role("textbox", name="Their e-mail address").fill("bob@example.org")
    await page.get_by_role("button", name="Make a link", exact=True).click()
    await check_accessible(page)
    invitation = await page.get_by_label("Invitation link").input_value()
    browser = page.context.browser
    assert browser is not None
    async with page_of(browser) as other:
        await other.goto(invitation)
        await fill(other, "bob@example.org")
        await other.get_by_role("button", name="Create account", exact=True).click()
        await expect(other.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    await page.goto(f"{url}/admin/people?find=bob@example.org")
    await page.get_by_role("link", name="Ada Lovelace").click()
    await page.get_by_role("textbox", name="Write bob to go on").fill("somebody")
    await page.get_by_role("button", name="Block for ever", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Nothing was blocked")
    await check_accessible(page)
    await page.goto(f"{url}/admin/people?find=ada@example.org")
    await page.get_by_role("link", name="Ada Lovelace").click()
    await page.get_by_role("button", name="Links to change to ada@example.net").click()
    await expect(page.get_by_label("Link for the new address")).to_be_visible()
    await check_accessible(page)


async def check_accessible(page: Page) -> None:
    """No violation that axe can see, nothing wider than a phone, and nothing that scrolls sideways
    inside it."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate(
        "async () => (await axe.run()).violations.map((each) =>"
        " `${each.id}: ${each.nodes.map((node) => node.html).join(' ')}`)"
    )
    assert not found, (page.url, found)
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, (page.url, wide)
    assert await page.evaluate(_CUT) == [], page.url


@asynccontextmanager
async def with_authenticator(page: Page) -> AsyncIterator[CDPSession]:
    """A security key inside the browser, whose owner always agrees (WebDriver 3, Web
    Authentication level 3, 11)."""
    line = await page.context.new_cdp_session(page)
    await line.send("WebAuthn.enable")
    made = await line.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield line
    await line.send("WebAuthn.removeVirtualAuthenticator", made)


async def test_a_passkey_is_added_and_signs_in(house: House) -> None:
    link = next(line.split()[-1] for line in house.server.printed if "/welcome/" in line)
    # By its name: browsers give no passkeys to a page that was opened by an IP address.
    house.server.url = here = house.server.url.replace("127.0.0.1", "localhost")
    ada = await house.visitor("Ada", room="login")
    page = ada.page
    house.forgiven += ["403 ("]
    async with with_authenticator(page):
        await page.goto(link.replace("127.0.0.1", "localhost"))
        await fill(page, "ada@example.org")
        await ada.button("Create account").click()
        await ada.textbox("Name of the passkey").fill("Blue key")
        await ada.button("Add a passkey").click()
        await expect(page.get_by_text("Blue key")).to_be_visible()
        await check_accessible(page)
        await ada.button("Add a passkey").click()
        await expect(ada.alert).to_contain_text("has a passkey for your account already")
        await ada.button("Sign out").click()
        await page.goto(f"{here}/login?next=/account")
        await ada.button("Sign in with a passkey").click()
        await expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
        await page.get_by_role("button", name="Remove the passkey Blue key").click()
        await expect(page.get_by_text("Blue key")).to_have_count(0)
        await ada.button("Sign out").click()
        await page.goto(f"{here}/login")
        await ada.button("Sign in with a passkey").click()
        await expect(ada.alert).to_contain_text("does not open an account here")
