"""Who may do what in a room. The store alone decides: nothing a page says about itself counts, and
what is not granted is refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from meetd.accounts.account import Account, SignedIn
from meetd.accounts.team_store import Team, TeamStore
from meetd.protocol.people import Role
from meetd.rooms.also import Also, together
from meetd.rooms.grant_store import Grant, GrantStore
from meetd.rooms.room import Room
from meetd.rooms.support import Support

_HANDED_ON = "handed on:"
_SUPPORT = "support:"


@dataclass(frozen=True)
class Person:
    """Whoever asks: the account of the session cookie, if any, and the key of an invite link."""

    who: SignedIn | None = None
    key: str | None = None
    network: str = ""
    """What limits count by."""

    @property
    def account(self) -> Account | None:
        return self.who.account if self.who else None


@dataclass(frozen=True)
class Right:
    """What somebody may do, and why: the reason is what a revocation looks for.

    ``basis``: ``open`` (the room is unlocked), ``owner``, ``grant:<id>``, ``team:<id>``, ``knock``
    (admitted), ``support:<account id>``; made host in the meeting: ``handed on:`` before what they
    are in by.
    """

    level: Literal["join", "host"]
    basis: str

    @property
    def role(self) -> Role:
        """What it makes of somebody in the meeting."""
        if self.supporter is not None:
            return "support"
        return "host" if self.level == "host" else "guest"

    @property
    def grant_id(self) -> str | None:
        kind, _, grant_id = self.basis.partition(":")
        return grant_id if kind == "grant" else None

    @property
    def handed_on(self) -> "Right":
        """Host in the meeting, for as long as this one stands."""
        return Right("host", f"{_HANDED_ON}{self.basis}")

    @property
    def beneath(self) -> "Right | None":
        """What somebody is in by who was made host; ``None`` for everybody else."""
        if not self.basis.startswith(_HANDED_ON):
            return None
        return Right("join", self.basis.removeprefix(_HANDED_ON))

    @property
    def supporter(self) -> str | None:
        """Id of the administrator who is in for support."""
        return self.basis.removeprefix(_SUPPORT) if self.basis.startswith(_SUPPORT) else None

    @property
    def is_personal(self) -> bool:
        """Rests on being somebody, and ends with it."""
        return self.basis.partition(":")[0] in {"owner", "grant", "team", "support"}


class Access:
    """Asks the store, every time."""

    def __init__(self, grants: GrantStore, teams: TeamStore, support: Support) -> None:
        self._grants = grants
        self._teams = teams
        self._support = support

    async def right_of(self, room: Room, person: Person) -> Right | None:
        """The most that somebody may do in that room; ``None``: they have to knock."""
        granted = await self._granted(room, person.account, person.key)
        # Support before the open door: whoever is here for it is seen as that.
        return granted or self._for_support(room, person.account) or _open_to_all(room)

    async def link_of(self, room: Room, key: str | None) -> Grant | None:
        """The grant behind the key that somebody came with, while it stands."""
        grants = await self._grants.standing(room.id, None, key) if key else []
        return grants[0] if grants else None

    async def known_by(self, room: Room, person: Person) -> Grant | None:
        """What was granted to whoever knocks: the link they came with, or else by name or address
        that they should knock."""
        standing = await self._grants.standing(room.id, person.account, person.key)
        links = [grant for grant in standing if grant.kind == "link"]
        named = [grant for grant in standing if grant.needs_account and grant.level == "knock"]
        return next(iter(links + named), None)

    def using(self, right: Right) -> Also:
        """Enter with it. What is returned raises: InviteLinkInvalid when it was used up or revoked
        just now."""
        return together() if right.grant_id is None else self._grants.using(right.grant_id)

    def used(self, right: Right, room: Room) -> None:
        """Somebody entered with it."""
        if right.supporter is not None:
            self._support.enter(right.supporter, room)

    async def still(self, room: Room, right: Right, account: Account | None) -> Right | None:
        """The right of somebody who is in already, after something changed. What no longer stands
        gives way to what they may do otherwise; locking a room ends nobody's stay."""
        if right.beneath is not None:
            beneath = await self.still(room, right.beneath, account)
            return beneath if beneath is None or beneath.level == "host" else beneath.handed_on
        own = right if self._stands_by_itself(right, account) else None
        if right.grant_id is not None:
            own = await self._still_granted(right.grant_id)
        # Their own first: what is granted on top of it may go again, and they stay.
        return _most([own, await self._granted(room, account, None)]) or _open_to_all(room)

    async def is_host(self, room: Room, account: Account) -> bool:
        """By the store alone, whether in a meeting or not."""
        right = await self._granted(room, account, None)
        return right is not None and right.level == "host"

    @staticmethod
    def _stands_by_itself(right: Right, account: Account | None) -> bool:
        """Rests on nothing that can be taken back. Support does not, while its administrator is
        signed in."""
        if right.supporter is not None:
            return account is not None and account.administrator
        return not right.is_personal

    def _for_support(self, room: Room, account: Account | None) -> Right | None:
        if account is None or not self._support.is_allowed(account, room):
            return None
        return Right("join", _SUPPORT + account.id)

    async def _granted(self, room: Room, account: Account | None, key: str | None) -> Right | None:
        if account is not None and account.id == room.owner_id:
            return Right("host", "owner")
        if room.owner_id is None or (account is None and key is None):
            return None
        standing = await self._grants.standing(room.id, account, key)
        rights = [_right_by(grant) for grant in standing]
        # What was granted to somebody by name counts more than the team, in both directions.
        if account is not None and not any(grant.needs_account for grant in standing):
            shared = await self._teams.shared(account.id, room.owner_id)
            rights += [_right_through(team) for team in shared]
        return _most(rights)

    async def _still_granted(self, grant_id: str) -> Right | None:
        """By link or browser: what was granted to a person is asked for anew, of whoever that
        person is now."""
        grant = await self._grants.find(grant_id)
        return None if grant is None or grant.needs_account else _right_by(grant)


def _right_by(grant: Grant) -> Right | None:
    return None if grant.level == "knock" else Right(grant.level, f"grant:{grant.id}")


def _right_through(team: Team) -> Right | None:
    """What members of a team may do in one another's rooms."""
    return None if team.level == "knock" else Right(team.level, f"team:{team.id}")


def _open_to_all(room: Room) -> Right | None:
    return Right("join", "open") if room.opens_to_all else None


def _most(rights: Iterable[Right | None]) -> Right | None:
    return max(
        (right for right in rights if right is not None),
        key=lambda right: right.level == "host",
        default=None,
    )
