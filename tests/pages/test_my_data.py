"""People see what is kept of them, take it along, and close their account."""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from meetd.accounts.account import Account
from meetd.app import Server
from meetd.audit.holdings import AccessLogHolding
from meetd.chat.holdings import ChatHolding
from meetd.core.holdings import Countable
from meetd.storage.database import Transaction
from tests.pages.test_account_pages import Another, another, browser, server
from tests.support.house import say, say_in_private, share
from tests.support.people import GOOD, Browser

__all__ = ["another", "browser", "server"]

PAGE = "/account/data"


async def archive_of(server: Server, browser: Browser) -> zipfile.ZipFile:
    """Asked for on the page, waited for, fetched."""
    assert (await browser.post(f"{PAGE}/archive")).to == f"{PAGE}#archive"
    await server.house.exports.finished()
    page = await browser.get(PAGE)
    assert "Download the archive" in page.text
    async with browser.session.get(f"{browser.url}{PAGE}/archive") as response:
        assert response.headers["Content-Type"] == "application/zip"
        assert "attachment" in response.headers["Content-Disposition"]
        return zipfile.ZipFile(io.BytesIO(await response.read()))


async def person(server: Server, browser: Browser) -> Account:
    await browser.sign_up()
    account = await server.stores.accounts.by_email("ada@example.org")
    assert account is not None
    return account


async def test_everything_that_is_kept_has_what_why_and_until_when(
    server: tuple[Server, str], browser: Browser
) -> None:
    await person(server[0], browser)
    for language, until in (("en", "Kept for"), ("nl", "Bewaard gedurende")):
        text = (await browser.get(PAGE, **{"Accept-Language": language})).text
        assert until in text
        # Lines of the access log outlive the account.
        assert "or until the account is erased" not in text
        assert "of tot het account gewist wordt" not in text
        assert "ada@example.org" in text
        assert "argon2" not in text


async def test_of_very_many_rows_a_few_are_read_and_all_are_counted(
    server: tuple[Server, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await person(server[0], browser)
    room = await server[0].stores.rooms.make_owned("study", account.id, locked=True)
    await server[0].gathering.noting.written()
    log = server[0].stores.access_log
    before = [row async for row in log.lines(person=account.id)]
    for number in range(30):
        await say(server[0], room, f"number {number}.")
        await log.note("looked", account_id=None, what="GET /", subject=account.id)
    read: Counter[str] = Counter()

    def counted(holding: Any) -> None:
        export = holding.export_for

        async def export_for(self: Any, who: str) -> AsyncIterator[dict[str, Any]]:
            async for row in export(self, who):
                read[row["kind"]] += 1
                yield row

        monkeypatch.setattr(holding, "export_for", export_for)

    counted(ChatHolding)
    counted(AccessLogHolding)
    text = (await browser.get(PAGE)).text
    assert read == {"message": 20, "access log": 20}
    assert "number 19." in text
    assert "number 20." not in text
    assert "And 10 more" in text
    assert f"And {len(before) + 10} more" in text


async def test_what_is_counted_is_what_is_exported(
    server: tuple[Server, str], browser: Browser
) -> None:
    account = await person(server[0], browser)
    room = await server[0].stores.rooms.make_owned("study", account.id, locked=True)
    await say(server[0], room, "hello")
    await share(server[0], room, "plan.png", b"the plan")
    others = await server[0].stores.rooms.make("garden")
    await say(server[0], others, "not theirs")
    await say_in_private(server[0], others, account.id)
    await server[0].gathering.noting.written()
    counted = [each for each in server[0].stores.holdings if isinstance(each, Countable)]
    assert len(counted) == 4
    for holding in counted:
        assert len(holding.kinds) == 1
        rows = [row async for row in holding.export_for(account.id)]
        assert await holding.count_for(account.id) == len(rows) > 0


async def test_every_kind_of_row_has_its_words(server: tuple[Server, str]) -> None:
    languages = server[0].house.languages
    for language in ("en", "nl"):
        words = languages.named(language)
        for holding in server[0].stores.holdings:
            for kind in holding.kinds:
                assert f"my_data.{kind.replace(' ', '_')}" in words
                assert f"my_data.{kind.replace(' ', '_')}_why" in words


async def test_the_archive_has_every_row_and_the_files(
    server: tuple[Server, str], browser: Browser
) -> None:
    account = await person(server[0], browser)
    room = await server[0].stores.rooms.make_owned("study", account.id, locked=True)
    await say(server[0], room, "=1+1 is a formula")
    await share(server[0], room, "../plan \u202egnp.exe", b"the plan" * 50_000)
    archive = await archive_of(server[0], browser)
    kept = json.loads(archive.read("account.json"))
    assert kept["account"][0]["email"] == "ada@example.org"
    assert [row["text"] for row in kept["message"]] == ["=1+1 is a formula"]
    (name,) = [name for name in archive.namelist() if name.startswith("files/")]
    assert re.fullmatch(r"files/1-[A-Za-z0-9._-]+", name)
    assert kept["file"][0]["file"] == name
    assert archive.read(name) == b"the plan" * 50_000
    assert "'=1+1 is a formula" in archive.read("csv/message.csv").decode()
    rows = []
    for holding in server[0].stores.holdings:
        rows += [row async for row in holding.export_for(account.id)]
    declared = {row["kind"] for row in rows}
    assert set(kept) == declared
    for kind in declared - {"access log"}:  # to which fetching the archive added a line
        assert len(kept[kind]) == sum(row["kind"] == kind for row in rows), kind


async def test_nobody_fetches_the_archive_of_somebody_else(
    server: tuple[Server, str], browser: Browser, another: Another
) -> None:
    await person(server[0], browser)
    await archive_of(server[0], browser)
    async with another() as bob:
        await bob.sign_up("bob@example.org")
        assert (await bob.get(f"{PAGE}/archive")).to == PAGE
    await browser.post("/logout")
    assert "/login" in (await browser.get(f"{PAGE}/archive")).to


async def test_an_archive_is_not_in_clear_on_the_disk_and_goes_after_a_week(
    server: tuple[Server, str], browser: Browser
) -> None:
    account = await person(server[0], browser)
    await archive_of(server[0], browser)
    folder = server[0]._directory.exports
    (path,) = folder.glob("??/*")
    assert not zipfile.is_zipfile(path)
    assert b"Lovelace" not in path.read_bytes()

    async def a_week_ago(transaction: Transaction) -> None:
        await transaction.execute("UPDATE exports SET asked_at = asked_at - 604800001")

    await server[0].stores.database.write(a_week_ago)
    assert await server[0].house.exports.of(account.id) is None
    assert (await browser.get(f"{PAGE}/archive")).to == PAGE
    assert (await server[0].house.routine.purge.run())["exports"] == 1


async def test_after_a_restore_the_archive_is_asked_for_anew(
    server: tuple[Server, str], browser: Browser
) -> None:
    await person(server[0], browser)
    await archive_of(server[0], browser)
    (path,) = server[0]._directory.exports.glob("??/*")
    path.unlink()
    assert (await browser.get(f"{PAGE}/archive")).to == PAGE
    assert "Download the archive" not in (await browser.get(PAGE)).text
    await archive_of(server[0], browser)


async def test_a_stop_in_the_middle_is_made_up_for(
    server: tuple[Server, str], browser: Browser
) -> None:
    account = await person(server[0], browser)
    await server[0].stores.exports.ask(account.id)
    assert "could not be made" in (await browser.get(PAGE)).text
    await server[0].house.exports.open()
    await server[0].house.exports.finished()
    export = await server[0].house.exports.of(account.id)
    assert export is not None
    assert export.length


@pytest.mark.parametrize("proof", ["", "wrong password"])
async def test_closing_asks_who_it_is(
    server: tuple[Server, str], browser: Browser, proof: str
) -> None:
    account = await person(server[0], browser)

    async def long_ago(transaction: Transaction) -> None:
        await transaction.execute("UPDATE account_sessions SET proven_at = 1")

    await server[0].stores.database.write(long_ago)
    answer = await browser.post(f"{PAGE}/close", {"current": proof})
    assert answer.status == 403
    assert (await server[0].stores.accounts.active(account.id)) is not None
    answer = await browser.post(f"{PAGE}/close", {"current": GOOD})
    assert answer.to == "/login"
    assert (await server[0].stores.accounts.active(account.id)) is None


async def test_rooms_are_handed_on_or_go_along(
    server: tuple[Server, str], browser: Browser
) -> None:
    account = await person(server[0], browser)
    await server[0].stores.rooms.make_owned("study", account.id, locked=True)
    answer = await browser.post(f"{PAGE}/close")
    assert answer.status == 409
    assert "You own rooms" in answer.alert
    assert (await browser.post(f"{PAGE}/close", {"rooms": "yes"})).to == "/login"
    assert (await browser.get(PAGE)).to.startswith("/login"), "still signed in"


async def test_a_sign_in_within_the_week_brings_the_account_back(
    server: tuple[Server, str], browser: Browser
) -> None:
    account = await person(server[0], browser)
    reception = await server[0].stores.accounts.reception_of("ada-lovelace")
    assert reception == account.id
    await browser.post(f"{PAGE}/close")
    assert await server[0].stores.accounts.reception_of("ada-lovelace") is None
    assert (await browser.sign_in()).status == 303
    assert await server[0].stores.accounts.active(account.id) is not None
    assert await server[0].stores.accounts.closing.due(2**62) == []


async def test_the_last_administrator_stays(server: tuple[Server, str], browser: Browser) -> None:
    link = await server[0].first_link(browser.url)
    assert link
    await browser.sign_up("root@example.org", path=link, user_name="keeper")
    answer = await browser.post(f"{PAGE}/close")
    assert answer.status == 409
    assert "only administrator" in answer.alert
