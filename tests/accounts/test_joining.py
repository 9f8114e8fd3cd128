"""Becoming somebody with an account."""

import asyncio
from typing import Any

import pytest

from meetd.accounts.account import AccountRefused
from meetd.accounts.consent import AGE_VERSION, PRIVACY_VERSION, TERMS_VERSION
from meetd.accounts.identity import check_identity
from meetd.core.private import Private
from tests.accounts.conftest import House, Open, form


def problems(refused: "pytest.ExceptionInfo[AccountRefused]") -> list[tuple[str, str]]:
    return [(problem.reason, problem.field) for problem in refused.value.problems]


async def test_an_account_keeps_what_was_given_and_agreed_to(house: House) -> None:
    account = await house.sign_up("Ada@Example.org", user_name="Countess")
    assert (account.email, account.name, account.user_name) == (
        "Ada@Example.org",
        "Ada Lovelace",
        "Countess",
    )
    assert not account.administrator
    assert account.email_confirmed_at is None
    consents = {each.subject: each.version for each in await house.accounts.consents(account.id)}
    assert consents == {"terms": TERMS_VERSION, "privacy": PRIVACY_VERSION, "age": AGE_VERSION}
    assert await house.accounts.by_email(" ada@example.ORG") == account
    assert await house.accounts.by_user_name("COUNTESS") == account


async def test_everything_that_is_wrong_is_said_at_once(house: House) -> None:
    wrong: dict[str, Any] = {
        "first_name": "\u202e",
        "last_name": "x" * 65,
        "user_name": "a b",
        "password": Private("short"),
        "terms": False,
        "age": False,
    }
    with pytest.raises(AccountRefused) as refused:
        await house.sign_up("nobody", **wrong)
    assert problems(refused) == [
        ("EmailInvalid", "email"),
        ("NameEmpty", "first_name"),
        ("NameTooLong", "last_name"),
        ("UserNameInvalid", "user_name"),
        ("PasswordTooShort", "password"),
        ("ConsentMissing", "terms"),
        ("AgeMissing", "age"),
    ]
    assert await house.database.read("SELECT * FROM accounts") == []


async def test_address_and_user_name_belong_to_one_account_in_any_case(house: House) -> None:
    await house.sign_up("ada@example.org", user_name="ada")
    with pytest.raises(AccountRefused) as refused:
        await house.sign_up("ADA@EXAMPLE.ORG", user_name="Ada")
    assert problems(refused) == [("EmailTaken", "email"), ("UserNameTaken", "user_name")]
    keys = await house.keys.read("SELECT owner FROM keys WHERE scope = 'account'")
    assert len(keys) == 1, "the key of an account that was not made stayed"


async def test_of_two_at_once_one_gets_the_address(house: House) -> None:
    answers = await asyncio.gather(
        *(house.sign_up("ada@example.org") for _ in range(4)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, AccountRefused)]
    assert len(refused) == 3, answers
    assert len(await house.database.read("SELECT id FROM accounts")) == 1


async def test_whoever_chooses_no_user_name_gets_a_free_one(house: House) -> None:
    names = [(await house.sign_up(f"ada{n}@example.org")).user_name for n in range(3)]
    assert names == ["ada-lovelace", "ada-lovelace-2", "ada-lovelace-3"]
    other = await house.sign_up("li@example.org", first_name="李", last_name="雷")
    assert other.user_name == "guest"


@pytest.mark.parametrize(
    ("registration", "reason"), [("invite", "InvitationNeeded"), ("closed", "RegistrationClosed")]
)
async def test_nobody_comes_without_an_invitation_unless_it_is_open(
    opened: Open, registration: str, reason: str
) -> None:
    house = await opened(registration=registration)
    with pytest.raises(AccountRefused, match=reason):
        await house.sign_up()


async def test_an_invitation_is_for_one_account(opened: Open) -> None:
    house = await opened(registration="invite")
    token = await house.accounts.joining.invite()
    with pytest.raises(AccountRefused, match="ConsentMissing"):
        await house.sign_up(way="invitation", token=token, terms=False)
    await house.sign_up(way="invitation", token=token)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.sign_up("bob@example.org", way="invitation", token=token)


async def test_an_invitation_for_an_address_is_for_no_other(opened: Open) -> None:
    house = await opened(registration="invite")
    token = await house.accounts.joining.invite("bob@example.org")
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.sign_up("eve@example.org", way="invitation", token=token)
    bob = await house.sign_up("Bob@example.org", way="invitation", token=token)
    assert bob.email_confirmed_at is not None


async def test_two_who_use_one_invitation_at_once_get_one_account(opened: Open) -> None:
    house = await opened(registration="invite")
    token = await house.accounts.joining.invite()
    answers = await asyncio.gather(
        *(house.sign_up(f"a{n}@example.org", way="invitation", token=token) for n in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, AccountRefused) for answer in answers) == 3, answers
    assert len(await house.keys.read("SELECT 1 FROM keys WHERE scope = 'account'")) == 1


async def test_an_invitation_runs_out(opened: Open) -> None:
    house = await opened(registration="invite")
    token = await house.accounts.joining.invite()
    house.clock.forward(days=7)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.sign_up(way="invitation", token=token)


async def test_a_link_is_for_its_purpose_only(opened: Open) -> None:
    house = await opened(registration="invite")
    token = await house.accounts.joining.invite()
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.sign_up(way="administrator", token=token)


async def test_the_first_administrator_comes_by_a_link_and_only_once(opened: Open) -> None:
    house = await opened(registration="closed")
    older = await house.accounts.joining.administrator_link()
    token = await house.accounts.joining.administrator_link()
    assert older is not None
    assert token is not None
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.sign_up(way="administrator", token=older)
    account = await house.sign_up(way="administrator", token=token)
    assert account.administrator
    assert await house.accounts.joining.administrator_link() is None


async def test_the_link_ends_when_an_administrator_comes_another_way(house: House) -> None:
    token = await house.accounts.joining.administrator_link()
    identity = check_identity("root@example.org", "Root", "Keeper", "keeper")
    await house.accounts.joining.add(identity, None, administrator=True)
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.sign_up(way="administrator", token=token)


async def test_what_a_crash_left_of_an_erasure_is_finished_at_the_next_start(
    house: House, opened: Open
) -> None:
    account = await house.sign_up()
    await house.accounts._store._vault.cipher("account", "of a sign-up that never was")
    again = await opened()
    keys = await again.keys.read("SELECT owner FROM keys WHERE scope = 'account'")
    assert [row["owner"] for row in keys] == [account.id]
    assert await again.accounts.by_id(account.id) == account


async def test_an_invitation_comes_from_administrators_only(house: House) -> None:
    account = await house.sign_up()
    with pytest.raises(AccountRefused, match="InvitationNeeded"):
        await house.accounts.invite(account, "")


async def test_an_address_is_confirmed_once(house: House) -> None:
    account = await house.sign_up()
    token = (await house.accounts.joining.confirmation_link(account)).reveal()
    await house.accounts.joining.confirm_email(token)
    confirmed = await house.accounts.by_id(account.id)
    assert confirmed is not None
    assert confirmed.email_confirmed_at == house.clock.now()
    with pytest.raises(AccountRefused, match="LinkInvalid"):
        await house.accounts.joining.confirm_email(token)


def test_a_form_prints_no_password() -> None:
    assert "horse" not in repr(form())
