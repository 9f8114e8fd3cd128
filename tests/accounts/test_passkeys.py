"""Passkeys are made, used and removed, and what is not true about one is refused."""

from typing import Any

import pytest

from meetd.accounts.account import AccountRefused, Session, SignedIn
from meetd.accounts.authenticators import Site, site_of
from meetd.accounts.challenges import MAX_OPEN, Challenges
from meetd.accounts.passkey_store import MAX_PASSKEYS
from tests.accounts.conftest import GOOD, NETWORK, HandClock, House, Open
from tests.support.authenticator import Authenticator

ORIGIN = "https://meet.example.org"
SITE = site_of(ORIGIN)


async def signed_up(house: House, email: str = "ada@example.org") -> SignedIn:
    await house.sign_up(email)
    who = await house.accounts.who(await house.sign_in(email))
    assert who is not None
    return who


async def add(house: House, who: SignedIn, name: str = "My key", **kind: Any) -> Authenticator:
    key = Authenticator(ORIGIN, **kind)
    options = await house.accounts.passkeys.ask_to_add(who, SITE, NETWORK)
    await house.accounts.passkeys.add(who, key.make(options, name), SITE, "Firefox, Linux")
    return key


async def sign_in(house: House, key: Authenticator, site: Site = SITE) -> SignedIn:
    passkeys = house.accounts.passkeys
    answer = key.use(passkeys.ask_to_sign_in(site, NETWORK))
    token = await passkeys.sign_in(answer, site, browser="", instead_of=None)
    who = await house.accounts.who(token.reveal())
    assert who is not None
    return who


@pytest.mark.parametrize("counts", [True, False])
async def test_made_listed_used_removed(house: House, *, counts: bool) -> None:
    who = await signed_up(house)
    key = await add(house, who, "  Blue \u202ekey ", counts=counts)
    passkeys = house.accounts.passkeys
    listed = await passkeys.of(who.account.id)
    assert [(each.name, each.last_used_at) for each in listed] == [("Blue key", None)]
    house.clock.forward(seconds=60)
    for _ in range(2):
        assert (await sign_in(house, key)).account.id == who.account.id
    listed = await passkeys.of(who.account.id)
    assert listed[0].last_used_at == house.clock.now()
    assert await passkeys.remove(who, listed[0].id)
    assert not await passkeys.remove(who, listed[0].id)
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        await sign_in(house, key)


async def test_a_passkey_without_a_name_is_called_after_the_browser(house: House) -> None:
    who = await signed_up(house)
    await add(house, who, " ")
    assert [each.name for each in await house.accounts.passkeys.of(who.account.id)] == [
        "Firefox, Linux"
    ]


async def test_adding_and_removing_need_a_proof_that_is_not_old(house: House) -> None:
    who = await signed_up(house)
    await add(house, who)
    passkeys = house.accounts.passkeys
    listed = await passkeys.of(who.account.id)
    options = await passkeys.ask_to_add(who, SITE, NETWORK)
    house.clock.forward(seconds=600)
    with pytest.raises(AccountRefused, match="ProofNeeded"):
        await passkeys.ask_to_add(who, SITE, NETWORK)
    with pytest.raises(AccountRefused, match="ProofNeeded"):
        await passkeys.add(who, Authenticator(ORIGIN).make(options), SITE, "")
    with pytest.raises(AccountRefused, match="ProofNeeded"):
        await passkeys.remove(who, listed[0].id)


async def test_a_password_or_a_passkey_proves_it_anew_in_the_same_session(house: House) -> None:
    who = await signed_up(house)
    key = await add(house, who)
    for _ in range(2):
        house.clock.forward(seconds=700)
        assert not house.accounts.proofs.is_fresh(who)
        options = await house.accounts.passkeys.ask_to_prove(who, SITE, NETWORK)
        assert options["known"] == [key.id]
        token = await house.accounts.passkeys.prove(who, key.use(options), SITE)
        proven = await house.accounts.who(token.reveal())
        assert proven is not None
        assert house.accounts.proofs.is_fresh(proven)
        assert proven.session.id == who.session.id, "what is live goes on"
        who = proven
    house.clock.forward(seconds=700)
    prove = house.accounts.signing_in.prove
    with pytest.raises(AccountRefused, match="PasswordWrong"):
        await prove(who, "not the password", network=NETWORK)
    token = await prove(who, GOOD, network=NETWORK)
    proven = await house.accounts.who(token.reveal())
    assert proven is not None
    assert house.accounts.proofs.is_fresh(proven)


async def test_there_are_only_so_many_of_one_account(house: House) -> None:
    who = await signed_up(house)
    for _ in range(MAX_PASSKEYS):
        await add(house, who)
    with pytest.raises(AccountRefused, match="PasskeyTooMany"):
        await add(house, who)


async def test_one_passkey_belongs_to_one_account(house: House) -> None:
    ada = await signed_up(house)
    key = await add(house, ada)
    bob = await signed_up(house, "bob@example.org")
    options = await house.accounts.passkeys.ask_to_add(bob, SITE, NETWORK)
    with pytest.raises(AccountRefused, match="PasskeyNotAdded"):
        await house.accounts.passkeys.add(bob, key.make(options), SITE, "")


async def test_an_address_has_to_be_confirmed_here_too(opened: Open) -> None:
    house = await opened(needs_confirmation=True)
    account = await house.sign_up()
    now = house.clock.now()
    who = SignedIn(account, Session("a session", "", now, now, now))
    key = await add(house, who)
    with pytest.raises(AccountRefused, match="NotConfirmed"):
        await sign_in(house, key)


async def test_passkeys_are_shown_and_erased_with_the_account(house: House) -> None:
    who = await signed_up(house)
    await add(house, who)
    rows = [row async for row in house.accounts.holding.export_for(who.account.id)]
    assert [row["name"] for row in rows if row["kind"] == "passkey"] == ["My key"]
    await house.accounts.holding.erase_for(who.account.id)
    assert await house.database.read("SELECT 1 FROM account_passkeys") == []


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://meet.example.org", "meet.example.org"),
        ("https://meet.example.org:8443", "meet.example.org"),
        ("http://localhost:8080", "localhost"),
        ("http://meet.localhost", "meet.localhost"),
    ],
)
def test_the_site_is_the_name_of_the_server(origin: str, site: str) -> None:
    assert site_of(origin) == Site(site, origin)


@pytest.mark.parametrize(
    ("origin", "reason"),
    [
        ("http://127.0.0.1:8080", "PasskeysNeedName"),
        ("https://[::1]:8080", "PasskeysNeedName"),
        ("https://192.168.1.5", "PasskeysNeedName"),
        ("http://meet.example.org", "PasskeysNeedHttps"),
        ("http://localhost.evil.example", "PasskeysNeedHttps"),
    ],
)
def test_where_browsers_refuse_passkeys_the_server_says_why(origin: str, reason: str) -> None:
    with pytest.raises(AccountRefused, match=reason):
        site_of(origin)


def test_a_challenge_is_for_one_purpose_works_once_and_runs_out() -> None:
    clock = HandClock()
    challenges = Challenges(clock)
    first, second, third = (challenges.make("sign-in") for _ in range(3))
    assert len({first, second, third}) == 3
    assert challenges.take(first, "sign-in")
    assert not challenges.take(first, "sign-in")
    assert not challenges.take(second, "add/somebody")
    assert not challenges.take(second, "sign-in"), "used up by asking"
    clock.forward(seconds=300)
    assert not challenges.take(third, "sign-in")
    assert not challenges.take(b"", "sign-in")


def test_challenges_take_no_more_than_their_memory() -> None:
    clock = HandClock()
    challenges = Challenges(clock)
    first = challenges.make("sign-in")
    made = [challenges.make("sign-in") for _ in range(MAX_OPEN)]
    assert len(challenges._open) == MAX_OPEN
    assert not challenges.take(first, "sign-in")
    assert challenges.take(made[-1], "sign-in")
    clock.forward(seconds=300)
    challenges.make("sign-in")
    assert len(challenges._open) == 1, "what ran out is not kept"
