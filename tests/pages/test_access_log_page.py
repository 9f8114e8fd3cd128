"""Who entered, looked and changed is in the log, whatever page it was, and can be taken along."""

import csv
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from meetd.app import Server
from meetd.audit.reading import COLUMNS
from meetd.pages import access_log_page
from tests.pages.test_account_pages import browser, server
from tests.pages.test_jobs_page import keeper
from tests.support.guest import guests_at
from tests.support.people import Browser, browser_at

__all__ = ["browser", "keeper", "server"]

PAGE = "/admin/access-log"


async def lines(server: Server) -> list[tuple[str, str]]:
    await server.gathering.noting.written()
    return [(line.act, line.what) async for line in server.stores.access_log.lines()]


async def test_looking_at_people_and_changing_anything_is_written_down(
    server: tuple[Server, str], keeper: Browser
) -> None:
    account = await server[0].stores.accounts.by_email("root@example.org")
    assert account is not None
    before = len(await lines(server[0]))
    await keeper.get("/account")
    await keeper.get(f"/admin/people/{account.id}")
    names = {"first_name": "New", "last_name": "Name", "user_name": "keeper"}
    await keeper.post("/account/names", names)
    await keeper.post("/account/names", names | {"first_name": ""})  # refused: nothing changed
    await keeper.get("/admin/people/" + "x" * 22)  # nobody is there
    assert (await lines(server[0]))[before:] == [
        ("looked", "GET /admin/people/{id}"),
        ("changed", "POST /account/names"),
    ]
    found = [line async for line in server[0].stores.access_log.lines(before)]
    alias = await server[0].stores.access_log.alias(account.id)
    assert [(line.actor, line.subject) for line in found] == [(alias, alias), (alias, None)]


async def test_whoever_leaves_in_the_middle_has_looked(
    server: tuple[Server, str], keeper: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def left(*_: object) -> AsyncIterator[dict[str, Any]]:
        yield dict.fromkeys(COLUMNS, "seen")
        raise ConnectionResetError

    monkeypatch.setattr(access_log_page, "read", left)
    before = len(await lines(server[0]))
    with pytest.raises(aiohttp.ClientPayloadError):
        await keeper.get(f"{PAGE}/csv")
    assert (await lines(server[0]))[before:] == [("looked", f"GET {PAGE}/{{kind}}")]


async def test_acts_on_people_can_be_told_apart(
    server: tuple[Server, str], keeper: Browser
) -> None:
    async with browser_at(server[1]) as other:
        await other.sign_up("bob@example.org", user_name="bob")
    bob = await server[0].stores.accounts.by_email("bob@example.org")
    assert bob is not None
    before = len(await lines(server[0]))
    await keeper.post(f"/admin/people/{bob.id}/reset")
    await keeper.post(f"/admin/people/{bob.id}/block", {"typed": "bob"})
    assert (await lines(server[0]))[before:] == [
        ("changed", "POST /admin/people/{id}/reset"),
        ("changed", "POST /admin/people/{id}/block"),
    ]


async def test_coming_and_going_is_written_down(server: tuple[Server, str]) -> None:
    async with guests_at(server[1]) as guests:
        await guests.join("study", "Bob")
    await server[0].gathering.meetings.stop()
    await server[0].gathering.noting.written()
    found = [line async for line in server[0].stores.access_log.lines()]
    assert [(line.act, line.actor) for line in found] == [
        ("entered", "visitor"),
        ("left", "visitor"),
    ]
    assert found[0].what == found[1].what
    assert found[0].room == found[1].room


async def test_a_sign_in_is_written_down(server: tuple[Server, str], browser: Browser) -> None:
    await browser.sign_up()
    await browser.post("/logout")
    await browser.sign_in()
    found = await lines(server[0])
    assert found.count(("entered", "signed in")) >= 1
    assert ("changed", "POST /logout") in found


async def test_it_is_read_on_the_page_and_taken_along(
    server: tuple[Server, str], keeper: Browser
) -> None:
    text = (await keeper.get(PAGE)).text
    assert "root@example.org" in text
    rows = list(csv.DictReader((await keeper.get(f"{PAGE}/csv")).text.splitlines()))
    assert rows
    assert {row["actor"] for row in rows} == {"root@example.org"}
    answer = await keeper.get(f"{PAGE}/json")
    facts = [json.loads(line) for line in answer.text.splitlines()]
    assert [fact["number"] for fact in facts] == list(range(1, len(facts) + 1))
    assert ("looked", f"GET {PAGE}") in {(fact["act"], fact["what"]) for fact in facts}
    assert (await server[0].stores.access_log.verify()).problem is None


async def test_for_everybody_else_there_is_nothing_here(server: tuple[Server, str]) -> None:
    async with browser_at(server[1]) as stranger:
        await stranger.sign_up("eve@example.org")
        for path in (PAGE, f"{PAGE}/csv", f"{PAGE}/json"):
            assert (await stranger.get(path)).status == 404
