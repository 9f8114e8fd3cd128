"""From a refusal about accounts to sentences, beside the field each belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from meetd.accounts.account import AccountRefused, Problem, Reason
from meetd.pages.words import Words

_STATUS: Final[dict[Reason, int]] = {
    "SignInFailed": 403,
    "NotConfirmed": 403,
    "PasswordWrong": 403,
    "TooManyAttempts": 429,
    "RegistrationClosed": 403,
    "InvitationNeeded": 403,
    "LinkInvalid": 410,
    "EmailChangedLately": 409,
    "BlockSelf": 409,
    "ProofNeeded": 403,
    "PasskeyRefused": 403,
    "PasskeyTooMany": 409,
    "EmailTaken": 409,
    "UserNameTaken": 409,
    "LastAdmin": 409,
    "TeamAdminsOnly": 403,
    "NoSuchTeam": 404,
}


@dataclass(frozen=True)
class Complaints:
    """What a form template shows."""

    sentences: tuple[str, ...]
    by_field: Mapping[str, str]


def explain(problem: Problem, words: Words) -> str:
    """The sentence for one problem."""
    return words(f"account_error.{problem.reason}", **dict(problem.facts))


def complaints_of(refused: AccountRefused | None, words: Words) -> Complaints:
    problems = refused.problems if refused is not None else ()
    by_field: dict[str, str] = {
        problem.field: explain(problem, words) for problem in problems if problem.field
    }
    sentences = dict.fromkeys(explain(problem, words) for problem in problems)
    return Complaints(tuple(sentences), by_field)


def status_of(refused: AccountRefused) -> int:
    """The HTTP status: of the first problem that has one of its own, else 400."""
    return next((_STATUS[each.reason] for each in refused.problems if each.reason in _STATUS), 400)
