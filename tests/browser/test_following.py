"""Pages on which something is under way look again by themselves, and take nobody's focus away."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from meetd.app import Server
from tests.browser.people import SECONDS
from tests.support.people import administrator_at, browser_at
from tests.support.server import running_server


@pytest_asyncio.fixture(loop_scope="session")
async def at(
    tmp_path: Path, browsers: dict[str, Browser]
) -> AsyncIterator[tuple[Server, Page, str]]:
    """A server in this process, and a page on which its administrator is signed in."""
    async with running_server(tmp_path) as (server, url), browser_at(url) as keeper:
        await administrator_at(server, keeper)
        context = await browsers["chromium"].new_context(locale="en-GB")
        cookies = [{"name": name, "value": value} for name, value in keeper.cookies.items()]
        await context.add_cookies([{**cookie, "url": url} for cookie in cookies])  # type: ignore[typeddict-item]
        yield server, await context.new_page(), url
        await context.close()


def row(page: Page, job: str) -> Locator:
    return page.get_by_role("row").filter(has_text=job)


async def test_how_a_job_went_comes_by_itself(at: tuple[Server, Page, str]) -> None:
    server, page, url = at
    scheduler = server.house.routine.scheduler
    scheduler._asked.update({"backup", "tidy"})  # and nobody wakes it yet
    await page.goto(f"{url}/admin/jobs")
    await page.evaluate("window.same = true")
    await expect(page.get_by_text("Something is under way. This page looks")).to_be_visible()
    backup, other = row(page, "Back everything up"), row(page, "Look how old")
    await expect(backup).to_contain_text("As soon as nothing else runs")
    await expect(backup.get_by_role("button")).to_have_count(0)
    start = other.get_by_role("button", name="Start now")
    await start.focus()
    scheduler._woken.set()
    await expect(backup).to_contain_text("Done 2", timeout=SECONDS * 1_000)
    await expect(backup.get_by_role("button", name="Start now")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("It is over; this page says how it went.")
    await expect(page.get_by_text("MB, with 0 files")).to_be_visible()
    await expect(start).to_be_focused()
    assert await page.evaluate("window.same")


async def test_nothing_is_put_in_under_a_hand(at: tuple[Server, Page, str]) -> None:
    server, page, url = at
    scheduler = server.house.routine.scheduler
    scheduler._asked.add("tidy")
    await page.goto(f"{url}/admin/jobs")
    backup = row(page, "Back everything up")
    await backup.get_by_role("button").focus()
    scheduler.start("backup")
    await expect(row(page, "Remove what was kept for old backups")).to_contain_text("Done 2")
    await expect(backup).to_contain_text("Not yet")
    await expect(backup.get_by_role("button")).to_be_focused()
    await page.get_by_role("link", name="Look again").focus()
    await expect(backup).to_contain_text("Done 2", timeout=SECONDS * 1_000)
