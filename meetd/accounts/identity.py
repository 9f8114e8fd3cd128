"""Names and addresses of accounts: cleaned, checked, and in the spelling they are found by."""

import re
import unicodedata
from dataclasses import dataclass

from meetd.accounts.account import AccountRefused, Field, Problem, refuse
from meetd.core.refusals import NameEmpty, NameTooLong
from meetd.core.text import clean_name

MAX_EMAIL = 254
"""Octets (RFC 5321 4.5.3.1.3, less the angle brackets)."""
MAX_USER_NAME = 32

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"/?#%]+")
_USER_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?", re.ASCII)
_RESERVED = frozenset(
    {"admin", "administrator", "meetd", "root", "server", "support", "system", "null", "undefined"}
)
"""Names that would read as if the server said them."""


@dataclass(frozen=True)
class Identity:
    """How somebody wants to be known; cleaned. Made by ``check_identity``."""

    email: str
    first_name: str
    last_name: str
    user_name: str

    @property
    def words(self) -> tuple[str, ...]:
        """What a password of theirs should not be made of."""
        local, _, domain = self.email.partition("@")
        return (local, domain, self.first_name, self.last_name, self.user_name)

    def __repr__(self) -> str:
        return "Identity(REDACTED)"


def check_identity(email: str, first_name: str, last_name: str, user_name: str) -> Identity:
    """All four cleaned. An empty user name is made from the others.

    Raises: AccountRefused with every problem at once.
    """
    problems: list[Problem] = []
    values: list[str] = []
    for check, raw in (
        (check_email, email),
        (_check_first_name, first_name),
        (_check_last_name, last_name),
        (check_user_name, user_name or _proposal(first_name, last_name)),
    ):
        try:
            values.append(check(raw))
        except AccountRefused as refused:
            problems += refused.problems
    if problems:
        raise AccountRefused(*problems)
    return Identity(*values)


def check_email(raw: str, field: Field = "email") -> str:
    """An address as it was typed, without spaces around it. Whether it exists, only mail can tell.

    Raises: AccountRefused.
    """
    email = unicodedata.normalize("NFC", raw.strip()) if len(raw) <= MAX_EMAIL * 2 else ""
    hidden = any(unicodedata.category(char)[0] in {"C", "Z"} for char in email)
    if hidden or len(email.encode(errors="replace")) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise refuse("EmailInvalid", field)
    domain = email.rpartition("@")[2]
    if domain.startswith((".", "-")) or ".." in domain:
        raise refuse("EmailInvalid", field)
    return email


def email_key(email: str) -> str:
    """The spelling an address is found by: case tells no two addresses apart in practice."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def check_name(raw: str, field: Field) -> str:
    """A first or last name on one line.

    Raises: AccountRefused.
    """
    try:
        return clean_name(raw)
    except NameEmpty as empty:
        raise refuse("NameEmpty", field) from empty
    except NameTooLong as long:
        raise refuse("NameTooLong", field, limit=long.limit) from long


def check_user_name(raw: str) -> str:
    """Letters, digits, ``-`` and ``_``, as it was typed; found in any case.

    ASCII only: a look-alike from another script cannot be somebody else. Raises: AccountRefused.
    """
    name = raw.strip()
    if len(name) > MAX_USER_NAME or not _USER_NAME.fullmatch(name):
        raise refuse("UserNameInvalid", "user_name", limit=MAX_USER_NAME)
    if name.lower() in _RESERVED:
        raise refuse("UserNameReserved", "user_name")
    return name


def _check_first_name(raw: str) -> str:
    return check_name(raw, "first_name")


def _check_last_name(raw: str) -> str:
    return check_name(raw, "last_name")


def _proposal(first_name: str, last_name: str) -> str:
    """A user name from names: accents go, what is left of other scripts is ``guest``."""
    both = unicodedata.normalize("NFKD", f"{first_name[:40]} {last_name[:40]}")
    plain = re.sub(r"[^a-z0-9]+", "-", both.encode("ascii", "ignore").decode().lower())
    return plain[:24].strip("-") or "guest"
