"""Whoever has not signed in for long is told by letter and on every page, and what to do."""

from pathlib import Path

import pytest

from meetd.accounts.identity import check_identity
from meetd.core.periods import Months, day_of
from meetd.storage.database import Transaction
from tests.mail.test_post import PUBLIC, postbox
from tests.support.people import browser_at, sign_up_form
from tests.support.postbox import Postbox
from tests.support.server import running_server, test_settings

__all__ = ["postbox"]

MAIL = {"host": "127.0.0.1", "encryption": "off", "sender": "meetd@example.org"}


async def test_a_letter_says_when_and_how_to_keep_the_account(
    tmp_path: Path, postbox: Postbox
) -> None:
    settings = test_settings(server={"public_url": PUBLIC}, mail={**MAIL, "port": postbox.port})
    async with running_server(tmp_path, settings) as (server, _):
        now = server.house.routine.scheduler.now()
        used_at = Months(24).cutoff(now + 7 * 86_400_000) - 1
        for name in ("ada", "bob"):
            identity = check_identity(f"{name}@example.org", name, "Example", name)
            await server.stores.accounts.joining.add(identity, None, administrator=False)

        async def long_ago(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE accounts SET created_at = :at WHERE user_name = 'ada'", {"at": used_at}
            )

        await server.stores.database.write(long_ago)
        server.house.routine.scheduler.start("notices")
        await server.house.routine.scheduler.turn()
        assert server.house.routine.scheduler.entry("notices").facts == {"told": 1}
        letter, text = await postbox.next()
        server.house.routine.scheduler.start("notices")
        await server.house.routine.scheduler.turn()
        assert server.house.routine.scheduler.entry("notices").facts == {"told": 0}
    assert postbox.letters == []
    assert letter["To"] == "ada@example.org"
    day = str(day_of(now + 7 * 86_400_000))
    assert letter["Subject"] == f"Your account ends on {day}"
    assert f"{PUBLIC}/login" in text


async def test_a_mailbox_that_is_gone_keeps_nobody_else(
    tmp_path: Path, postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    """It counts as told; a server that takes none of our mail does not."""
    settings = test_settings(server={"public_url": PUBLIC}, mail={**MAIL, "port": postbox.port})
    async with running_server(tmp_path, settings) as (server, _):
        now = server.house.routine.scheduler.now()
        for name in ("ada", "bob", "cas", "dan"):
            identity = check_identity(f"{name}@example.org", name, "Example", name)
            await server.stores.accounts.joining.add(identity, None, administrator=False)

        async def long_ago(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE accounts SET created_at = :at",
                {"at": Months(24).cutoff(now + 7 * 86_400_000) - 1},
            )

        await server.stores.database.write(long_ago)
        postbox.refused = {
            "ada@example.org": "550 5.1.1 <ada@example.org> no such user",
            "bob@example.org": "550 no such user here",
            "cas@example.org": "554 5.7.1 <cas@example.org>: relay access denied",
        }
        assert await server.stores.accounts.ending.give_notices() == (3, 1)
        letter, _ = await postbox.next()
        assert letter["To"] == "dan@example.org"
        postbox.refused = {}
        assert await server.stores.accounts.ending.give_notices() == (1, 0)
        letter, _ = await postbox.next()
        assert letter["To"] == "cas@example.org"
    assert caplog.text.count("is undeliverable") == 2
    assert "@example.org" not in caplog.text


async def test_every_page_says_it_until_they_sign_in_again(tmp_path: Path) -> None:
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(tmp_path, settings) as (server, url), browser_at(url) as browser:
        await browser.post("/signup", sign_up_form())
        now = server.house.routine.scheduler.now()
        used_at = Months(24).cutoff(now + 7 * 86_400_000) - 1

        async def long_ago(transaction: Transaction) -> None:
            await transaction.execute("UPDATE accounts SET last_sign_in_at = :at", {"at": used_at})

        await server.stores.database.write(long_ago)
        assert "is going to be erased" not in (await browser.get("/account")).text
        await server.stores.accounts.ending.give_notices()
        for page in ("/", "/account", "/account/rooms"):
            text = (await browser.get(page)).text
            assert f"is going to be erased on {day_of(now + 7 * 86_400_000)}" in text
        await browser.post("/logout")
        await browser.sign_in()
        assert "is going to be erased" not in (await browser.get("/account")).text
