"""Who entered, looked at or changed what: kept apart from everything else, and for a time only.

Accounts are in it under aliases that are made with their own key. While an account is there, the
log says who it was; once it is erased, its key is gone, and nobody can tell whose lines they are,
though the chain is whole.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import msgspec
from cryptography.exceptions import InvalidTag

from meetd.audit import access_store as store
from meetd.audit.chain import Checker, Head, Verdict, link_hash, stored
from meetd.audit.store import NewRow
from meetd.core.clock import Clock
from meetd.storage.database import Database, Transaction
from meetd.storage.vault import Cipher, Vault

Act = Literal["entered", "left", "looked", "changed"]
ACTS: Final = frozenset(get_args(Act))

VISITOR: Final = "visitor"
"""The actor of whoever has no account."""

_BATCH: Final = 500
_PURPOSE: Final = "access log"


@dataclass(frozen=True)
class Access:
    """One line. ``at`` in ms since the Unix epoch; ``actor`` and ``subject`` are aliases of
    accounts, ``room`` is an id; ``what``: which page, or which participant."""

    number: int
    at: int
    act: str
    actor: str
    room: str | None
    subject: str | None
    what: str
    hash: bytes


async def verify(database: Database, noted: Head | None = None) -> Verdict:
    """Walk the whole chain, from the last line that went by its age. Needs no key."""
    base = await store.base(database)
    checker = Checker(noted, base)
    first = -(2**63)
    while batch := await store.links(database, first, _BATCH):
        for link in batch:
            problem = checker.check(link)
            if problem is not None:
                return Verdict(checker.head, problem)
        first = batch[-1].number + 1
    return Verdict(checker.head, checker.finish())


class AccessLog:
    """The log of one server."""

    def __init__(self, database: Database, vault: Vault, cipher: Cipher, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._cipher = cipher
        self._clock = clock

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "AccessLog":
        return cls(database, vault, await vault.cipher("server", "access-log"), clock)

    async def alias(self, account_id: str) -> str:
        """What an account is called in the log."""
        return await self._vault.alias("account", account_id, _PURPOSE)

    async def note(
        self,
        act: Act,
        *,
        account_id: str | None,
        what: str,
        room: str | None = None,
        subject: str | None = None,
    ) -> None:
        """Write one line. ``account_id``: who did it, ``None``: a visitor. ``subject``: id of the
        account that it was done to."""
        actor = await self.alias(account_id) if account_id else VISITOR
        to = await self.alias(subject) if subject else None
        plain = msgspec.json.encode(what)

        async def work(transaction: Transaction) -> None:
            last = await store.head_in(transaction)
            number = last.number + 1
            sealed = self._cipher.seal(plain, _place(number))
            covered = (number, self._clock.now(), act, actor, room, to, sealed, last.hash)
            await store.insert(transaction, NewRow(*covered, link_hash(stored(covered))))

        await self._database.write(work)

    async def lines(self, after: int = 0, person: str | None = None) -> AsyncIterator[Access]:
        """Lines after that number, oldest first; of one account where ``person`` is its id."""
        alias = await self.alias(person) if person else None
        while batch := await store.rows(self._database, after, _BATCH, alias):
            for row in batch:
                yield self._line(row)
            after = batch[-1]["number"]

    async def lines_of(self, participants: Mapping[str, Collection[str]]) -> AsyncIterator[Access]:
        """When those without account came and went, oldest first. ``participants``: by room."""
        after = 0
        while batch := await store.rows_in(self._database, participants, VISITOR, after, _BATCH):
            for line in map(self._line, batch):
                if line.room is not None and line.what in participants[line.room]:
                    yield line
            after = batch[-1]["number"]

    async def count(self, person: str) -> int:
        """How many lines there are about that account."""
        return await store.count(self._database, await self.alias(person))

    async def head(self) -> Head:
        """The last line, for the operator to note down somewhere else."""
        return await store.head(self._database)

    async def verify(self, noted: Head | None = None) -> Verdict:
        """As the function ``verify``."""
        return await verify(self._database, noted)

    async def due(self, cutoff: int) -> int:
        return await store.due(self._database, cutoff)

    async def remove(self, cutoff: int) -> int:
        return await store.remove(self._database, cutoff)

    def _line(self, row: dict[str, Any]) -> Access:
        sealed = row.pop("sealed")
        return Access(**row, what=self._open(sealed, row["number"]))

    def _open(self, sealed: bytes, number: int) -> str:
        try:
            return str(msgspec.json.decode(self._cipher.open(sealed, _place(number))))
        except (InvalidTag, ValueError):
            return "(changed)"  # ``verify`` says so too


def _place(number: int) -> str:
    return f"access_log/{number}"
