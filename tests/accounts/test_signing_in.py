"""Proving who somebody is, and where they are signed in."""

import pytest

from meetd.accounts import passwords
from meetd.accounts.account import AccountRefused
from meetd.accounts.browsers import browser_label
from meetd.core.private import Private
from tests.accounts.conftest import GOOD, NETWORK, House, Open

OTHER = "a quite different passphrase"


async def test_signed_in_with_the_password_and_out_again(house: House) -> None:
    account = await house.sign_up()
    token = await house.sign_in("ADA@example.org")
    who = await house.accounts.who(token)
    assert who is not None
    assert who.account.id == account.id
    assert who.session.browser == "Firefox, Linux"
    assert who.account.last_sign_in_at == house.clock.now()
    await house.accounts.sign_out(token)
    assert await house.accounts.who(token) is None


async def test_a_password_fits_from_another_keyboard(house: House) -> None:
    await house.sign_up(password=Private("cafe\u0301 au\u00a0lait"))
    assert await house.sign_in(password="caf\u00e9 au lait")


async def test_a_session_ends_by_itself(opened: Open) -> None:
    house = await opened(session_idle_days=10, session_days=25)
    await house.sign_up()
    token = await house.sign_in()
    for _ in range(2):
        house.clock.forward(days=9)
        assert await house.accounts.who(token) is not None, "in use, it goes on"
    house.clock.forward(days=7)
    assert await house.accounts.who(token) is None, "the absolute lifetime is over"
    token = await house.sign_in()
    house.clock.forward(days=10)
    assert await house.accounts.who(token) is None, "unused for too long"
    await house.sign_in()
    assert len(await house.database.read("SELECT id FROM account_sessions")) == 1


async def test_sessions_are_listed_and_ended_one_by_one_and_all(house: House) -> None:
    account = await house.sign_up()
    other = await house.sign_up("bob@example.org")
    tokens = [await house.sign_in() for _ in range(3)]
    sessions = await house.accounts.sessions(account.id)
    assert len(sessions) == 3
    assert not await house.accounts.end_session(other, sessions[0].id), "somebody else's"
    assert await house.accounts.end_session(account, sessions[0].id)
    assert sum([await house.accounts.who(token) is not None for token in tokens]) == 2
    await house.accounts.end_all_sessions(account)
    assert await house.accounts.sessions(account.id) == []


async def test_a_new_password_ends_every_other_session(house: House) -> None:
    await house.sign_up()
    here, there = await house.sign_in(), await house.sign_in()
    who = await house.accounts.who(here)
    assert who is not None
    change = house.accounts.signing_in.change_password
    with pytest.raises(AccountRefused, match="PasswordWrong"):
        await change(who, "not this one", OTHER, network=NETWORK, browser="")
    token = await change(who, GOOD, OTHER, network=NETWORK, browser="")
    assert await house.accounts.who(token.reveal()) is not None
    assert await house.accounts.who(here) is None
    assert await house.accounts.who(there) is None
    assert await house.sign_in(password=OTHER)
    with pytest.raises(AccountRefused, match="SignInFailed"):
        await house.sign_in()


async def test_a_reset_link_works_once_and_ends_every_session(house: House) -> None:
    account = await house.sign_up()
    session = await house.sign_in()
    link = (await house.accounts.joining.password_link(account, by_hand=False)).reveal()
    signing_in = house.accounts.signing_in
    assert not await signing_in.check_reset(link)
    with pytest.raises(AccountRefused, match="PasswordPersonal"):
        await signing_in.reset_password(
            link, "Ada Lovelace 1815", terms=False, age=False, network=NETWORK
        )
    await signing_in.reset_password(link, OTHER, terms=False, age=False, network=NETWORK)
    assert await house.accounts.who(session) is None
    assert await house.sign_in(password=OTHER)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await signing_in.reset_password(link, GOOD, terms=False, age=False, network=NETWORK)


async def test_a_reset_link_runs_out_sooner_by_mail_than_by_hand(house: House) -> None:
    account = await house.sign_up()
    joining, signing_in = house.accounts.joining, house.accounts.signing_in
    by_hand = (await joining.password_link(account, by_hand=True)).reveal()
    house.clock.forward(seconds=23 * 3_600)
    await signing_in.check_reset(by_hand)
    by_mail = (await joining.password_link(account, by_hand=False)).reveal()
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await signing_in.check_reset(by_hand)  # the newer ended it
    house.clock.forward(seconds=3_600)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await signing_in.check_reset(by_mail)


async def test_an_outdated_hash_is_made_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PASSES", 1)
    account = await house.sign_up()
    monkeypatch.undo()
    house.accounts.signing_in._passwords._hasher = None
    before = await house.accounts._store.password_by_id(account.id)
    await house.sign_in()
    after = await house.accounts._store.password_by_id(account.id)
    assert before is not None
    assert after is not None
    assert "t=1" in before.reveal()
    assert "m=19456,t=2,p=1" in after.reveal()
    assert await house.sign_in()


async def test_an_address_has_to_be_confirmed_when_mail_can_be_sent(opened: Open) -> None:
    house = await opened(needs_confirmation=True)
    account = await house.sign_up()
    with pytest.raises(AccountRefused, match="SignInFailed"):
        await house.sign_in(password=OTHER)
    with pytest.raises(AccountRefused, match="NotConfirmed"):
        await house.sign_in()
    link = await house.accounts.joining.confirmation_link(account)
    await house.accounts.joining.confirm_email(link.reveal())
    assert await house.sign_in()


async def test_who_holds_something_live_hears_of_the_end(house: House) -> None:
    heard: list[tuple[str, str | None]] = []
    house.accounts.on_sessions_ended(lambda account, session: heard.append((account, session)))
    account = await house.sign_up()
    token = await house.sign_in()
    who = await house.accounts.who(token)
    assert who is not None
    await house.accounts.sign_out(token)
    await house.accounts.block(account, actor="operator")
    assert heard == [(account.id, who.session.id), (account.id, None)]


def test_a_browser_is_known_by_a_label_only() -> None:
    linux = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    edge = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/140.0 Safari/537.36 Edg/140.0"
    )
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    labels = [browser_label(agent) for agent in (linux, edge, phone, "", "<script>")]
    assert labels == ["Firefox, Linux", "Edge, Windows", "Safari, iPhone", "", ""]
