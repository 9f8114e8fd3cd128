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
    "AccountHeld": 409,
    "LastKeeper": 409,
    "RoomsLeft": 409,
    "TeamAdminsOnly": 403,
    "NoSuchTeam": 404,
}


@dataclass(frozen=True)
class Complaints:
    """What a form template shows, each sentence once: beside its field, or above all of them."""

    sentences: tuple[str, ...]
    """What is no field's fault."""
    by_field: Mapping[str, str]

    @property
    def first(self) -> str:
        """The field where somebody goes on, ``""``: at the sentences above them."""
        return "" if self.sentences else next(iter(self.by_field), "")


NO_COMPLAINTS: Final = Complaints((), {})


def explain(problem: Problem, words: Words) -> str:
    """The sentence for one problem."""
    return words(f"account_error.{problem.reason}", **dict(problem.facts))


def complaints_of(refused: AccountRefused | None, words: Words) -> Complaints:
    problems = refused.problems if refused is not None else ()
    said = dict.fromkeys((explain(problem, words), problem.field) for problem in problems)
    by_field: dict[str, str] = {}
    for sentence, field in said:
        if field and sentence not in by_field.values():  # of two fields it is said at the first
            by_field[field] = sentence
    return Complaints(tuple(sentence for sentence, field in said if not field), by_field)


def complaints_at(refused: AccountRefused | None, field: str, words: Words) -> Complaints:
    """The first, at the only field of a form (``""``: it has none to type into)."""
    if refused is None:
        return NO_COMPLAINTS
    sentence = explain(refused.problems[0], words)
    return Complaints((), {field: sentence}) if field else Complaints((sentence,), {})


def status_of(refused: AccountRefused) -> int:
    """The HTTP status: of the first problem that has one of its own, else 400."""
    return next((_STATUS[each.reason] for each in refused.problems if each.reason in _STATUS), 400)
