"""What people do with teams: make one, invite, accept, lead, leave. Who may is checked here."""

import math

from meetd.accounts.account import Account, refuse
from meetd.accounts.identity import check_user_name
from meetd.accounts.store import AccountStore
from meetd.accounts.team_store import Membership, Team, TeamLevel, TeamRole, TeamStore
from meetd.core.clock import Clock
from meetd.core.limits import Buckets

MAX_TEAMS = 50
"""Per account."""
MAX_MEMBERS = 500
"""Per team."""
MOST_INVITATIONS = 30
PER_SECONDS = 600
"""By one account."""


class Teams:
    """Acts of ``who``. Somebody who is no active member learns nothing about a team, and only its
    admins change it: each raises AccountRefused otherwise."""

    def __init__(self, store: TeamStore, accounts: AccountStore, clock: Clock) -> None:
        self.store = store
        self._accounts = accounts
        self._clock = clock
        self._invitations = Buckets(MOST_INVITATIONS / PER_SECONDS, MOST_INVITATIONS)

    async def make(self, who: Account, name: str) -> Team:
        """A team, and its reception under that name."""
        if len(await self.store.of(who.id)) >= MAX_TEAMS:
            raise refuse("TooManyTeams", limit=MAX_TEAMS)
        return await self.store.make(check_user_name(name), who.id)

    async def open(self, who: Account, team_id: str) -> tuple[Membership, list[Membership]]:
        """One's own membership, and everybody's who has accepted: of an invitation nobody learns
        whether there is such an account."""
        own = await self.store.membership(team_id, who.id)
        if own is None or not own.is_active:
            raise refuse("NoSuchTeam")
        members = await self.store.members(team_id)
        return own, [member for member in members if member.state != "invited"]

    async def invite(self, who: Account, team_id: str, name_or_email: str) -> None:
        """The same answer whether there is such an account or not."""
        await self._check_admin(who, team_id)
        wait = self._invitations.take(who.id, self._clock.monotonic())
        if wait:
            raise refuse("TooManyAttempts", seconds=math.ceil(wait))
        if len(await self.store.members(team_id)) >= MAX_MEMBERS:
            raise refuse("TeamFull", limit=MAX_MEMBERS)
        account = await self._find(name_or_email)
        if account is not None and account.blocked_at is None and account.closed_at is None:
            await self.store.invite(team_id, account.id)

    async def accept(self, who: Account, team_id: str, seen: TeamLevel) -> None:
        """``seen``: what the invitation said that members may do in one another's rooms. Raised
        meanwhile, it holds for others only until they are asked and agree."""
        await self.store.join(team_id, who.id, seen)

    async def decline(self, who: Account, team_id: str) -> None:
        await self.store.decline(team_id, who.id)

    async def agree(self, who: Account, team_id: str, level: TeamLevel) -> None:
        """What members of the team may do in rooms of ``who``, and whether ``who`` is a host in
        theirs. Also less than before, at any time."""
        await self.open(who, team_id)
        await self.store.agree(team_id, who.id, level)

    async def set_role(self, who: Account, team_id: str, account_id: str, role: TeamRole) -> None:
        member = await self._led_member(who, team_id, account_id)
        await self.store.change(team_id, account_id, role, member.state)

    async def suspend(self, who: Account, team_id: str, account_id: str, *, on: bool) -> None:
        """Until further notice. Nobody who was only invited becomes a member by it."""
        member = await self._led_member(who, team_id, account_id)
        if member.state == "invited":
            raise refuse("NoSuchTeam")
        await self.store.change(team_id, account_id, member.role, "suspended" if on else "active")

    async def remove(self, who: Account, team_id: str, account_id: str) -> None:
        """A member, or oneself."""
        if account_id != who.id:
            await self._led_member(who, team_id, account_id)
        await self.store.remove(team_id, account_id)

    async def set_level(self, who: Account, team_id: str, level: TeamLevel) -> None:
        await self._check_admin(who, team_id)
        await self.store.set_level(team_id, level, who.id)

    async def delete(self, who: Account, team_id: str, typed: str) -> None:
        """For everybody. ``typed``: its name, written to be sure."""
        own = await self._check_admin(who, team_id)
        if typed.strip().lower() != own.team.name.lower():
            raise refuse("TeamNotConfirmed", team=own.team.name)
        await self.store.delete(team_id)

    async def _check_admin(self, who: Account, team_id: str) -> Membership:
        own, _ = await self.open(who, team_id)
        if own.role != "admin":
            raise refuse("TeamAdminsOnly")
        return own

    async def _led_member(self, who: Account, team_id: str, account_id: str) -> Membership:
        await self._check_admin(who, team_id)
        member = await self.store.membership(team_id, account_id)
        if member is None:
            raise refuse("NoSuchTeam")
        return member

    async def _find(self, name_or_email: str) -> Account | None:
        text = name_or_email.strip()[:300]
        if "@" in text:
            return await self._accounts.by_email(text)
        return await self._accounts.by_user_name(text)
