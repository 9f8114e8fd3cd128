"""Which passwords, addresses and names are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.accounts.account import AccountRefused
from meetd.accounts.identity import (
    check_email,
    check_identity,
    check_user_name,
    email_key,
)
from meetd.accounts.passwords import MAX_PASSWORD, MIN_PASSWORD, check_password

OWN = ("ada", "example.org", "Ada", "Lovelace", "countess")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "PasswordTooShort"),
        ("x" * 1_025, "PasswordTooLong"),
        ("Password123", "PasswordCommon"),
        ("1234567890", "PasswordCommon"),
        ("zyxwvutsrqponm", "PasswordCommon"),
        ("aaaaaaaaaabbbb", "PasswordCommon"),
        ("AdaLovelace1815", "PasswordPersonal"),
        ("ada@example.org", "PasswordPersonal"),
        ("Countess-2026!", "PasswordPersonal"),
    ],
)
def test_weak_passwords_are_refused_with_why(password: str, reason: str) -> None:
    with pytest.raises(AccountRefused, match=reason):
        check_password(password, OWN)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "кошка на крыше",
        "q8#Lw!2zRt",
        "我 喜欢 用 很长的 密码短语",
        "lovelace wrote the first one",
    ],
)
def test_passphrases_of_any_script_are_taken(password: str) -> None:
    assert check_password(password, OWN).reveal() == password


@given(st.text(max_size=MAX_PASSWORD + 5))
def test_what_is_taken_is_within_the_limits_and_printed_nowhere(text: str) -> None:
    try:
        password = check_password(text, OWN)
    except AccountRefused:
        pass
    else:
        assert len(password.reveal()) >= MIN_PASSWORD
        assert repr(password) == "REDACTED"
        assert check_password(password.reveal(), OWN).reveal() == password.reveal()


@pytest.mark.parametrize(
    "email", ["ada@example.org", "a.b+c@mail.example.org", "root@localhost", "jörg@müller.example"]
)
def test_addresses_are_taken_as_they_are(email: str) -> None:
    assert check_email(f" {email} ") == email


@pytest.mark.parametrize(
    "email",
    [
        *("", "ada", "@example.org", "ada@", "a@b@c", "a b@example.org", "a@exa mple.org"),
        *("a@.example.org", "a@example..org", "a\r\nBcc: b@example.org", "a\u202e@example.org"),
        *("Ada <ada@example.org>", "a,b@example.org", "x" * 65 + "@b", "a@" + "b" * 260),
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(AccountRefused, match="EmailInvalid"):
        check_email(email)


@given(st.text(max_size=300))
def test_no_address_can_hold_what_would_break_a_mail(text: str) -> None:
    try:
        email = check_email(text)
    except AccountRefused:
        return
    assert email.isprintable()
    assert email.count("@") == 1
    assert email_key(email) == email_key(email.upper()) or not email.isascii()


@given(st.text(max_size=40))
def test_a_user_name_is_safe_in_an_address(text: str) -> None:
    try:
        name = check_user_name(text)
    except AccountRefused:
        return
    assert name.isascii()
    assert check_user_name(name) == name
    assert name.replace("-", "").replace("_", "").isalnum()


@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=64))
def test_every_name_gives_a_user_name(first: str, last: str) -> None:
    try:
        identity = check_identity("a@b", first, last, "")
    except AccountRefused as refused:
        reasons = {problem.reason for problem in refused.problems}
        assert reasons <= {"NameEmpty", "NameTooLong", "UserNameReserved"}
    else:
        assert check_user_name(identity.user_name) == identity.user_name
