"""Administrators see how long things are kept, what would go, and hold what must stay."""

import re

from meetd.app import Server
from meetd.pages.words import Languages
from tests.pages.test_account_pages import browser, server
from tests.pages.test_jobs_page import ended, keeper
from tests.support.people import Browser, browser_at

__all__ = ["browser", "keeper", "server"]


async def test_everything_that_goes_by_age_has_its_line(
    server: tuple[Server, str], keeper: Browser
) -> None:
    for language in ("en", "nl"):
        text = (await keeper.get("/admin/retention", **{"Accept-Language": language})).text
        lines = re.findall(
            r'scope="row"[^>]*>[^<]+</th>\s*<td[^>]*>([^<]+)</td>\s*<td[^>]*>([^<]+)</td>'
            r"\s*<td[^>]*>\d+</td>\s*<td[^>]*>([^<]+)</td>",
            text,
        )
        assert len(lines) == len(server[0].stores.sweeps)
        settings = {kept: setting for kept, before, setting in lines if before.startswith("2")}
        fixed = "Fixed" if language == "en" else "Staat vast"
        assert settings["24 months" if language == "en" else "24 maanden"] == (
            "[retention] account_months"
        )
        by_itself = [setting for _, before, setting in lines if not before.startswith("2")]
        assert by_itself == [fixed] * 3, "old names, names of deleted rooms, links"
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


async def test_in_dutch_a_hold_has_one_name_that_is_not_the_word_for_saving(
    server: tuple[Server, str], keeper: Browser
) -> None:
    await server[0].stores.rooms.make("study")
    dutch = {"Accept-Language": "nl"}
    text = (await keeper.get("/admin/retention", **dutch)).text
    buttons = re.findall(r"<button[^>]*>([^<]+)</button>", text)
    assert "Bewaarplicht instellen" in buttons
    assert not {"Bewaren", "Opslaan", "Vasthouden"} & set(buttons)
    words = Languages().named("nl")
    for key in (
        *("done.hold_placed", "done.hold_lifted", "account_error.AccountHeld"),
        *("retention.holds", "retention.holds_lead", "retention.place", "retention.lift_of"),
        *("retention.nothing_to_hold", "documents.breach_2"),
    ):
        assert "bewaarplicht" in words(key, name="study").lower(), key
    hold = {"what": "study", "reason": "a case"}
    assert (await keeper.post("/admin/retention/hold", hold)).to == "/admin/retention"
    assert "Bewaarplicht van study opheffen" in (await keeper.get("/admin/retention", **dutch)).text


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
