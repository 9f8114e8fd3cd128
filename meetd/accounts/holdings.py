"""What is kept about accounts: shown, erased and purged."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any

import msgspec

from meetd.accounts.account import WAY_BACK
from meetd.accounts.address_store import PENDING
from meetd.accounts.stores import Stores
from meetd.accounts.team_store import TeamStore
from meetd.core.holdings import Sweep, Until
from meetd.core.periods import Span


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
            "retention_notices",
        }
    )

    def __init__(self, stores: Stores) -> None:
        sessions, links, addresses = stores.sessions, stores.links, stores.addresses
        idle, absolute = Span(sessions.lifetimes.idle), Span(sessions.lifetimes.absolute)
        self.kinds: Mapping[str, Until] = {
            "account": "account",
            "consent": "account",
            "session": idle,
            "passkey": "changed",
            "address change": Span(WAY_BACK),
            "reach": "changed",
        }
        self.sweeps = (
            Sweep("sessions", idle, sessions.unused.due, sessions.unused.remove),
            Sweep("old sessions", absolute, sessions.old.due, sessions.old.remove),
            Sweep("links", Span(0), links.ended.due, links.ended.remove),
            Sweep(
                "waiting changes", Span(PENDING), addresses.waiting.due, addresses.waiting.remove
            ),
            Sweep("changed addresses", Span(WAY_BACK), addresses.made.due, addresses.made.remove),
        )
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


class TeamHolding:
    """Teams, and who belongs to them. They end with their members."""

    tables = frozenset({"teams", "team_members"})
    kinds: Mapping[str, Until] = {"team": "changed"}
    sweeps: tuple[Sweep, ...] = ()

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
