"""Writes lines, reads them, and tells whether anybody changed them."""

from collections.abc import AsyncIterator, Collection
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag

from meetd.audit import store
from meetd.audit.chain import Checker, Head, Verdict, link_hash, stored
from meetd.audit.entry import Act, Details, Entry, check_words, clean_details
from meetd.core.clock import Clock
from meetd.core.limits import Buckets
from meetd.storage.database import Database, Transaction
from meetd.storage.vault import Cipher, Vault

BATCH = 200
"""Lines in memory at a time, however long the log is."""
_HOUR = 3_600.0
_LOWEST = -(2**63)  # SQLite's smallest number: a line put before the first is found as well


async def verify(database: Database, noted: Head | None = None) -> Verdict:
    """Walk the whole chain. Needs no key.

    ``noted`` is a head from earlier: only with it can be told that lines at the end are gone, or
    that somebody wrote all of them anew.
    """
    checker = Checker(noted)
    first = _LOWEST
    while batch := await store.links(database, first, BATCH):
        for link in batch:
            problem = checker.check(link)
            if problem is not None:
                return Verdict(checker.head, problem)
        first = batch[-1].number + 1
    return Verdict(checker.head, checker.finish())


class AuditLog:
    """The log of one server."""

    def __init__(self, database: Database, cipher: Cipher, clock: Clock) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self._refused = Buckets(rate=1 / _HOUR, burst=1, max_keys=1_000)

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "AuditLog":
        """With its key of the server: details may be a written reason that names people."""
        return cls(database, await vault.cipher("server", "audit-log"), clock)

    async def append(
        self,
        act: Act,
        *,
        actor: str,
        room: str | None = None,
        subject: str | None = None,
        details: Details | None = None,
    ) -> int:
        """Write one line; returns its number. As ``append_in``."""

        async def work(transaction: Transaction) -> int:
            return await self.append_in(
                transaction, act, actor=actor, room=room, subject=subject, details=details
            )

        return await self._database.write(work)

    async def note_held(self, what: str, *, actor: str, room: str | None = None) -> None:
        """A legal hold refused ``what``, a few words of ours. Once an hour for the same attempt:
        nobody fills by asking again what is kept for ever."""
        attempt = f"{actor} {room} {what}"
        if self._refused.take(attempt, self._clock.monotonic()) == 0.0:
            await self.append("hold-refused", actor=actor, room=room, details={"what": what})

    async def append_in(
        self,
        transaction: Transaction,
        act: Act,
        *,
        actor: str,
        room: str | None = None,
        subject: str | None = None,
        details: Details | None = None,
    ) -> int:
        """Write one line in the transaction of the act itself: both are there, or neither.

        Raises: TextEmpty, TextTooLong for the words of ``details``; ValueError when act or ids are
        none, which is a mistake of ours.
        """
        check_words(act, actor, room, subject)
        plain = msgspec.json.encode(clean_details(details or {}))
        last = await store.head_in(transaction)
        number = last.number + 1
        sealed = self._cipher.seal(plain, _place(number))
        covered = (number, self._clock.now(), act, actor, room, subject, sealed, last.hash)
        await store.insert(transaction, store.NewRow(*covered, link_hash(stored(covered))))
        return number

    async def entries(self, after: int = 0, count: int = 100) -> list[Entry]:
        """Up to ``count`` lines after that number, oldest first."""
        return [self._entry(row) for row in await store.rows(self._database, after, count)]

    async def about(self, person: str) -> AsyncIterator[Entry]:
        """Every line where that account acted or was acted upon, oldest first."""
        after = 0
        while batch := await store.rows(self._database, after, BATCH, person):
            for row in batch:
                yield self._entry(row)
            after = batch[-1]["number"]

    async def about_room(self, room_id: str, acts: Collection[Act]) -> list[Entry]:
        """The last lines about that room with one of these acts, newest first."""
        found = await store.rows_about_room(self._database, room_id, acts, BATCH)
        return [self._entry(row) for row in found]

    async def head(self) -> Head:
        """The last line, for the operator to note down somewhere else."""
        return await store.head(self._database)

    async def verify(self, noted: Head | None = None) -> Verdict:
        """As the function ``verify``."""
        return await verify(self._database, noted)

    def _entry(self, row: dict[str, Any]) -> Entry:
        sealed = row.pop("sealed")
        return Entry(**row, details=self._open(sealed, row["number"]))

    def _open(self, sealed: bytes, number: int) -> Details | None:
        try:
            plain = self._cipher.open(sealed, _place(number))
        except (InvalidTag, ValueError):  # ValueError: too short to be anything
            return None  # a changed line is shown as such; ``verify`` says so too
        details: Details = msgspec.json.decode(plain)
        return details


def _place(number: int) -> str:
    return f"audit_log/{number}"
