"""What others were bitten by, with addresses of accounts; the first words name the lesson."""

from pathlib import Path

import pytest

from meetd.accounts.account import AccountRefused
from tests.accounts.conftest import GOOD, NETWORK, House, Open, house, opened
from tests.accounts.test_address_changes import NEW, agree, ask, email_of
from tests.accounts.test_passkeys import signed_up
from tests.pages.test_account_pages import Another, another, browser, server
from tests.support.people import Browser

__all__ = ["another", "browser", "house", "opened", "server"]


async def test_nextcloud_cve_2021_45286_asking_does_not_tell_that_an_address_is_taken(
    browser: Browser, another: Another
) -> None:
    async with another() as bob:
        await bob.sign_up("bob@example.org")
    await browser.sign_up()
    seen = set()
    for email in ("bob@example.org", "nobody@example.org"):
        answer = await browser.post("/account/email", {"new_email": email})
        page = (await browser.get("/account")).text.replace(email, "x")
        seen.add((answer.status, answer.to, page))
    assert len(seen) == 1


async def test_nextcloud_cve_2021_45286_a_taken_address_is_not_handed_over(house: House) -> None:
    await house.sign_up("bob@example.org")
    who = await signed_up(house)
    await ask(house, who, "bob@example.org")
    await agree(house, "old", who.account)
    changes = house.accounts.address_changes
    link = (await changes.link("new", who.account)).reveal()
    for _ in range(2):
        with pytest.raises(AccountRefused, match="EmailTaken"):
            await changes.confirm("new", link)
    assert await email_of(house, who) == "ada@example.org"
    assert await house.sign_in("bob@example.org")


async def test_whoever_took_an_account_over_cannot_shut_the_way_back(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    changes = house.accounts.address_changes
    undo = (await changes.undo_link(who.account)).reveal()
    await agree(house, "old", who.account)
    await agree(house, "new", who.account)
    token = await house.accounts.signing_in.change_password(
        who, GOOD, "a quite different passphrase", network=NETWORK, browser=""
    )
    thief = await house.accounts.who(token.reveal())
    assert thief is not None
    with pytest.raises(AccountRefused, match="EmailChangedLately"):
        await ask(house, thief, "thief@example.com")
    await changes.cancel(thief.account)
    assert (await changes.undo(undo))[0] == "taken back"
    assert await email_of(house, who) == "ada@example.org"


async def test_links_that_went_to_the_old_address_end_with_it(house: House) -> None:
    who = await signed_up(house)
    reset = (await house.accounts.joining.password_link(who.account, by_hand=True)).reveal()
    await ask(house, who)
    await agree(house, "old", who.account)
    await house.accounts.signing_in.check_reset(reset)
    await agree(house, "new", who.account)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.accounts.signing_in.check_reset(reset)


async def test_bbb_29234_a_blocked_account_comes_back_under_neither_address(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    changes = house.accounts.address_changes
    undo = (await changes.undo_link(who.account)).reveal()
    await agree(house, "old", who.account)
    await agree(house, "new", who.account)
    await house.accounts.block(who.account, actor="operator")
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.undo(undo)
    await house.accounts.erase(who.account, actor="operator")
    house.clock.forward(days=30)
    for email in ("ada@example.org", NEW):
        with pytest.raises(AccountRefused, match="EmailTaken"):
            await house.sign_up(email)


async def test_nextcloud_pf36_asking_is_limited_as_signing_in_is(opened: Open) -> None:
    house = await opened(attempts_per_account=3)
    who = await signed_up(house)
    for _ in range(2):
        await ask(house, who)
    with pytest.raises(AccountRefused, match="TooManyAttempts"):
        await ask(house, who)


async def test_a_stolen_database_names_neither_address(house: House, tmp_path: Path) -> None:
    who = await signed_up(house)
    await ask(house, who)
    await house.accounts.address_changes.link("new", who.account)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("meetd.db*"))
    assert b"ada@example" not in kept
    assert b"change-new" in kept, "looked into the wrong file"
