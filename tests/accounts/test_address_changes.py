"""An address changes when both ends agreed, and the old one can take it back."""

import asyncio

import pytest

from meetd.accounts.account import Account, AccountRefused, SignedIn
from meetd.accounts.address_store import Side
from tests.accounts.conftest import GOOD, NETWORK, House
from tests.accounts.test_passkeys import add, sign_in, signed_up
from tests.support.ageing import purge

NEW = "ada@example.net"


async def ask(house: House, who: SignedIn, email: str = NEW, password: str = "") -> None:
    await house.accounts.address_changes.ask(who, email, password, network=NETWORK)


async def agree(house: House, side: Side, account: Account) -> bool:
    link = await house.accounts.address_changes.link(side, account)
    return await house.accounts.address_changes.confirm(side, link.reveal())


async def email_of(house: House, who: SignedIn) -> str:
    account = await house.accounts.by_id(who.account.id)
    assert account is not None
    return account.email


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
async def test_it_changes_when_both_have_agreed(house: House, order: tuple[Side, Side]) -> None:
    who = await signed_up(house)
    await ask(house, who, f" {NEW} ")
    assert not await agree(house, order[0], who.account)
    assert not await agree(house, order[0], who.account), "one end twice is not both"
    assert await email_of(house, who) == "ada@example.org"
    house.clock.forward(days=6)
    assert await agree(house, order[1], who.account)
    assert await email_of(house, who) == NEW
    assert await house.sign_in(NEW)
    with pytest.raises(AccountRefused, match="SignInFailed"):
        await house.sign_in("ada@example.org")


async def test_it_takes_a_fresh_proof_or_the_password(house: House) -> None:
    who = await signed_up(house)
    house.clock.forward(seconds=601)
    for wrong in ("", "not the password"):
        with pytest.raises(AccountRefused, match="PasswordWrong"):
            await ask(house, who, NEW, wrong)
    assert await house.accounts.address_changes.of(who.account.id) is None
    await ask(house, who, NEW, GOOD)
    assert await house.accounts.address_changes.of(who.account.id) is not None


async def test_what_is_no_new_address_is_refused(house: House) -> None:
    who = await signed_up(house)
    for email, reason in (("nobody", "EmailInvalid"), ("ADA@example.org", "EmailUnchanged")):
        with pytest.raises(AccountRefused, match=reason) as refused:
            await ask(house, who, email)
        assert refused.value.problems[0].field == "new_email"


async def test_a_link_works_once_for_the_last_address_asked_for(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    changes = house.accounts.address_changes
    early = (await changes.link("new", who.account)).reveal()
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.confirm("old", early)  # the other end's
    await ask(house, who, "ada@example.com")
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.confirm("new", early)
    link = (await changes.link("new", who.account)).reveal()
    await changes.confirm("new", link)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.confirm("new", link)


async def test_it_waits_for_a_week_only(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    changes = house.accounts.address_changes
    links = [(await changes.link("old", who.account)).reveal()]
    house.clock.forward(days=7)
    assert await changes.of(who.account.id) is None
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.confirm("old", links[0])
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.link("new", who.account)


async def test_its_owner_cancels_it(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    changes = house.accounts.address_changes
    link = (await changes.link("old", who.account)).reveal()
    await changes.cancel(who.account)
    assert await changes.of(who.account.id) is None
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.confirm("old", link)


async def test_the_old_address_cancels_it_while_it_waits(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    changes = house.accounts.address_changes
    undo = (await changes.undo_link(who.account)).reveal()
    new = (await changes.link("new", who.account)).reveal()
    assert await changes.undo(undo) == ("cancelled", who.account.id)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.confirm("new", new)
    assert await house.sign_in(), "nothing else was changed"


async def test_the_old_address_takes_it_back_for_a_week(house: House) -> None:
    who = await signed_up(house)
    passkey = await add(house, who)
    await ask(house, who)
    changes = house.accounts.address_changes
    undo = (await changes.undo_link(who.account)).reveal()
    await agree(house, "old", who.account)
    await agree(house, "new", who.account)
    reset = (await house.accounts.joining.password_link(who.account, by_hand=True)).reveal()
    heard: list[str] = []
    house.accounts.on_sessions_ended(lambda account, _session: heard.append(account))
    house.clock.forward(days=6.9)
    assert await changes.undo(undo) == ("taken back", who.account.id)
    assert heard == [who.account.id]
    assert await email_of(house, who) == "ada@example.org"
    assert await house.accounts.sessions(who.account.id) == []
    for email in ("ada@example.org", NEW):
        with pytest.raises(AccountRefused, match="SignInFailed"):
            await house.sign_in(email)  # that person may know the password
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.accounts.signing_in.check_reset(reset)
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        await sign_in(house, passkey)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await changes.undo(undo)


async def test_after_a_week_it_stays_and_the_old_address_is_free(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    undo = (await house.accounts.address_changes.undo_link(who.account)).reveal()
    await agree(house, "old", who.account)
    await agree(house, "new", who.account)
    house.clock.forward(days=6.9)
    with pytest.raises(AccountRefused, match="EmailTaken"):
        await house.sign_up("ada@example.org")
    with pytest.raises(AccountRefused, match="EmailChangedLately"):
        await ask(house, who, "ada@example.com", GOOD)
    house.clock.forward(days=0.2)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.accounts.address_changes.undo(undo)
    await house.sign_up("ada@example.org")
    await ask(house, who, "ada@example.com", GOOD)


async def test_new_names_do_not_bring_an_old_address_back(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    await agree(house, "old", who.account)
    await agree(house, "new", who.account)
    await house.accounts.change_names(who.account, "Augusta", "King", "")
    assert await email_of(house, who) == NEW
    assert await house.sign_in(NEW)


async def test_two_accounts_that_want_one_address_get_it_once(house: House) -> None:
    people = [await signed_up(house, f"{name}@example.org") for name in ("ada", "bob")]
    for who in people:
        await ask(house, who)
        await agree(house, "old", who.account)
    done = await asyncio.gather(
        *(agree(house, "new", who.account) for who in people), return_exceptions=True
    )
    assert sorted(str(each) for each in done) == ["EmailTaken", "True"]


async def test_it_is_shown_and_forgotten_when_it_ran_out(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    rows = [row async for row in house.accounts.holding.export_for(who.account.id)]
    assert [row["new"] for row in rows if row["kind"] == "address change"] == [NEW]
    house.clock.forward(days=8)
    assert await purge(house.accounts.holding, house.clock.now()) == 1
    assert await house.database.read("SELECT 1 FROM account_address_changes") == []


async def test_a_new_password_cancels_it(house: House) -> None:
    who = await signed_up(house)
    await ask(house, who)
    await house.accounts.signing_in.change_password(
        who, GOOD, "a quite different passphrase", network=NETWORK, browser=""
    )
    assert await house.accounts.address_changes.of(who.account.id) is None
