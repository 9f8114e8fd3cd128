"""What is kept about rooms, and about who may enter them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from meetd.accounts.accounts import Accounts
from meetd.core.holdings import ImpersonalHolding, Sweep, Traces, Until
from meetd.core.periods import Period, Span
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.handover_store import LASTS, HandoverStore
from meetd.rooms.pass_store import PassStore
from meetd.rooms.store import RoomStore
from meetd.rooms.support_store import SupportStore
from meetd.rooms.way_back import VALID_MS
from meetd.storage.resealing import SealsOfRooms

_AT_ONCE = Span(0)
"""For what says itself when it ends."""


class RoomHolding(SealsOfRooms):
    """Rooms, their old names, names of deleted rooms, and what owners want of new ones. Rooms of
    nobody say nothing about a person, and end by not being used; neither do names of deleted rooms,
    kept as fingerprints, once the account is gone that may have them again. A legal hold
    is nobody's to see, and ends when it is lifted."""

    tables = frozenset(
        {"rooms", "old_room_names", "deleted_room_names", "room_owners", "legal_holds"}
    )
    kinds: Mapping[str, Until] = {"room": "room", "new rooms": "account"}

    def __init__(self, store: RoomStore, unused: Period) -> None:
        self._store = store
        self.seals = store.seals
        held = store.deleted_names.ended
        self.sweeps = (
            Sweep("rooms", unused, store.count_unused, store.purge_before),
            Sweep("old names", _AT_ONCE, store.old_names.due, store.old_names.remove),
            Sweep("names of deleted rooms", _AT_ONCE, held.due, held.remove),
        )

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for room in await self._store.owned_by(person):
            yield {
                "kind": "room",
                "name": room.name,
                "locked": room.locked,
                "greeting": room.settings.greeting,
                "lastUsedAt": room.last_used_at,
            }
        yield {
            "kind": "new rooms",
            "locked": await self._store.locks_new_rooms(person),
        }

    async def erase_for(self, person: str) -> int:
        """The rooms somebody owns go with everything in them."""
        rooms = await self._store.owned_by(person)
        for room in rooms:
            await self._store.delete(room)
        return len(rooms) + await self._store.forget_owner(person)


class AccessHolding(SealsOfRooms):
    """What was granted to somebody, in rooms of others."""

    tables = frozenset({"access_grants"})
    kinds: Mapping[str, Until] = {"access": "changed"}

    def __init__(
        self, grants: GrantStore, accounts: Accounts, *, ended: Period, unused: Period
    ) -> None:
        """``ended``: how long what ran out is still listed. ``unused``: browsers of visitors."""
        self.visitor_kinds: Mapping[str, Until] = {"access": unused}
        self.seals = grants.seals
        self._grants = grants
        self._accounts = accounts
        self.sweeps = (
            Sweep("access", ended, grants.ended.due, grants.ended.remove),
            Sweep("browsers", unused, grants.browsers.due, grants.browsers.remove),
        )

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        account = await self._accounts.by_id(person)
        for grant in await self._grants.of_account(account) if account else ():
            yield {
                "kind": "access",
                "level": grant.level,
                "answer": grant.answer if grant.answered_by == person else None,
                "grantedAt": grant.made_at,
                "lastUsedAt": grant.last_used_at,
            }

    async def erase_for(self, person: str) -> int:
        account = await self._accounts.by_id(person)
        return await self._grants.forget_account(account) if account else 0

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        for admitted in await self._grants.of_visitors.of(traces.places):
            yield {
                "kind": "access",
                "room": admitted.room,
                "name": admitted.label,
                "grantedAt": admitted.made_at,
                "lastUsedAt": admitted.last_used_at,
            }

    async def rename_visitor(self, traces: Traces, name: str) -> int:
        return await self._grants.of_visitors.rename(traces.places, name)

    async def erase_visitor(self, traces: Traces) -> int:
        return await self._grants.of_visitors.forget(traces.places)


class HandoverHolding:
    """Rooms that were offered to somebody, or by them, and not answered yet."""

    tables = frozenset({"room_handovers"})
    kinds: Mapping[str, Until] = {
        "room offered to you": Span(LASTS),
        "room offered by you": Span(LASTS),
    }

    def __init__(self, handovers: HandoverStore) -> None:
        self._handovers = handovers
        old = handovers.old
        self.sweeps = (Sweep("offers", Span(LASTS), old.due, old.remove),)

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for offer in await self._handovers.offered_to(person):
            yield {"kind": "room offered to you", "offeredAt": offer.made_at}
        for offer in await self._handovers.made_by(person):
            yield {"kind": "room offered by you", "offeredAt": offer.made_at}

    async def erase_for(self, person: str) -> int:
        return await self._handovers.forget_account(person)


class PassHolding(ImpersonalHolding):
    """Passes name participants, who are nobody once they have left. Those of an account go with
    it."""

    tables = frozenset({"passes"})
    visitor_kinds: Mapping[str, Until] = {"way back": Span(VALID_MS)}

    def __init__(self, passes: PassStore) -> None:
        self._passes = passes
        left = passes.left
        self.sweeps = (Sweep("passes", Span(VALID_MS), left.due, left.remove),)

    async def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        for room, left_at in await self._passes.of(traces.participants):
            yield {"kind": "way back", "room": room, "left_at": left_at}

    async def rename_visitor(self, traces: Traces, name: str) -> int:  # noqa: ARG002
        """No name is kept here."""
        return 0

    async def erase_visitor(self, traces: Traces) -> int:
        return sum(
            [await self._passes.destroy(room_id, those) for room_id, those in traces.rooms.items()]
        )


class SupportHolding:
    """Support entries in somebody's rooms: an entry waits until it is read, and goes with the room.
    Of the administrator there is an id only, as in the audit log, and it goes when the owner has
    read."""

    tables = frozenset({"support_entries"})
    kinds: Mapping[str, Until] = {"support entry not read yet": "answered"}
    sweeps: tuple[Sweep, ...] = ()

    def __init__(self, store: SupportStore) -> None:
        self._store = store

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        for entry in await self._store.unread(person):
            yield {"kind": "support entry not read yet", "room": entry.room}

    async def erase_for(self, person: str) -> int:
        return await self._store.forget_owner(person)
