"""All SQL about teams."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from meetd.accounts.account import refuse
from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.storage.database import Database, Row, Transaction

TeamRole = Literal["admin", "member"]
MemberState = Literal["invited", "active", "suspended"]
TeamLevel = Literal["knock", "join", "host"]


@dataclass(frozen=True)
class Team:
    """``level``: what members may do in one another's rooms."""

    id: str
    name: str
    level: TeamLevel


@dataclass(frozen=True)
class Membership:
    """Somebody in a team. ``changed_at`` in milliseconds since the epoch."""

    team: Team
    account_id: str
    role: TeamRole
    state: MemberState
    changed_at: int

    @property
    def is_active(self) -> bool:
        return self.state == "active"


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

    async def shared(self, one: str, other: str) -> list[Team]:
        """Teams to which both belong now."""
        rows = await self._database.read(
            f"{_SELECT} {_TOGETHER}",
            {"one": one, "other": other},
        )
        return [_membership(row).team for row in rows]

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

    async def set_level(self, team_id: str, level: TeamLevel) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "UPDATE teams SET level = :level WHERE id = :id", {"id": team_id, "level": level}
            )

        await self._write(team_id, work)

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
        """Role and state of a member. Raises: AccountRefused when nobody would lead the team."""

        async def work(transaction: Transaction) -> None:
            await self._put(transaction, team_id, account_id, role, state)
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
            " VALUES (:team, :account, :role, :state, :now)"
            " ON CONFLICT (team_id, account_id) DO UPDATE SET role = excluded.role,"
            " state = excluded.state, changed_at = excluded.changed_at",
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
    return Membership(team, row["account_id"], row["role"], row["state"], row["changed_at"])


_SELECT = (
    "SELECT team_id, name, level, account_id, role, state, changed_at"
    " FROM team_members JOIN teams ON teams.id = team_id"
)
_TOGETHER = (
    "WHERE account_id = :one AND state = 'active' AND team_id IN"
    " (SELECT team_id FROM team_members WHERE account_id = :other AND state = 'active')"
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
