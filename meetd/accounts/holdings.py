"""What is kept about accounts: shown, erased and purged."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import msgspec

from meetd.accounts.stores import Stores
from meetd.accounts.team_store import TeamStore


class AccountHolding:
    """Everything in ``accounts`` about a person, ``person`` being the account's id."""

    tables = frozenset(
        {
            "accounts",
            "account_consents",
            "account_sessions",
            "account_links",
            "account_passkeys",
            "account_address_changes",
            "blocked_addresses",
            "reach",
        }
    )

    def __init__(self, stores: Stores) -> None:
        self._accounts = stores.accounts
        self._sessions = stores.sessions
        self._links = stores.links
        self._passkeys = stores.passkeys
        self._addresses = stores.addresses
        self._reach = stores.reach

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        """The account, what was agreed to, and where it is signed in. No hash and no token: they
        are no use to the person, only to somebody who finds the export."""
        account = await self._accounts.by_id(person)
        if account is None:
            return
        yield {"kind": "account", **asdict(account)}
        for consent in await self._accounts.consents(person):
            yield {"kind": "consent", **asdict(consent)}
        for session in await self._sessions.of(person):
            yield {"kind": "session", **asdict(session)}
        for passkey in await self._passkeys.of(person):
            yield {"kind": "passkey", **asdict(passkey)}
        change = await self._addresses.of(person)
        if change is not None:
            yield {"kind": "address change", **asdict(change)}
        yield {"kind": "reach", **msgspec.to_builtins(await self._reach.of(person))}

    async def erase_for(self, person: str) -> int:
        """The account with its key; consents, sessions, passkeys and links go with it. What stays
        of a blocked account is a keyed fingerprint of its address, so that it stays blocked."""
        return await self._accounts.erase(person)

    async def purge_before(self, cutoff: int) -> int:
        removed = await self._sessions.purge_before(cutoff)
        removed += await self._links.purge_before(cutoff)
        removed += await self._addresses.sweep()
        return removed


class TeamHolding:
    """Teams, and who belongs to them."""

    tables = frozenset({"teams", "team_members"})

    def __init__(self, teams: TeamStore) -> None:
        self._teams = teams

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for membership in await self._teams.of(person):
            yield {
                "kind": "team",
                "name": membership.team.name,
                "role": membership.role,
                "state": membership.state,
                "agreedTo": membership.agreed,
                "since": membership.changed_at,
            }

    async def erase_for(self, person: str) -> int:
        return await self._teams.forget_account(person)

    async def purge_before(self, cutoff: int) -> int:  # noqa: ARG002
        """Teams end with their members."""
        return 0
