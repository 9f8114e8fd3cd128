"""All SQL about access that was granted: to accounts, e-mail addresses, links and browsers.

*Host* is only offered: an account has it once that account accepted.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import msgspec

from meetd.accounts.account import Account
from meetd.core.clock import Clock
from meetd.core.ids import new_token
from meetd.core.private import Private
from meetd.core.refusals import (
    HostRoleStands,
    InviteLinkInvalid,
    TooManyGrants,
    TooManyOffers,
)
from meetd.rooms.also import Also
from meetd.rooms.browser_store import BrowserStore
from meetd.rooms.grant import Grant, Level, NewGrant, key_hash
from meetd.rooms.grant_rows import SEALED, GrantRows
from meetd.rooms.host_offer_store import STANDS, HostOfferStore
from meetd.rooms.room import Room
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.resealing import RoomSeals
from meetd.storage.vault import Fingerprints, Vault

MAX_GRANTS = 1_000
"""Per room."""
MAX_OPEN = 100
"""Roles of host that wait for an answer, in all rooms of one owner."""


class GrantStore:
    """Grants at rest. Whoever holds something live that rests on a grant listens."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, fingerprints: Fingerprints
    ) -> None:
        self._database = database
        self._clock = clock
        self._rows = GrantRows(vault, clock, fingerprints)
        self._changed: list[Callable[[str], None]] = []
        self.ended = Aged(database, "access_grants", "expires_at < :cutoff")
        self.browsers = Aged(database, "access_grants", _UNUSED_BROWSERS, self._announce_rooms)
        self.offers = HostOfferStore(database, clock, self._rows, self.announce)
        self.of_visitors = BrowserStore(database, vault, self.announce)
        self.seals = RoomSeals(database, vault, SEALED)

    @classmethod
    async def open(cls, database: Database, vault: Vault, clock: Clock) -> "GrantStore":
        return cls(database, vault, clock, await vault.fingerprints("access by e-mail"))

    def on_changed(self, listener: Callable[[str], None]) -> None:
        """Called with the id of a room whose grants changed."""
        self._changed.append(listener)

    def by_account(self, level: Level, account: Account) -> NewGrant:
        return NewGrant(level, "account", account.user_name, account_id=account.id)

    def by_email(self, level: Level, email: str) -> NewGrant:
        """For whoever confirmed that address, now or later."""
        return NewGrant(level, "email", email, found_by=self._rows.of_email(email))

    def by_link(
        self, level: Level, label: str, *, expires_at: int | None = None, uses: int | None = None
    ) -> tuple[NewGrant, Private[str]]:
        """A new invite link and its key, which is not kept."""
        key = new_token()
        new = NewGrant(
            level, "link", label, found_by=key_hash(key), expires_at=expires_at, uses=uses
        )
        return new, Private(key)

    def by_browser(self, name: str, hashed: bytes) -> NewGrant:
        """*Always join* for a visitor without account: the proof of their knock is the key from now
        on, and ``hashed`` is its SHA-256."""
        return NewGrant("join", "browser", name, found_by=hashed)

    async def add(
        self, room: Room, new: NewGrant, also: Also | None = None, *, spares_hosts: bool = False
    ) -> Grant:
        """Granted anew to the same account or address, the former grant is replaced. Done with
        ``also``. ``spares_hosts``: whoever was granted *host* keeps it, and *should knock* too.

        Raises: TooManyGrants, TooManyOffers; HostRoleStands when that is the owner's to change.
        """
        values = await self._rows.values(room.id, new)

        async def work(transaction: Transaction) -> Row:
            if spares_hosts:
                await _check_spared(transaction, _REPLACED, values)
            row = await _add_in(transaction, values)
            if also is not None:
                await also(transaction)
            return row

        grant = await self._rows.opened(await self._database.write(work))
        self.announce(room.id)
        return grant

    async def adding(self, room: Room, new: NewGrant) -> Also:
        """The same as part of something else; whoever does it calls ``announce`` after.

        What is returned raises: TooManyGrants, TooManyOffers.
        """
        values = await self._rows.values(room.id, new)

        async def also(transaction: Transaction) -> None:
            await _add_in(transaction, values)

        return also

    def announce(self, room_id: str) -> None:
        """What was granted in that room changed."""
        for listener in self._changed:
            listener(room_id)

    async def of(self, room: Room) -> list[Grant]:
        """Everything granted in a room, newest first."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room ORDER BY made_at DESC, id",
            {"room": room.id},
        )
        return [await self._rows.opened(row) for row in rows]

    async def revoke(
        self, room: Room, grant_id: str, also: Also | None = None, *, spares_hosts: bool = False
    ) -> bool:
        """Take it back, with ``also``. Returns whether it was there.

        Raises: HostRoleStands, with ``spares_hosts``, when only the owner takes it back.
        """
        values = {"id": grant_id, "room": room.id, "level": None}

        async def work(transaction: Transaction) -> bool:
            if spares_hosts:
                await _check_spared(transaction, _ONE, values)
            rows = await transaction.execute(f"{_DELETE} {_ONE} RETURNING id", values)
            if rows and also is not None:
                await also(transaction)
            return bool(rows)

        gone = await self._database.write(work)
        self.announce(room.id)
        return gone

    async def revoke_all(
        self, room: Room, grant_ids: Collection[str], also: Also, *, spares_hosts: bool = False
    ) -> None:
        """Take these back at once, with ``also``. ``spares_hosts``: but for what only the owner
        takes back."""
        which = f"{_AMONG} AND NOT {_OWNERS}" if spares_hosts else _AMONG
        ids = msgspec.json.encode(tuple(grant_ids)).decode()
        values = {"room": room.id, "ids": ids, "level": None}

        async def work(transaction: Transaction) -> None:
            await transaction.execute(f"{_DELETE} {which}", values)
            await also(transaction)

        await self._database.write(work)
        if grant_ids:
            self.announce(room.id)

    async def handing_over(self, room: Room, owner: Account, *, stays: bool) -> Also:
        """What is to be done when a room gets another owner: what would let the former one back in
        goes, every invite link included, because whoever made it may have kept it. Whoever has not
        accepted to be a host is not offered it any more, and always joins. ``stays``: the former
        owner is a host from then on."""
        former = {"room": room.id, **self._rows.finding(owner, None)}
        new = replace(self.by_account("host", owner), accepted_by=owner.id)
        stay = await self._rows.values(room.id, new) if stays else None

        async def also(transaction: Transaction) -> None:
            await transaction.execute(
                "DELETE FROM access_grants WHERE room_id = :room"
                " AND (kind = 'link' OR account_id = :account OR found_by = :email)",
                former,
            )
            await transaction.execute(_OFFER_NO_MORE, former)
            if stay is not None:
                await transaction.execute(_INSERT, stay)

        return also

    async def standing(self, room_id: str, account: Account | None, key: str | None) -> list[Grant]:
        """What that account or key was granted in that room and still has."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND {STANDS}"
            " AND (account_id = :account OR found_by = :email OR found_by = :key)",
            {"room": room_id, "now": self._clock.now(), **self._rows.finding(account, key)},
        )
        return [await self._rows.opened(row) for row in rows]

    async def find(self, grant_id: str) -> Grant | None:
        """That grant, if nobody revoked it. Having run out or been used up ends nobody's stay."""
        rows = await self._database.read(f"{_SELECT} WHERE id = :id", {"id": grant_id})
        return await self._rows.opened(rows[0]) if rows else None

    async def hosts_of(self, room_id: str) -> list[str]:
        """Ids of accounts that accepted to be a host there, by name or by an address that was
        theirs then."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND level = 'host' AND answer = 'accepted'"
            f" AND answered_by IS NOT NULL AND {STANDS}",
            {"room": room_id, "now": self._clock.now()},
        )
        return [row["answered_by"] for row in rows]

    async def using(self, grant_id: str, account: Account | None = None) -> Also:
        """Enter with it. By a link for hosts, whoever is signed in is offered to be one. What is
        returned raises: InviteLinkInvalid when it does not stand any more."""
        offer = await self._offer_through(grant_id, account)

        async def also(transaction: Transaction) -> None:
            rows = await transaction.execute(
                f"{_USE} WHERE id = :id AND {STANDS} RETURNING id",
                {"id": grant_id, "now": self._clock.now()},
            )
            if not rows:
                raise InviteLinkInvalid
            if offer is not None:
                await transaction.execute(_OFFER_ONCE, offer)

        return also

    async def reaching(self, account: Account) -> list[Grant]:
        """What stands for somebody, in whatever room."""
        rows = await self._database.read(
            f"{_SELECT} {_THEIRS} AND {STANDS}",
            {"now": self._clock.now(), **self._rows.finding(account, None)},
        )
        return [await self._rows.opened(row) for row in rows]

    async def give_up(self, room: Room, account: Account, also: Also, *, knocks: bool) -> None:
        """Somebody wants what they were granted in that room no more; done with ``also``, if it was
        anything. ``knocks``: by name from now on, for whom a team would let in otherwise."""
        values = {"room": room.id, **self._rows.finding(account, None)}
        act = f"{_TO_KNOCK} {_GIVEN_UP}" if knocks else f"{_DELETE} {_GIVEN_UP}"

        async def work(transaction: Transaction) -> None:
            if await transaction.execute(f"{act} RETURNING id", values):
                await also(transaction)

        await self._database.write(work)
        self.announce(room.id)

    async def of_account(self, account: Account) -> list[Grant]:
        """What was granted to somebody, by name or by the address that is theirs."""
        rows = await self._database.read(
            f"{_SELECT} {_THEIRS} ORDER BY made_at", self._rows.finding(account, None)
        )
        return [await self._rows.opened(row) for row in rows]

    async def forget_account(self, account: Account) -> int:
        async def work(transaction: Transaction) -> list[str]:
            rows = await transaction.execute(
                f"{_DELETE} {_THEIRS} RETURNING room_id", self._rows.finding(account, None)
            )
            return [row["room_id"] for row in rows]

        rooms = await self._database.write(work)
        for room_id in rooms:
            self.announce(room_id)
        return len(rooms)

    async def ended_between(self, after: int, until: int) -> list[str]:
        """Ids of rooms in which something granted ran out later than ``after``, not later than
        ``until``."""
        rows = await self._database.read(
            "SELECT DISTINCT room_id FROM access_grants"
            " WHERE expires_at > :after AND expires_at <= :until",
            {"after": after, "until": until},
        )
        return [row["room_id"] for row in rows]

    def _announce_rooms(self, gone: list[Row]) -> None:
        for room_id in {row["room_id"] for row in gone}:
            self.announce(room_id)

    async def _offer_through(
        self, grant_id: str, account: Account | None
    ) -> dict[str, object] | None:
        """What a link for hosts offers to an account, for as long as the link lasts. However often
        the link may be used, it is no use of it to be the host one became."""
        link = await self.find(grant_id) if account is not None else None
        if account is None or link is None or (link.kind, link.level) != ("link", "host"):
            return None
        new = replace(self.by_account("host", account), expires_at=link.expires_at)
        values = await self._rows.values(link.room_id, new)
        return {**values, "through": link.id, "most": MAX_GRANTS}


async def _add_in(transaction: Transaction, values: dict[str, object]) -> Row:
    """Raises: TooManyGrants, TooManyOffers."""
    await transaction.execute(f"{_DELETE} {_REPLACED}", values)
    is_offer = values["level"] == "host" and values["kind"] in {"account", "email"}
    if is_offer and values["answer"] is None:
        await _check_open(transaction, values)
    count = await transaction.execute(
        "SELECT count(*) AS number FROM access_grants WHERE room_id = :room", values
    )
    if count[0]["number"] >= MAX_GRANTS:
        raise TooManyGrants(limit=MAX_GRANTS)
    return (await transaction.execute(_INSERT, values))[0]


async def _check_open(transaction: Transaction, values: Mapping[str, object]) -> None:
    """Raises: TooManyOffers."""
    if (await transaction.execute(_COUNT_OPEN, values))[0]["waiting"] >= MAX_OPEN:
        raise TooManyOffers(limit=MAX_OPEN)


async def _check_spared(transaction: Transaction, which: str, values: Mapping[str, object]) -> None:
    """``level``: what takes its place. Raises: HostRoleStands."""
    if await transaction.execute(f"{_SELECT} {which} AND {_OWNERS}", values):
        raise HostRoleStands


_UNUSED_BROWSERS = "kind = 'browser' AND coalesce(last_used_at, made_at) < :cutoff"
_SELECT = "SELECT * FROM access_grants"
_DELETE = "DELETE FROM access_grants"
_ONE = "WHERE id = :id AND room_id = :room"
_AMONG = "WHERE room_id = :room AND id IN (SELECT value FROM json_each(:ids))"
_REPLACED = (
    "WHERE room_id = :room AND kind = :kind AND (account_id = :account OR found_by = :found_by)"
)
_THEIRS = "WHERE (account_id = :account OR found_by = :email)"
# *Should knock* stays: it may be there so that a team does not let somebody in.
_GIVEN_UP = f"{_THEIRS} AND room_id = :room AND level <> 'knock'"
_TO_KNOCK = "UPDATE access_grants SET level = 'knock'"
# *Should knock* by name counts more than a team: without it, a team may make somebody a host.
_OWNERS = (
    "(level = 'host' OR (level = 'knock' AND kind IN ('account', 'email')"
    " AND coalesce(:level, '') <> 'knock'))"
)
_USE = "UPDATE access_grants SET last_used_at = :now, uses_left = uses_left - 1"
_COUNT_OPEN = (
    "SELECT count(*) AS waiting FROM access_grants JOIN rooms ON rooms.id = room_id"
    " WHERE rooms.owner_id = (SELECT owner_id FROM rooms WHERE id = :room)"
    " AND access_grants.level = 'host' AND kind IN ('account', 'email') AND answer IS NULL"
    " AND through IS NULL"  # whoever comes by a link asked for it
)
_OFFER_NO_MORE = (
    "UPDATE access_grants SET level = 'join' WHERE room_id = :room AND level = 'host'"
    " AND kind IN ('account', 'email') AND coalesce(answer, '') <> 'accepted'"
)
_COLUMNS = (
    "INSERT INTO access_grants (id, room_id, level, kind, account_id, found_by, sealed_label,"
    " expires_at, uses_left, made_at, answer, answered_by, through)"
)
_NEW = (
    ":id, :room, :level, :kind, :account, :found_by, :label, :expires, :uses, :now, :answer,"
    " :answered_by, :through"
)
_INSERT = f"{_COLUMNS} VALUES ({_NEW}) RETURNING *"
_ONCE = (
    "WHERE NOT EXISTS"
    " (SELECT 1 FROM access_grants WHERE through = :through AND account_id = :account)"
    " AND (SELECT count(*) FROM access_grants WHERE room_id = :room) < :most"
)
_OFFER_ONCE = f"{_COLUMNS} SELECT {_NEW} {_ONCE}"
