"""Administrators see how long things are kept, what would go, and hold what must stay."""

import re

from meetd.app import Server
from tests.pages.test_account_pages import browser, server
from tests.pages.test_jobs_page import ended, keeper
from tests.support.people import Browser, browser_at

__all__ = ["browser", "keeper", "server"]


async def test_everything_that_goes_by_age_has_its_line(
    server: tuple[Server, str], keeper: Browser
) -> None:
    for language in ("en", "nl"):
        text = (await keeper.get("/admin/retention", **{"Accept-Language": language})).text
        lines = re.findall(r'scope="row"[^>]*>[^<]+</th>\s*<td[^>]*>[^<]+</td>\s*<td[^>]*>2', text)
        assert len(lines) == len(server[0].stores.sweeps)
    assert (await keeper.post("/admin/jobs/purge/start")).to == "/admin/jobs"
    assert (await ended(server[0], "purge")).outcome == "done"


async def test_a_hold_is_placed_and_lifted(server: tuple[Server, str], keeper: Browser) -> None:
    room = await server[0].stores.rooms.make("study")
    wrong = await keeper.post("/admin/retention/hold", {"what": "attic", "reason": "a case"})
    assert (wrong.status, "no account and no room" in wrong.alert) == (400, True)
    assert 'value="attic"' in wrong.text
    wrong = await keeper.post("/admin/retention/hold", {"what": "study", "reason": " "})
    assert "Write the reason" in wrong.alert
    hold = {"what": "study", "reason": "<b>a case</b>"}
    assert (await keeper.post("/admin/retention/hold", hold)).to == "/admin/retention"
    page = await keeper.get("/admin/retention")
    assert page.done == ["It is held from now on."]
    assert "&lt;b&gt;a case&lt;/b&gt;" in page.text
    found = re.search(r'name="hold" value="([^"]+)"', page.text)
    assert found
    assert (await keeper.post("/admin/retention/lift", {"hold": found[1]})).status == 303
    assert (await keeper.get("/admin/retention")).done == ["The hold is lifted."]
    assert (await keeper.post("/admin/retention/lift", {"hold": found[1]})).status == 303
    entries = await server[0].stores.audit.entries()
    assert [(line.act, line.room) for line in entries] == [
        ("hold-placed", room.id),
        ("hold-lifted", room.id),
    ]


async def test_an_owner_is_told_that_a_held_room_stays(
    server: tuple[Server, str], keeper: Browser
) -> None:
    await keeper.post("/rooms/new")
    (room,) = [each async for each in server[0].stores.rooms.all()]
    await keeper.post("/admin/retention/hold", {"what": room.name, "reason": "a case"})
    answer = await keeper.post(f"/account/rooms/{room.id}/delete", {"confirm": room.name})
    assert answer.status == 409
    assert "has to be kept" in answer.text
    assert await server[0].stores.rooms.by_id(room.id) is not None


async def test_for_everybody_else_there_is_nothing_here(
    server: tuple[Server, str],
) -> None:
    await server[0].stores.rooms.make("study")
    async with browser_at(server[1]) as stranger:
        for path in ("/admin/retention", "/admin/retention/hold", "/admin/retention/lift"):
            assert (await stranger.get(path)).status == 404
        hold = {"what": "study", "reason": "a case"}
        assert (await stranger.post("/admin/retention/hold", hold)).status == 404
    assert await server[0].stores.holds.all() == []
