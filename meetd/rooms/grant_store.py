"""All SQL about access that was granted: to accounts, e-mail addresses, links and browsers.

*Host* is only offered: an account has it once that account accepted.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import msgspec

from meetd.accounts.account import Account
from meetd.accounts.identity import email_key
from meetd.core.clock import Clock
from meetd.core.ids import new_id, new_token
from meetd.core.private import Private
from meetd.core.refusals import (
    HostRoleStands,
    InviteLinkInvalid,
    OfferGone,
    TooManyGrants,
    TooManyOffers,
)
from meetd.rooms.also import Also
from meetd.rooms.grant import Answer, Grant, Level, NewGrant, key_hash
from meetd.rooms.room import Room
from meetd.storage.aged import Aged
from meetd.storage.database import Database, Row, Transaction
from meetd.storage.resealing import RoomSeals, SealedColumn
from meetd.storage.vault import Fingerprints, Vault

MOST_OFFERS = 50
"""That one account sees at a time: nobody fills a page of somebody else's."""
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
        self._vault = vault
        self._clock = clock
        self._fingerprints = fingerprints
        self._changed: list[Callable[[str], None]] = []
        self.ended = Aged(database, "access_grants", "expires_at < :cutoff")
        self.browsers = Aged(database, "access_grants", _UNUSED_BROWSERS, self._announce_rooms)
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
        return NewGrant(level, "email", email, found_by=self._fingerprints.of(email_key(email)))

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
        values = await self._values(room.id, new)

        async def work(transaction: Transaction) -> Row:
            if spares_hosts:
                await _check_spared(transaction, _REPLACED, values)
            row = await _add_in(transaction, values)
            if also is not None:
                await also(transaction)
            return row

        grant = await self._grant(await self._database.write(work))
        self.announce(room.id)
        return grant

    async def adding(self, room: Room, new: NewGrant) -> Also:
        """The same as part of something else; whoever does it calls ``announce`` after.

        What is returned raises: TooManyGrants, TooManyOffers.
        """
        values = await self._values(room.id, new)

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
        return [await self._grant(row) for row in rows]

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
        former = {"room": room.id, **self._finding(owner, None)}
        new = replace(self.by_account("host", owner), accepted_by=owner.id)
        stay = await self._values(room.id, new) if stays else None

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
            f"{_SELECT} WHERE room_id = :room AND {_STANDS}"
            " AND (account_id = :account OR found_by = :email OR found_by = :key)",
            {"room": room_id, "now": self._clock.now(), **self._finding(account, key)},
        )
        return [await self._grant(row) for row in rows]

    async def find(self, grant_id: str) -> Grant | None:
        """That grant, if nobody revoked it. Having run out or been used up ends nobody's stay."""
        rows = await self._database.read(f"{_SELECT} WHERE id = :id", {"id": grant_id})
        return await self._grant(rows[0]) if rows else None

    async def hosted_by(self, account: Account) -> list[str]:
        """Ids of rooms where somebody accepted to be a host."""
        rows = await self._offered(f"{_ANSWERED} AND answer = 'accepted'", account)
        return list({row["room_id"] for row in rows})

    async def hosts_of(self, room_id: str) -> list[str]:
        """Ids of accounts that accepted to be a host there, by name or by an address that was
        theirs then."""
        rows = await self._database.read(
            f"{_SELECT} WHERE room_id = :room AND level = 'host' AND answer = 'accepted'"
            f" AND answered_by IS NOT NULL AND {_STANDS}",
            {"room": room_id, "now": self._clock.now()},
        )
        return [row["answered_by"] for row in rows]

    async def offers_to(self, account: Account) -> list[Grant]:
        """Where somebody may be a host and has not said yet whether they want to; newest first."""
        rows = await self._offered(f"NOT coalesce({_ANSWERED}, 0) {_NEWEST}", account)
        return [await self._grant(row) for row in rows]

    async def count_offers_to(self, account: Account) -> int:
        """How many of these there are, but for what blocked owners offered."""
        rows = await self._database.read(_COUNT_OFFERS, self._asking(account))
        return min(int(rows[0]["waiting"]), MOST_OFFERS)

    async def offer_to(self, account: Account, grant_id: str) -> Grant | None:
        """One of what is offered to somebody, answered or not."""
        rows = await self._offered("id = :id", account, id=grant_id)
        return await self._grant(rows[0]) if rows else None

    async def answer(
        self, account: Account, grant_id: str, answer: Answer, also: Also | None = None
    ) -> None:
        """What somebody says to the offer to be a host, with ``also``. Who accepted may still
        decline, on a page from before; who declined has to be asked anew.

        Raises: OfferGone when it is not theirs, does not stand, or was answered already.
        """
        values = {"id": grant_id, "answer": answer, **self._asking(account)}

        async def work(transaction: Transaction) -> str:
            rows = await transaction.execute(_ANSWER, values)
            if not rows:
                raise OfferGone
            # By a link they may be asked again: whenever they come with it.
            await transaction.execute(
                "DELETE FROM access_grants"
                " WHERE id = :id AND answer = 'declined' AND through IS NOT NULL",
                values,
            )
            if also is not None:
                await also(transaction)
            return str(rows[0]["room_id"])

        self.announce(await self._database.write(work))

    async def using(self, grant_id: str, account: Account | None = None) -> Also:
        """Enter with it. By a link for hosts, whoever is signed in is offered to be one. What is
        returned raises: InviteLinkInvalid when it does not stand any more."""
        offer = await self._offer_through(grant_id, account)

        async def also(transaction: Transaction) -> None:
            rows = await transaction.execute(
                f"{_USE} WHERE id = :id AND {_STANDS} RETURNING id",
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
            f"{_SELECT} {_THEIRS} AND {_STANDS}",
            {"now": self._clock.now(), **self._finding(account, None)},
        )
        return [await self._grant(row) for row in rows]

    async def give_up(self, room: Room, account: Account, also: Also, *, knocks: bool) -> None:
        """Somebody wants what they were granted in that room no more; done with ``also``, if it was
        anything. ``knocks``: by name from now on, for whom a team would let in otherwise."""
        values = {"room": room.id, **self._finding(account, None)}
        act = f"{_TO_KNOCK} {_GIVEN_UP}" if knocks else f"{_DELETE} {_GIVEN_UP}"

        async def work(transaction: Transaction) -> None:
            if await transaction.execute(f"{act} RETURNING id", values):
                await also(transaction)

        await self._database.write(work)
        self.announce(room.id)

    async def of_account(self, account: Account) -> list[Grant]:
        """What was granted to somebody, by name or by the address that is theirs."""
        rows = await self._database.read(
            f"{_SELECT} {_THEIRS} ORDER BY made_at", self._finding(account, None)
        )
        return [await self._grant(row) for row in rows]

    async def forget_account(self, account: Account) -> int:
        async def work(transaction: Transaction) -> list[str]:
            rows = await transaction.execute(
                f"{_DELETE} {_THEIRS} RETURNING room_id", self._finding(account, None)
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

    async def _offered(self, condition: str, account: Account, **more: object) -> list[Row]:
        return await self._database.read(
            f"{_SELECT} WHERE {_TO_THEM} AND {condition}", {**self._asking(account), **more}
        )

    def _asking(self, account: Account) -> dict[str, object]:
        return {"now": self._clock.now(), "most": MOST_OFFERS, **self._finding(account, None)}

    async def _offer_through(
        self, grant_id: str, account: Account | None
    ) -> dict[str, object] | None:
        """What a link for hosts offers to an account, for as long as the link lasts. However often
        the link may be used, it is no use of it to be the host one became."""
        link = await self.find(grant_id) if account is not None else None
        if account is None or link is None or (link.kind, link.level) != ("link", "host"):
            return None
        new = replace(self.by_account("host", account), expires_at=link.expires_at)
        values = await self._values(link.room_id, new)
        return {**values, "through": link.id, "most": MAX_GRANTS}

    async def _values(self, room_id: str, new: NewGrant) -> dict[str, object]:
        """Of a new row."""
        cipher = await self._vault.cipher("room", room_id)
        grant_id = new_id()
        return {
            "id": grant_id,
            "room": room_id,
            "level": new.level,
            "kind": new.kind,
            "account": new.account_id,
            "found_by": new.found_by,
            "label": cipher.seal(new.label.encode(), _place(grant_id)),
            "expires": new.expires_at,
            "uses": new.uses,
            "now": self._clock.now(),
            "answer": "accepted" if new.accepted_by else None,
            "answered_by": new.accepted_by,
            "through": None,
        }

    def _finding(self, account: Account | None, key: str | None) -> dict[str, object]:
        """An address counts only once its owner confirmed it."""
        email = account.email if account and account.email_confirmed_at is not None else None
        return {
            "account": account.id if account else None,
            "email": self._fingerprints.of(email_key(email)) if email else None,
            "key": key_hash(key) if key else None,
        }

    async def _grant(self, row: Row) -> Grant:
        cipher = await self._vault.cipher("room", row["room_id"])
        return Grant(
            id=row["id"],
            room_id=row["room_id"],
            level=row["level"],
            kind=row["kind"],
            account_id=row["account_id"],
            label=cipher.open(row["sealed_label"], _place(row["id"])).decode(),
            expires_at=row["expires_at"],
            uses_left=row["uses_left"],
            made_at=row["made_at"],
            last_used_at=row["last_used_at"],
            answer=row["answer"],
            answered_by=row["answered_by"],
            through=row["through"],
        )


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


def _place(grant_id: str) -> str:
    return f"access_grants/{grant_id}"


SEALED = (
    SealedColumn(
        *("access_grants", "sealed_label", ("id",), "room_id = :room"),
        lambda row: _place(row["id"]),
    ),
)


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
_STANDS = "(expires_at IS NULL OR expires_at > :now) AND (uses_left IS NULL OR uses_left > 0)"
_TO_THEM = (
    "level = 'host' AND kind IN ('account', 'email')"
    f" AND (account_id = :account OR found_by = :email) AND {_STANDS}"
)
_ANSWERED = "answered_by = :account"
_NEWEST = "ORDER BY made_at DESC, id LIMIT :most"
_HOW_MANY = "SELECT count(*) AS waiting FROM access_grants"
_BY_ANOTHER = (
    "EXISTS (SELECT 1 FROM rooms JOIN accounts ON accounts.id = rooms.owner_id"
    " WHERE rooms.id = access_grants.room_id AND accounts.id <> :account"
    " AND accounts.blocked_at IS NULL)"
)
_COUNT_OFFERS = f"{_HOW_MANY} WHERE {_TO_THEM} AND NOT coalesce({_ANSWERED}, 0) AND {_BY_ANOTHER}"
_COUNT_OPEN = (
    "SELECT count(*) AS waiting FROM access_grants JOIN rooms ON rooms.id = room_id"
    " WHERE rooms.owner_id = (SELECT owner_id FROM rooms WHERE id = :room)"
    " AND access_grants.level = 'host' AND kind IN ('account', 'email') AND answer IS NULL"
    " AND through IS NULL"  # whoever comes by a link asked for it
)
_SET_ANSWER = "UPDATE access_grants SET answer = :answer, answered_by = :account"
_ANSWER = (
    f"{_SET_ANSWER} WHERE id = :id AND {_TO_THEM} AND (NOT coalesce({_ANSWERED}, 0)"
    " OR (answer = 'accepted' AND :answer = 'declined')) RETURNING room_id"
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
