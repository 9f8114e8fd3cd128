"""People without an account see what they left, correct their name, take it along, and have it
erased, by the link that their browser keeps; without JavaScript."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from meetd.core.holdings import OfVisitors, Traces
from meetd.core.ids import new_id, new_token
from meetd.pages.kinds import in_words
from meetd.protocol.boards import AddBoard, BoardMade
from meetd.protocol.chat import ChatChanged, SendChat
from meetd.protocol.door import Knock, KnockSeen, KnockState
from meetd.protocol.hosting import SendToLobby
from meetd.protocol.session import Done, Ended, Refused
from meetd.usage.stay import Panel, PathUsed
from tests.api.test_content import SETTINGS, TUS, Post, metadata
from tests.lifecycle.test_visitor_erasure import fill
from tests.support.clock import MovedClock
from tests.support.door import Street, at_the_door, street_at
from tests.support.guest import guests_at
from tests.support.people import Browser, browser_at
from tests.support.server import running_server
from tests.support.visitors import browser, erase, path_of, street, talker

__all__ = ["browser", "street"]


async def archive_of(browser: Browser, token: str) -> zipfile.ZipFile:
    status, headers, content = await browser.file(f"{path_of(token)}/archive")
    assert (status, headers["Content-Type"]) == (200, "application/zip")
    assert headers["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(content))


async def test_what_somebody_left_is_shown_and_nothing_of_others(
    street: Street, browser: Browser
) -> None:
    mine, theirs = new_token(), new_token()
    await talker(street, mine)
    await talker(street, theirs, name="Mallory")
    for language, words in (
        ("en", ("My data", "What you wrote in rooms", "Not found by it")),
        ("nl", ("Mijn gegevens", "Wat je in kamers hebt geschreven", "Niet ermee te vinden")),
    ):
        answer = await browser.get(path_of(mine), **{"Accept-Language": language})
        assert answer.status == 200
        for each in (*words, "Zoe was in the garden", f"{browser.url}{path_of(mine)}"):
            assert each in answer.text
        assert "Mallory" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert re.findall(r"<script[^>]*>[^<]", answer.text) == []
        assert '<meta name="referrer" content="strict-origin">' in answer.text


async def test_whoever_leaves_nothing_is_not_written_down(street: Street, browser: Browser) -> None:
    token = new_token()
    guest = await street.enter("garden", "Zoe", visitor=token)
    await guest.load_before(1)
    rows = await street.server.stores.database.read("SELECT count(*) AS number FROM visitors")
    assert rows[0]["number"] == 0
    answer = await browser.get(path_of(token))
    assert answer.status == 404
    assert "Nothing is found by this link" in answer.text


async def test_whoever_is_refused_is_not_written_down(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        guests_at(url) as guests,
        browser_at(url) as browser,
    ):
        post = Post(server, tmp_path, url, browser.session, guests)
        zoe = await guests.join("study", "Zoe", visitor=new_token())
        said = SendChat(client_id=new_id(), text=" ", to=None)
        for command, code in (
            (said, "TextEmpty"),
            (msgspec.structs.replace(said, text="hello", to=new_id()), "NoSuchParticipant"),
            (AddBoard(name=" "), "NameEmpty"),
        ):
            refused = await zoe.ask(command)
            assert isinstance(refused, Refused)
            assert refused.refusal.code == code
        headers = TUS | {"Upload-Length": "9" * 12, "Upload-Metadata": metadata("plan.txt")}
        assert (await post.ask("POST", "/api/v1/uploads", zoe, headers=headers))[0] == 413
        rows = await server.stores.database.read("SELECT count(*) AS number FROM visitors")
        assert rows[0]["number"] == 0


async def test_the_link_is_kept_as_a_hash_only(street: Street, tmp_path: Path) -> None:
    token = new_token()
    await talker(street, token)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert token.encode() not in everything


async def test_the_name_is_corrected_everywhere_at_once(street: Street, browser: Browser) -> None:
    ada, token = await street.account("Ada"), new_token()
    room = await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    await street.enter("garden", "Bob")
    zoe = await talker(street, token)
    knocker, _ = await street.look("study", "Zoe")
    await knocker.ask(Knock(name="Zoe", message="hello", visitor=token))
    await host.until(lambda: "Zoe" in at_the_door(host), "nobody knocked")
    answer = await browser.post(f"{path_of(token)}/name", {"name": " Zo\u202eë "})
    assert answer.to == path_of(token)
    text = (await browser.get(path_of(token))).text
    assert "Zoë" in text
    assert ">Zoe<" not in text
    await zoe.seen(ChatChanged, lambda event: event.message.name == "Zoë")
    assert {one.name for one in zoe.snapshot.participants} == {"Bob", "Zoë"}
    await host.until(lambda: "Zoë" in at_the_door(host), "the door shows the old name")
    (knock,) = await street.server.stores.knocks.waiting()
    assert (knock.words.name, knock.words.message) == ("Zoë", "hello")
    assert room.owner_id == ada.id


@pytest.mark.parametrize("name", ["", "\u202e", "x" * 65, "x" * 4_000])
async def test_a_name_that_is_none_is_refused_beside_its_field(
    street: Street, browser: Browser, name: str
) -> None:
    token = new_token()
    await talker(street, token)
    answer = await browser.post(f"{path_of(token)}/name", {"name": name})
    assert answer.status == 400
    assert answer.alert
    assert 'aria-invalid="true"' in answer.text
    assert "Zoe was in the garden" in answer.text
    assert (await browser.get(f"{path_of(token)}/name")).to == path_of(token)


async def test_everything_goes_along_with_the_files(tmp_path: Path) -> None:
    token = new_token()
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        guests_at(url) as guests,
        browser_at(url) as browser,
    ):
        post = Post(server, tmp_path, url, browser.session, guests)
        zoe = await guests.join("study", "Zoe", visitor=token)
        eve = await post.join("Eve")
        await zoe.say("=1+1 is a formula")
        await eve.say("not hers")
        plain = b"the plan" * 100_000
        item = await post.share(zoe, plain)
        await post.share(eve, b"not hers")
        assert isinstance(await zoe.ask(AddBoard(name="Sketch")), BoardMade)
        await server.gathering.noting.written()
        archive = await archive_of(browser, token)
        kept = json.loads(archive.read("visitor.json"))
        assert set(kept) == {"browser", "message", "file", "whiteboard", "access log"}
        assert [row["text"] for row in kept["message"]] == ["=1+1 is a formula"]
        (row,) = kept["file"]
        assert archive.read(row["file"]) == plain
        assert [(each["room"], each["name"]) for each in kept["whiteboard"]] == [
            ("study", "Sketch")
        ]
        assert re.fullmatch(r"files/1-[A-Za-z0-9._-]+", row["file"])
        assert kept["browser"][0]["rooms"] == ["study"]
        assert "'=1+1" in archive.read("csv/message.csv").decode()
        assert archive.testzip() is None
        # Erased, it is gone for everybody who is there.
        assert (await erase(browser, token)).status == 200
        await eve.until(lambda: len(eve.snapshot.content) == 1, "the file is still there")
        assert item not in {each.id for each in eve.snapshot.content}
        await eve.until(lambda: eve.snapshot.boards[0].author_name == "", "the maker is named")
        first = eve.messages[0]
        assert (first.name, first.text, first.deleted) == ("", "", True)
        assert eve.messages[1].text == "not hers"


async def test_coming_and_going_is_shown_to_whoever_it_was(
    street: Street, browser: Browser
) -> None:
    token, server = new_token(), street.server
    zoe = await talker(street, token)
    await talker(street, new_token(), name="Bob")
    await street.enter("attic", "Zoe", visitor=token)
    await zoe.leave()
    await server.gathering.meetings._errands.finished()
    archive = json.loads((await archive_of(browser, token)).read("visitor.json"))
    assert [row["act"] for row in archive["access log"]] == ["entered", "left"]
    assert "When you came into rooms" in (await browser.get(path_of(token))).text
    lines = len([line async for line in server.stores.access_log.lines()])
    assert (await erase(browser, token)).status == 200
    assert len([line async for line in server.stores.access_log.lines()]) >= lines
    assert (await server.stores.access_log.verify()).problem is None


async def test_what_is_done_by_a_link_is_in_the_log_without_it(
    street: Street, browser: Browser
) -> None:
    token, server = new_token(), street.server
    await talker(street, token)
    path = path_of(token)
    before = (await server.stores.access_log.head()).number
    await browser.get(path)
    await browser.get(f"{path}/name")  # sent on
    await browser.file(f"{path}/archive")
    await browser.post(f"{path}/name", {"name": "Zora"})
    await browser.post(f"{path}/erase")  # refused
    await erase(browser, token)
    await browser.get(path)  # nothing is there any more
    await server.gathering.noting.written()
    found = [line async for line in server.stores.access_log.lines(before)]
    noted = [line for line in found if line.room is None]
    assert [(line.act, line.what) for line in noted] == [
        ("looked", "GET /privacy/data/{token}"),
        ("looked", "GET /privacy/data/{token}/archive"),
        ("changed", "POST /privacy/data/{token}/name"),
        ("changed", "POST /privacy/data/{token}/erase"),
    ]
    assert {line.actor for line in noted} == {"visitor"}


async def test_erasing_ends_the_stay_the_knock_and_the_access(
    street: Street, browser: Browser
) -> None:
    ada, token = await street.account("Ada"), new_token()
    room = await street.room("study", ada)
    host = await street.enter("study", "Ada", ada)
    zoe = await talker(street, token)
    knocker, _ = await street.look("study", "Zoe")
    seen = await knocker.ask(Knock(name="Zoe", visitor=token))
    await host.until(lambda: "Zoe" in at_the_door(host), "nobody knocked")
    traces = await street.server.stores.visitors.use(token)
    assert traces is not None
    assert len(await street.server.stores.knocks.of_places(traces.places)) == 1
    answer = await erase(browser, token)
    assert "Erased" in answer.text
    assert (await zoe.seen(Ended)).retry is False
    await host.until(lambda: "Zoe" not in at_the_door(host), "still waits")
    assert await street.server.stores.knocks.of_places(traces.places) == []
    assert await street.server.stores.knocks.waiting() == []
    assert await street.server.stores.knocks.by_place(seen.place) is None  # type: ignore[attr-defined]
    assert await street.server.stores.grants.of(room) == []
    assert (await browser.get(path_of(token))).status == 404


async def test_a_browser_that_is_always_admitted_is_shown_and_has_to_knock_again(
    street: Street, browser: Browser
) -> None:
    ada, token = await street.account("Ada"), new_token()
    room = await street.room("study", ada)
    stores = street.server.stores
    place = new_token()
    knocker, _ = await street.look("study", "Zoe")
    await knocker.ask(Knock(name="Zoe", place=place, visitor=token))
    (knock,) = await stores.knocks.waiting()
    new = stores.grants.by_browser("Zoe", await stores.knocks.place_hash_of(knock))
    await stores.grants.add(room, new)
    assert "Rooms that always let you in" in (await browser.get(path_of(token))).text
    await browser.post(f"{path_of(token)}/name", {"name": "Zoë"})
    assert [grant.label for grant in await stores.grants.of(room)] == ["Zoë"]
    zoe = await street.enter("study", "Zoe", place=place, visitor=token)
    await erase(browser, token)
    await zoe.seen(Ended)
    assert await stores.grants.of(room) == []
    assert await street.refused("study", "Zoe", place=place) == "KnockFirst"


async def test_a_long_talk_is_erased_whole_and_everybody_comes_anew(
    street: Street, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetd.meetings.talking.PAGE", 5)
    token = new_token()
    zoe = await talker(street, token)
    bob = await street.enter("garden", "Bob")
    for number in range(6):
        assert isinstance(await zoe.say(f"number {number}."), Done)
    assert (await erase(browser, token)).status == 200
    ended = await bob.seen(Ended)
    assert ended.retry
    again = await street.enter("garden", "Bob")
    assert [(each.deleted, each.text, each.name) for each in again.messages] == [(True, "", "")] * 7


async def test_whoever_comes_after_erasing_begins_anew(street: Street, browser: Browser) -> None:
    token = new_token()
    zoe = await talker(street, token)
    await erase(browser, token)
    await zoe.seen(Ended)
    await talker(street, token, name="Zoe again")
    text = (await browser.get(path_of(token))).text
    assert "Zoe again was in the garden" in text
    assert "Zoe was" not in text


async def test_what_an_account_leaves_is_not_bound_to_the_browser(
    street: Street, browser: Browser
) -> None:
    ada, token = await street.account("Ada"), new_token()
    await street.room("study", ada)
    guest = await street.enter("study", "Ada", ada, visitor=token)
    await guest.say("hello")
    assert (await browser.get(path_of(token))).status == 404


async def test_somebody_sent_to_the_lobby_finds_that_knock_too(
    street: Street, browser: Browser
) -> None:
    ada, token = await street.account("Ada"), new_token()
    room = await street.room("study", ada, locked=False)
    host = await street.enter("study", "Ada", ada)
    zoe = await street.enter("study", "Zoe", visitor=token)
    await street.server.stores.rooms.set_locked(room, locked=True)
    await host.ask(SendToLobby(participant=zoe.id))
    await zoe.seen(KnockSeen)
    assert "Where you knocked" in (await browser.get(path_of(token))).text


async def test_every_kind_has_its_words(street: Street) -> None:
    for language in ("en", "nl"):
        words = street.server.house.languages.named(language)
        for holding in street.server.house.visitor_rights.holdings:
            for kind in holding.visitor_kinds:
                key = f"visitor.{kind.replace(' ', '_')}"
                assert key in words
                assert f"{key}_why" in words


async def test_everything_that_is_shown_has_its_words(street: Street) -> None:
    token, server = new_token(), street.server
    await talker(street, token, room="attic")
    room = await server.stores.rooms.find("attic")
    assert room is not None
    await fill(server, token, room)
    traces = await server.stores.visitors.use(token)
    assert traces is not None
    for language in map(server.house.languages.named, ("en", "nl")):
        for holding in server.house.visitor_rights.holdings:
            async for row in holding.export_for_visitor(traces):
                shown = in_words("visitor.message", "room", [row], 1, language).rows[0]
                assert not {name for name, _ in shown} & row.keys(), row
        for section, values in OF_A_FEW.items():
            for each in values:
                assert f"kept_{section}.{each}".replace(" ", "_") in language


OF_A_FEW = {
    "state": get_args(KnockState),
    "path": get_args(PathUsed),
    "used": get_args(Panel),
    "act": ("entered", "left"),
}


async def test_what_is_shown_is_in_the_language_of_whoever_reads(
    street: Street, browser: Browser
) -> None:
    ada, token = await street.account("Ada"), new_token()
    await street.room("study", ada)
    knocker, _ = await street.look("study", "state")
    await knocker.ask(Knock(name="waiting", message="kept.state", visitor=token))
    text = (await browser.get(path_of(token), **{"Accept-Language": "nl"})).text
    assert re.search(r"<dt[^>]*>Hoe het ervoor staat</dt><dd>Wacht</dd>", text)
    # What people wrote stays as it is.
    assert re.search(r"<dt[^>]*>Naam</dt><dd>waiting</dd>", text)
    assert re.search(r"<dt[^>]*>Bericht</dt><dd>kept.state</dd>", text)


async def test_every_holding_of_something_with_an_author_knows_visitors(street: Street) -> None:
    """A table with a column that says whose something is, but not by an account, is of a holding
    that finds it again."""
    rows = await street.server.stores.database.read(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    )
    named = {
        row["name"]
        for row in rows
        if any(word in (row["sql"] or "") for word in ("author TEXT", "place_hash"))
    }
    assert {"messages", "content_items", "boards", "knocks"} <= named
    for holding in street.server.stores.holdings:
        if holding.tables & named:
            assert isinstance(holding, OfVisitors), holding


async def test_the_time_is_counted_from_the_last_use(tmp_path: Path) -> None:
    clock, token = MovedClock(), new_token()
    day = 24
    async with street_at(tmp_path, clock) as street, browser_at(street.guests.url) as browser:
        server = street.server
        await server.house.routine.scheduler.close()
        guest = await talker(street, token)
        await guest.leave()
        clock.forward(hours=180 * day)
        assert (await browser.get(path_of(token))).status == 200
        clock.forward(hours=180 * day)
        assert await server.stores.visitors.unused.due(cutoff(clock)) == 0
        assert await server.stores.visitors.use(token) is not None
        clock.forward(hours=190 * day)
        assert await server.stores.visitors.unused.remove(cutoff(clock)) == 1
        assert (await browser.get(path_of(token))).status == 404


def cutoff(clock: MovedClock) -> int:
    """Six months ago, at the most."""
    return clock.now() - 184 * 86_400_000


def test_traces_count_everybody_once() -> None:
    assert Traces("v", {"a": ("1", "2"), "b": ("3",)}).participants == ("1", "2", "3")
