"""What an account and a session are, and every no about them."""

from dataclasses import dataclass
from typing import Any, Literal

Reason = Literal[
    "EmailInvalid",
    "EmailTaken",
    "NameEmpty",
    "NameTooLong",
    "UserNameInvalid",
    "UserNameReserved",
    "UserNameTaken",
    "PasswordTooShort",
    "PasswordTooLong",
    "PasswordCommon",
    "PasswordPersonal",
    "PasswordWrong",
    "ConsentMissing",
    "AgeMissing",
    "SignInFailed",
    "NotConfirmed",
    "TooManyAttempts",
    "RegistrationClosed",
    "InvitationNeeded",
    "LinkInvalid",
    "EmailUnchanged",
    "EmailChangedLately",
    "BlockSelf",
    "BlockNotTyped",
    "ProofNeeded",
    "PasskeyRefused",
    "PasskeyNotAdded",
    "PasskeyTooMany",
    "PasskeysNeedName",
    "PasskeysNeedHttps",
    "LastAdmin",
    "AccountHeld",
    "LastKeeper",
    "RoomsLeft",
    "TooManyTeams",
    "TeamFull",
    "TeamAdminsOnly",
    "NoSuchTeam",
    "TeamNotConfirmed",
    "QuietHoursInvalid",
    "TimeZoneUnknown",
]

Field = Literal[
    "",
    "email",
    "first_name",
    "last_name",
    "user_name",
    "password",
    "current",
    "terms",
    "age",
    "quiet_from",
    "quiet_to",
    "time_zone",
    "passkey_name",
    "new_email",
    "typed",
    "rooms",
]

WAY_BACK = 7 * 86_400_000
"""Milliseconds after a change of address in which the old address can take it back. Until then it
is nobody else's, and there is no other change: that would shut the old one out."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and the field where it is (``""``: none in particular)."""

    reason: Reason
    field: Field = ""
    facts: tuple[tuple[str, Any], ...] = ()


class AccountRefused(Exception):
    """A no to a person, with everything that is wrong at once. Pages have a sentence for each."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.reason for problem in problems))
        self.problems = problems


def refuse(reason: Reason, field: Field = "", **facts: Any) -> AccountRefused:
    """A refusal with one problem."""
    return AccountRefused(Problem(reason, field, tuple(facts.items())))


@dataclass(frozen=True)
class Account:
    """Somebody with an account. Times in milliseconds since the Unix epoch."""

    id: str
    email: str
    first_name: str
    last_name: str
    user_name: str
    administrator: bool
    created_at: int
    last_sign_in_at: int | None
    email_confirmed_at: int | None
    blocked_at: int | None
    closed_at: int | None = None
    """By its owner; it is erased a week later, unless they sign in before."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def __repr__(self) -> str:
        """Without anything personal: accounts end up in tracebacks."""
        return f"Account({self.id})"


@dataclass(frozen=True)
class Session:
    """A browser where somebody is signed in. ``id`` is no secret; the token is not kept."""

    id: str
    browser: str
    created_at: int
    last_used_at: int
    proven_at: int
    """When the person last proved there who they are."""


@dataclass(frozen=True)
class Passkey:
    """A passkey as its owner sees it. ``id`` is ours, not the credential's."""

    id: str
    name: str
    created_at: int
    last_used_at: int | None


@dataclass(frozen=True)
class SignedIn:
    """Whose request it is, and through which session."""

    account: Account
    session: Session


@dataclass(frozen=True)
class Consent:
    """That somebody agreed to a text: which one, in which version, when."""

    subject: str
    version: str
    given_at: int
