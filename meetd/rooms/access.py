"""Who may do what in a room. The store alone decides: nothing a page says about itself counts, and
what is not granted is refused."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

from meetd.accounts.account import Account, SignedIn
from meetd.accounts.accounts import Accounts
from meetd.accounts.team_store import Shared
from meetd.core.clock import Clock
from meetd.protocol.people import Role
from meetd.rooms.also import Also, together
from meetd.rooms.grant import Grant
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.room import Room
from meetd.rooms.support import Support

_HANDED_ON = "handed on:"
_SUPPORT = "support:"
_BY_ACCOUNT = "account."
_BY_LINK = "grant."


@dataclass(frozen=True)
class Person:
    """Whoever asks: the account of the session cookie, if any, and the key of an invite link."""

    who: SignedIn | None = None
    key: str | None = None
    network: str = ""
    """What limits count by."""
    host: str = ""
    """Which host their request was sent to: an address of this server, or one of its names."""
    browser: str = ""
    """Like ``Firefox, Linux``."""

    @property
    def account(self) -> Account | None:
        return self.who.account if self.who else None


@dataclass(frozen=True)
class Right:
    """What somebody may do, and why: the reason is what a revocation looks for.

    ``basis``: ``open`` (the room is unlocked), ``owner``, ``grant:<id>``, ``team:<id>``, ``knock``
    (admitted), ``support:<account id>``; made host in the meeting:
    ``handed on:<participant id>:<source>:`` before what they are in by, with who handed it on, and
    the right that does not come from a meeting at the beginning of the chain: ``account.<id>``, or
    ``grant.<id>`` of a link whose visitor has no account.
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

    def handed_on(self, giver: str, source: str) -> "Right":
        """Host in the meeting, for as long as this one and ``source`` stand. ``giver``: id of the
        participant who hands it on."""
        return Right("host", f"{_HANDED_ON}{giver}:{source}:{self.basis}")

    @property
    def beneath(self) -> "Right | None":
        """What somebody is in by who was made host; ``None`` for everybody else."""
        chain = self._chain
        return Right("join", chain[2]) if chain else None

    @property
    def giver(self) -> str | None:
        """Id of the participant who handed the role on."""
        chain = self._chain
        return chain[0] if chain else None

    def source_for(self, account: Account | None) -> str | None:
        """What a role rests on that whoever has this right hands on; ``None``: they cannot."""
        chain = self._chain
        if chain:
            return chain[1]
        if account is not None:
            return f"{_BY_ACCOUNT}{account.id}"
        return f"{_BY_LINK}{self.grant_id}" if self.grant_id else None

    def signed_out(self) -> "Right":
        """What is left, until the store is asked, to whoever had it by being signed in."""
        return Right("join", self.basis) if self.is_personal else self

    def comes_from(self, account_id: str) -> bool:
        """Was it handed on, in the first place, by that account?"""
        chain = self._chain
        return chain is not None and chain[1] == f"{_BY_ACCOUNT}{account_id}"

    @property
    def _chain(self) -> tuple[str, str, str] | None:
        """Giver, source, and the basis beneath."""
        if not self.basis.startswith(_HANDED_ON):
            return None
        giver, source, beneath = self.basis.removeprefix(_HANDED_ON).split(":", 2)
        return giver, source, beneath

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

    def __init__(
        self, grants: GrantStore, accounts: Accounts, support: Support, clock: Clock
    ) -> None:
        self._grants = grants
        self._clock = clock
        self._accounts = accounts
        self._teams = accounts.teams.store
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

    async def using(self, right: Right, account: Account | None) -> Also:
        """Enter with it. What is returned raises: InviteLinkInvalid when it was used up or revoked
        just now."""
        if right.grant_id is None:
            return together()
        return await self._grants.using(right.grant_id, account)

    def entering(self, right: Right, room: Room) -> AbstractContextManager[None]:
        """While somebody enters with it: what is good once is theirs from the first moment.

        Raises: KnockFirst when somebody else was first.
        """
        if right.supporter is None:
            return nullcontext()
        return self._support.entering(right.supporter, room)

    async def reason_of(self, right: Right, room: Room) -> str:
        """Why somebody is there for support; ``""`` for everybody else."""
        return await self._support.reason_of(right.supporter, room) if right.supporter else ""

    async def still(self, room: Room, right: Right, account: Account | None) -> Right | None:
        """The right of somebody who is in already, after something changed. What no longer stands
        gives way to what they may do otherwise; locking a room ends nobody's stay."""
        if right.beneath is not None:
            beneath = await self.still(room, right.beneath, account)
            is_less = beneath is not None and beneath.level == "join"
            return await self._still_handed_on(room, right, beneath) if is_less else beneath
        own = right if self._stands_by_itself(right, account) else None
        if right.grant_id is not None:
            own = await self._still_granted(right, right.grant_id, account)
        # Their own first: what is granted on top of it may go again, and they stay.
        return _most([own, await self._granted(room, account, None)]) or _open_to_all(room)

    async def is_host(self, room: Room, account: Account) -> bool:
        """By the store alone, whether in a meeting or not."""
        right = await self._granted(room, account, None)
        return right is not None and right.level == "host"

    async def is_host_without(self, room: Room, account: Account, grant_id: str) -> bool:
        """Would they be one, if that were not granted?"""
        if room.owner_id is None:
            return False
        standing = await self._grants.standing(room.id, account, None)
        others = [grant for grant in standing if grant.id != grant_id]
        shared = await self._teams.shared(account.id, room.owner_id)
        right = lasting_right(others, shared, account)
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
        shared = await self._teams.shared(account.id, room.owner_id) if account else []
        return lasting_right(standing, shared, account)

    async def _still_granted(
        self, right: Right, grant_id: str, account: Account | None
    ) -> Right | None:
        """By link or browser: what was granted to a person is asked for anew, of whoever that
        person is now. Nobody becomes a host by signing out, and what ran out ends the role and not
        the stay."""
        grant = await self._grants.find(grant_id)
        if grant is None:
            return None
        if grant.has_ended(self._clock.now()):
            theirs = not grant.needs_account or (account and account.id == grant.account_id)
            return Right("join", right.basis) if theirs else None
        if grant.needs_account:
            return None
        return right if right.level == "join" else _right_by(grant, account)

    async def _still_handed_on(
        self, room: Room, right: Right, beneath: Right | None
    ) -> Right | None:
        """As long as whoever was the first to hand it on could still do so."""
        source = right.source_for(None)
        if beneath is None or right.giver is None or source is None:
            return beneath
        stands = await self._is_source(room, source)
        return beneath.handed_on(right.giver, source) if stands else beneath

    async def _is_source(self, room: Room, source: str) -> bool:
        """Is that account a host by the store, or the link still there?"""
        if source.startswith(_BY_LINK):
            grant = await self._grants.find(source.removeprefix(_BY_LINK))
            if grant is None or grant.kind != "link":
                return False
            return not grant.has_ended(self._clock.now())
        account = await self._accounts.active(source.removeprefix(_BY_ACCOUNT))
        return account is not None and await self.is_host(room, account)


def _right_by(grant: Grant, account: Account | None) -> Right | None:
    """Host only for whoever wants to be: until they accept they come in, and are asked nothing.

    A visitor without account who holds a link for hosts is one by coming with it: there is nobody
    whom a role could be given behind their back. They are a host on that page, for as long as they
    are in the room, and are called nowhere else.
    """
    if grant.level == "knock":
        return None
    level = grant.level
    if level == "host" and account is not None and not grant.is_accepted_by(account):
        if grant.through is not None:
            return None  # the link itself lets them in, as often as it says
        level = "join"
    return Right(level, f"grant:{grant.id}")


def lasting_right(
    standing: Sequence[Grant], shared: Sequence[Shared], account: Account | None
) -> Right | None:
    """The most of what stands for somebody in a room, and of what teams that they share with its
    owner give. What was granted by name counts more than the team, in both directions; what was
    only offered takes nothing away."""
    rights = [_right_by(grant, account) for grant in standing]
    if account is not None and not any(_is_by_name(grant, account) for grant in standing):
        rights += [_right_through(one) for one in shared]
    return _most(rights)


def _is_by_name(grant: Grant, account: Account) -> bool:
    """Said about that person, and not waiting for an answer."""
    is_settled = grant.level != "host" or grant.is_accepted_by(account)
    return grant.needs_account and is_settled


def _right_through(shared: Shared) -> Right | None:
    """What members of a team may do in one another's rooms."""
    return None if shared.level == "knock" else Right(shared.level, f"team:{shared.team_id}")


def _open_to_all(room: Room) -> Right | None:
    return Right("join", "open") if room.opens_to_all else None


def _most(rights: Iterable[Right | None]) -> Right | None:
    return max(
        (right for right in rights if right is not None),
        key=lambda right: right.level == "host",
        default=None,
    )
