"""What somebody agrees to with an account, in which version.

The versions change when the meaning of the texts in ``pages/words`` changes; a test holds the two
together, so that a text cannot change under an old version.
"""

from typing import Final

from meetd.accounts.account import Problem

TERMS_VERSION: Final = "2026-11-22"
PRIVACY_VERSION: Final = "2026-11-23.1"
AGE_VERSION: Final = "16"
"""The statement "I am 16 or older" (GDPR article 8)."""

CURRENT: Final = {"terms": TERMS_VERSION, "privacy": PRIVACY_VERSION, "age": AGE_VERSION}
"""Subject to version: what is recorded when both boxes are ticked."""


def consent_problems(*, terms: bool, age: bool) -> list[Problem]:
    """What is missing of the two boxes."""
    problems: list[Problem] = []
    if not terms:
        problems.append(Problem("ConsentMissing", "terms"))
    if not age:
        problems.append(Problem("AgeMissing", "age"))
    return problems
