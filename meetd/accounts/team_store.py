"""All SQL about teams."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from meetd.accounts.account import refuse
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.storage.database import Database, Row, Transaction

TeamRole = Literal["admin", "member"]
MemberState = Literal["invited", "active", "suspended"]
TeamLevel = Literal["knock", "join", "host"]
_LEVELS: Final[tuple[TeamLevel, ...]] = get_args(TeamLevel)
"""From the least to the most."""


def lower(one: TeamLevel, other: TeamLevel) -> TeamLevel:
    """Whichever of the two gives less."""
    return min(one, other, key=_LEVELS.index)


@dataclass(frozen=True)
class Team:
    """``level``: what members may do in one another's rooms, as far as they agreed to it."""

    id: str
    name: str
    level: TeamLevel


@dataclass(frozen=True)
class Membership:
    """Somebody in a team. ``changed_at`` in milliseconds since the epoch. ``agreed``: to what, for
    their own rooms and for themselves in those of others."""

    team: Team
    account_id: str
    role: TeamRole
    state: MemberState
    changed_at: int
    agreed: TeamLevel = "knock"

    @property
    def is_active(self) -> bool:
        return self.state == "active"

    @property
    def is_asked(self) -> bool:
        """Does the team do more than they agreed to?"""
        return lower(self.team.level, self.agreed) != self.team.level


@dataclass(frozen=True)
class Shared:
    """What a team gives one member in the rooms of another."""

    team_id: str
    team_name: str
    level: TeamLevel


class TeamStore:
    """Teams at rest. Whoever holds something live that rests on a membership listens."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._changed: list[Callable[[frozenset[str]], None]] = []

    def on_changed(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Called when who belongs to a team, or what that means, changed: with the ids of the
        accounts that it concerns."""
        self._changed.append(listener)

    async def id_by_name(self, name: str) -> str | None:
        rows = await self._database.read(
            "SELECT id FROM teams WHERE name_key = :key", {"key": name.lower()}
        )
        return rows[0]["id"] if rows else None

    async def of(self, account_id: str) -> list[Membership]:
        """Everything somebody belongs to, or was invited to, by name."""
        rows = await self._database.read(
            f"{_SELECT} WHERE account_id = :account ORDER BY name_key", {"account": account_id}
        )
        return [_membership(row) for row in rows]

    async def count_invitations(self, account_id: str) -> int:
        """How many wait for somebody's answer."""
        rows = await self._database.read(
            "SELECT count(*) AS waiting FROM team_members WHERE account_id = :account"
            " AND state = 'invited'",
            {"account": account_id},
        )
        return int(rows[0]["waiting"])

    async def members(self, team_id: str) -> list[Membership]:
        rows = await self._database.read(
            f"{_SELECT} WHERE team_id = :team ORDER BY changed_at, account_id", {"team": team_id}
        )
        return [_membership(row) for row in rows]

    async def membership(self, team_id: str, account_id: str) -> Membership | None:
        rows = await self._database.read(
            f"{_SELECT} WHERE team_id = :team AND account_id = :account",
            {"team": team_id, "account": account_id},
        )
        return _membership(rows[0]) if rows else None

    async def shared(self, member_id: str, owner_id: str) -> list[Shared]:
        """What the one may do in rooms of the other, by each team to which both belong now."""
        values = {"member": member_id, "owner": owner_id}
        return [_shared(row) for row in await self._database.read(_TOGETHER, values)]

    async def shared_by_owner(self, member_id: str) -> dict[str, list[Shared]]:
        """The same for everybody who is in a team with them, by the account of whoever owns the
        rooms."""
        found: dict[str, list[Shared]] = {}
        for row in await self._database.read(_WITH_OTHERS, {"member": member_id}):
            found.setdefault(row["owner"], []).append(_shared(row))
        return found

    async def make(self, name: str, account_id: str) -> Team:
        """A team with its first admin. Raises: AccountRefused when the name is somebody's."""
        team = Team(new_id(), name, "knock")

        async def work(transaction: Transaction) -> None:
            values = {"key": name.lower()}
            if await transaction.execute(_NAME_TAKEN, values):
                raise refuse("UserNameTaken", "user_name")
            await transaction.execute(
                "INSERT INTO teams (id, name, name_key, level, made_at)"
                " VALUES (:id, :name, :key, :level, :now)",
                {
                    "id": team.id,
                    "name": name,
                    "level": team.level,
                    "now": self._clock.now(),
                    **values,
                },
            )
            await self._put(transaction, team.id, account_id, "admin", "active")

        await self._write(team.id, work)
        return team

    async def set_level(self, team_id: str, level: TeamLevel, by: str) -> None:
        """Whoever sets it agrees to it. Others keep what they agreed to; of more than that is left
        they have to be asked again."""
        values = {"id": team_id, "level": level, "by": by}

        async def work(transaction: Transaction) -> None:
            await transaction.execute("UPDATE teams SET level = :level WHERE id = :id", values)
            await transaction.execute(_AGREE_TO_NO_MORE, values)

        await self._write(team_id, work)

    async def join(self, team_id: str, account_id: str, seen: TeamLevel) -> None:
        """Somebody accepts the invitation, and agrees to the level that they have ``seen``.

        Raises: AccountRefused when there is none, or no more.
        """

        async def work(transaction: Transaction) -> None:
            values = {"team": team_id, "account": account_id, "now": self._clock.now()}
            if not await transaction.execute(_JOIN, values):
                raise refuse("NoSuchTeam")
            await _agree_in(transaction, team_id, account_id, seen)

        await self._write(team_id, work)

    async def agree(self, team_id: str, account_id: str, level: TeamLevel) -> None:
        """From now on to that, or to less when the team does less. Raises: AccountRefused."""

        async def work(transaction: Transaction) -> None:
            await _agree_in(transaction, team_id, account_id, level)

        await self._write(team_id, work)

    async def decline(self, team_id: str, account_id: str) -> None:
        """Raises: AccountRefused when there is no invitation, or no more."""

        async def work(transaction: Transaction) -> None:
            values = {"team": team_id, "account": account_id}
            if not await transaction.execute(_DECLINE, values):
                raise refuse("NoSuchTeam")

        await self._database.write(work)  # nothing rested on it

    async def invite(self, team_id: str, account_id: str) -> None:
        """Nothing happens to somebody who is in the team already, suspended or not."""

        async def work(transaction: Transaction) -> None:
            found = await transaction.execute(
                "SELECT 1 FROM team_members WHERE team_id = :team AND account_id = :account",
                {"team": team_id, "account": account_id},
            )
            if not found:
                await self._put(transaction, team_id, account_id, "member", "invited")

        await self._database.write(work)  # an invitation gives no right yet

    async def change(
        self, team_id: str, account_id: str, role: TeamRole, state: MemberState
    ) -> None:
        """Role and state of a member.

        Raises: AccountRefused when nobody would lead the team, or somebody left it, or was only
        invited, just now: nobody is put into a team.
        """
        values = {"team": team_id, "account": account_id, "role": role, "state": state}

        async def work(transaction: Transaction) -> None:
            changed = {**values, "now": self._clock.now()}
            if not await transaction.execute(_CHANGE, changed):
                raise refuse("NoSuchTeam")
            await self._check_led(transaction, team_id)

        await self._write(team_id, work)

    async def remove(self, team_id: str, account_id: str) -> None:
        """Raises: AccountRefused when nobody would lead those who stay. The last one to go takes
        the team along."""

        async def work(transaction: Transaction) -> None:
            values = {"team": team_id, "account": account_id}
            await transaction.execute(
                "DELETE FROM team_members WHERE team_id = :team AND account_id = :account", values
            )
            await transaction.execute(
                "DELETE FROM teams WHERE id = :team AND NOT EXISTS"
                " (SELECT 1 FROM team_members WHERE team_id = :team)",
                values,
            )
            await self._check_led(transaction, team_id)

        await self._write(team_id, work)

    async def delete(self, team_id: str) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute("DELETE FROM teams WHERE id = :team", {"team": team_id})

        await self._write(team_id, work)

    async def forget_account(self, account_id: str) -> int:
        """Somebody's memberships go; a team without anybody goes too, and one without an admin is
        led by whoever has been in it longest."""

        async def work(transaction: Transaction) -> int:
            values = {"account": account_id}
            rows = await transaction.execute(
                "DELETE FROM team_members WHERE account_id = :account RETURNING team_id", values
            )
            await transaction.execute(
                "DELETE FROM teams WHERE id NOT IN (SELECT team_id FROM team_members)"
            )
            for row in rows:
                await transaction.execute(_NEW_ADMIN, {"team": row["team_id"]})
            return len(rows)

        forgotten = await self._database.write(work)
        if forgotten:
            self._announce(frozenset({account_id}))
        return forgotten

    async def _put(
        self,
        transaction: Transaction,
        team_id: str,
        account_id: str,
        role: TeamRole,
        state: MemberState,
    ) -> None:
        await transaction.execute(
            "INSERT INTO team_members (team_id, account_id, role, state, changed_at)"
            " VALUES (:team, :account, :role, :state, :now)",
            {
                "team": team_id,
                "account": account_id,
                "role": role,
                "state": state,
                "now": self._clock.now(),
            },
        )

    @staticmethod
    async def _check_led(transaction: Transaction, team_id: str) -> None:
        rows = await transaction.execute(_LED, {"team": team_id})
        if rows and not rows[0]["admins"]:
            raise refuse("LastAdmin")

    async def _write(self, team_id: str, work: Callable[[Transaction], Awaitable[None]]) -> None:
        """Whoever was in the team before, or is after, is concerned."""

        async def whole(transaction: Transaction) -> frozenset[str]:
            before = await transaction.execute(_ACTIVE, {"team": team_id})
            await work(transaction)
            after = await transaction.execute(_ACTIVE, {"team": team_id})
            return frozenset(row["account_id"] for row in (*before, *after))

        self._announce(await self._database.write(whole))

    def _announce(self, accounts: frozenset[str]) -> None:
        for listener in self._changed:
            listener(accounts)


def _membership(row: Row) -> Membership:
    team = Team(row["team_id"], row["name"], row["level"])
    return Membership(
        team, row["account_id"], row["role"], row["state"], row["changed_at"], row["agreed"]
    )


def _shared(row: Row) -> Shared:
    """As much as the team does and the owner opens; host only for whoever agreed to be one."""
    level = lower(row["level"], row["opens"])
    wants = level != "host" or row["takes"] == "host"
    return Shared(row["id"], row["name"], level if wants else "join")


async def _agree_in(
    transaction: Transaction, team_id: str, account_id: str, level: TeamLevel
) -> None:
    """Raises: AccountRefused."""
    values = {"team": team_id, "account": account_id}
    rows = await transaction.execute(_LEVEL_FOR_MEMBER, values)
    if not rows:
        raise refuse("NoSuchTeam")
    agreed = lower(level, rows[0]["level"])
    await transaction.execute(_AGREE, {**values, "agreed": agreed})


_SELECT = (
    "SELECT team_id, name, level, account_id, role, state, changed_at, agreed"
    " FROM team_members JOIN teams ON teams.id = team_id"
)
_SHARED = (
    "SELECT teams.id AS id, teams.name AS name, teams.level AS level, theirs.account_id AS owner,"
    " theirs.agreed AS opens, own.agreed AS takes"
    " FROM team_members AS own JOIN team_members AS theirs ON theirs.team_id = own.team_id"
    " JOIN teams ON teams.id = own.team_id"
    " WHERE own.account_id = :member AND own.state = 'active' AND theirs.state = 'active'"
)
_TOGETHER = f"{_SHARED} AND theirs.account_id = :owner"
_WITH_OTHERS = f"{_SHARED} AND theirs.account_id <> :member ORDER BY teams.name_key"
_JOIN = (
    "UPDATE team_members SET state = 'active', role = 'member', changed_at = :now"
    " WHERE team_id = :team AND account_id = :account AND state = 'invited' RETURNING team_id"
)
_DECLINE = (
    "DELETE FROM team_members"
    " WHERE team_id = :team AND account_id = :account AND state = 'invited' RETURNING team_id"
)
_CHANGE = (
    "UPDATE team_members SET role = :role, state = :state, changed_at = :now"
    " WHERE team_id = :team AND account_id = :account"
    " AND (state = 'invited') = (:state = 'invited') RETURNING team_id"
)
_LEVEL_FOR_MEMBER = (
    "SELECT level FROM teams JOIN team_members ON team_id = id"
    " WHERE id = :team AND account_id = :account AND state = 'active'"
)
_AGREE = "UPDATE team_members SET agreed = :agreed WHERE team_id = :team AND account_id = :account"
_AGREE_TO_NO_MORE = (
    "UPDATE team_members SET agreed = :level WHERE team_id = :id"
    " AND (account_id = :by OR agreed = 'host' OR :level = 'knock')"
)
_ACTIVE = "SELECT account_id FROM team_members WHERE team_id = :team AND state = 'active'"
_NAME_TAKEN = (
    "SELECT 1 FROM accounts WHERE user_name_key = :key"
    " UNION ALL SELECT 1 FROM teams WHERE name_key = :key"
)
_LED = (
    "SELECT sum(role = 'admin' AND state = 'active') AS admins FROM team_members"
    " WHERE team_id = :team HAVING count(*) > 0"
)
_NEW_ADMIN = (
    "UPDATE team_members SET role = 'admin' WHERE team_id = :team AND NOT EXISTS (SELECT 1 FROM"
    " team_members WHERE team_id = :team AND role = 'admin' AND state = 'active')"
    " AND account_id = (SELECT account_id FROM team_members WHERE team_id = :team"
    " AND state = 'active' ORDER BY changed_at LIMIT 1)"
)
