"""Administrators see what happens by itself, start it, and say that the clock is right."""

import asyncio
import re
from dataclasses import replace

import pytest

from meetd.app import Server
from meetd.lifecycle.job import Entry
from meetd.lifecycle.state import State
from meetd.lifecycle.store import DAY
from tests.pages.test_account_pages import Another, another, browser, server
from tests.support.people import Browser, administrator_at

__all__ = ["another", "browser", "server"]


@pytest.fixture
async def keeper(server: tuple[Server, str], browser: Browser) -> Browser:
    await administrator_at(server[0], browser)
    return browser


async def ended(server: Server, name: str) -> Entry:
    """Of a job that was started."""
    async with asyncio.timeout(60):
        while not (entry := server.house.routine.scheduler.entry(name)).ended_at:
            await asyncio.sleep(0.05)
    return entry


async def test_a_backup_is_started_by_hand_and_told(
    server: tuple[Server, str], keeper: Browser
) -> None:
    page = await keeper.get("/admin/jobs")
    assert page.text.count("Not yet") == 11  # ten jobs, and no backup
    assert '<a href="/admin/jobs" aria-current="page">Jobs</a>' in page.text
    assert (await keeper.post("/admin/jobs/backup/start")).to == "/admin/jobs"
    page = await keeper.get("/admin/jobs")
    assert page.done == ["It starts as soon as nothing else runs."]
    assert "Something is under way. This page looks again by itself." in page.text
    entry = await ended(server[0], "backup")
    assert (entry.outcome, entry.error) == ("done", "")
    assert entry.facts["places"] == 1
    text = (await keeper.get("/admin/jobs")).text
    assert "Done 2" in text
    assert "data-following" not in text
    assert re.search(r"\d\.\d MB, with 0 files", text)
    assert server[0].house.routine.alarm.age < 60_000


async def test_a_failure_is_told_with_its_sentence(
    server: tuple[Server, str], keeper: Browser
) -> None:
    (server[0]._directory.path / "backups").touch()
    await keeper.post("/admin/jobs/backup/start")
    assert (await ended(server[0], "backup")).outcome == "failed"
    text = (await keeper.get("/admin/jobs")).text
    assert re.search(r'Failed [^<]*<br><span lang="en">[^<]*backups[^<]*</span>', text)


async def test_a_clock_in_doubt_is_confirmed(server: tuple[Server, str], keeper: Browser) -> None:
    scheduler = server[0].house.routine.scheduler
    assert "The clock is right" not in (await keeper.get("/admin/jobs")).text
    scheduler._watch.trusted_at = scheduler.now() - 365 * DAY
    await scheduler._look()
    text = (await keeper.get("/admin/jobs")).text
    assert "far from where it was expected" in text
    assert text.count("Waits until the clock is confirmed") == 5
    assert 'action="/admin/jobs/backup/start"' in text
    assert 'action="/admin/jobs/old_backups/start"' not in text
    assert (await keeper.post("/admin/jobs/clock")).to == "/admin/jobs"
    assert not scheduler.clock_in_doubt
    assert "The clock is believed again" in (await keeper.get("/admin/jobs")).text


async def test_a_late_backup_is_told(server: tuple[Server, str], keeper: Browser) -> None:
    alarm = server[0].house.routine.alarm
    alarm._state = State(since=server[0].house.routine.scheduler.now() - 27 * 3_600_000)
    text = (await keeper.get("/admin/jobs")).text
    assert "The last good backup is 27 hours old" in text
    dutch = (await keeper.get("/admin/jobs", **{"Accept-Language": "nl"})).text
    assert "De laatste goede back-up is 27 uur oud" in dutch


async def test_nobody_else_finds_it(
    server: tuple[Server, str], keeper: Browser, another: Another
) -> None:
    async with another() as ada:
        for signed_in in (False, True):
            if signed_in:
                await ada.sign_up()
            assert (await ada.get("/admin/jobs")).status in {303, 404}
            for path in ("/admin/jobs/backup/start", "/admin/jobs/clock"):
                assert (await ada.post(path)).status in {303, 404}
    assert not server[0].house.routine.scheduler.is_asked("backup")
    assert server[0].house.routine.scheduler.entry("backup") == replace(
        Entry("backup"), next_at=server[0].house.routine.scheduler.entry("backup").next_at
    )
    assert (await keeper.post("/admin/jobs/dance/start")).status == 404
    assert (await keeper.get("/admin/jobs/backup/start")).to == "/admin/jobs"
