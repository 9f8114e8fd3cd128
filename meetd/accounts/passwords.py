"""Passwords: which are good enough, and how they are hashed.

Argon2id with 19 MiB, two passes, one lane (OWASP password storage; RFC 9106). A hash is work on
purpose: it is done off the loop, a few at a time, and a bounded number may wait, so that signing in
cannot be used to keep the server busy.
"""

import asyncio
import itertools
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from meetd.accounts.account import refuse
from meetd.core.private import Private

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

MIN_PASSWORD = 10
MAX_PASSWORD = 1_024
"""Code points."""

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1

AT_ONCE = 2
"""Hashes being computed; each takes 19 MiB while it lasts."""
MAX_WAITING = 64
_BUSY_SECONDS = 5

_COMMON = frozenset(
    Path(__file__).with_name("common_passwords.txt").read_text(encoding="ascii").split()
)
"""The commonest that are long enough, from what turns up in one published leak after another."""

_FEWEST_DIFFERENT = 5
_FEWEST_OWN = 4
"""Characters of a password beside the person's own names."""

_NOBODY = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}"
    "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""A hash that no password has (a preimage of zeros would be needed): compared with when there is
no account, so that the answer takes as long."""


def normalise_password(raw: str) -> Private[str]:
    """The same bytes from every keyboard: NFC, and every kind of space as one (RFC 8265 4.2.2)."""
    spaced = "".join(" " if unicodedata.category(char) == "Zs" else char for char in raw)
    return Private(unicodedata.normalize("NFC", spaced))


def check_password(raw: str, own_words: tuple[str, ...]) -> Private[str]:
    """A password that may be chosen. Any characters, no rules about kinds of them.

    ``own_words``: names and address of the person. Raises: AccountRefused.
    """
    if len(raw) > MAX_PASSWORD:
        raise refuse("PasswordTooLong", "password", limit=MAX_PASSWORD)
    password = normalise_password(raw)
    text = password.reveal()
    if len(text) < MIN_PASSWORD:
        raise refuse("PasswordTooShort", "password", limit=MIN_PASSWORD)
    folded = text.casefold()
    if folded in _COMMON or len(set(folded)) < _FEWEST_DIFFERENT or _is_a_run(folded):
        raise refuse("PasswordCommon", "password")
    if _is_personal(folded, own_words):
        raise refuse("PasswordPersonal", "password")
    return password


def _is_a_run(text: str) -> bool:
    """Like 1234567890 or abcdefghij, up or down."""
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(text)}
    return steps in ({1}, {-1})


def _is_personal(folded: str, own_words: tuple[str, ...]) -> bool:
    """Is hardly anything left without the person's names, digits and signs?"""
    rest = folded
    for word in sorted((word.casefold() for word in own_words), key=len, reverse=True):
        if len(word) > 1:
            rest = rest.replace(word, "")
    return rest != folded and sum(char.isalpha() for char in rest) < _FEWEST_OWN


class Passwords:
    """Hashes and compares, off the loop, a few at a time."""

    def __init__(self, at_once: int = AT_ONCE, max_waiting: int = MAX_WAITING) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._max = at_once + max_waiting
        self._inside = 0
        self._hasher: PasswordHasher | None = None

    async def hash(self, password: Private[str]) -> Private[str]:
        """A new hash with its own salt.

        Raises: AccountRefused when too many are waiting.
        """
        return await self._in_turn(lambda hasher: Private(hasher.hash(password.reveal())))

    async def fits(self, password: str, hashed: Private[str] | None) -> bool:
        """Is it that password? ``None``: there is no hash, which takes as long to say.

        Raises: AccountRefused when too many are waiting.
        """
        text = normalise_password(password[: MAX_PASSWORD + 1]).reveal()
        against = _NOBODY if hashed is None else hashed.reveal()
        return await self._in_turn(lambda hasher: _verify(hasher, against, text))

    async def is_outdated(self, hashed: Private[str]) -> bool:
        """Was it made with other parameters than today's?"""
        return (await self._load()).check_needs_rehash(hashed.reveal())

    async def _in_turn(self, work: "Callable[[PasswordHasher], T]") -> T:
        if self._inside >= self._max:
            raise refuse("TooManyAttempts", seconds=_BUSY_SECONDS)
        self._inside += 1
        try:
            async with self._places:
                hasher = await self._load()
                return await asyncio.to_thread(work, hasher)
        finally:
            self._inside -= 1

    async def _load(self) -> "PasswordHasher":
        if self._hasher is None:
            self._hasher = await asyncio.to_thread(_make_hasher)
        return self._hasher


def _make_hasher() -> "PasswordHasher":
    """Imported with the first password: an idle server does without."""
    from argon2 import PasswordHasher  # noqa: PLC0415

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def _verify(hasher: "PasswordHasher", hashed: str, password: str) -> bool:
    from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415

    try:
        return hasher.verify(hashed, password)
    except VerifyMismatchError:
        return False
