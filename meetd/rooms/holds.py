"""Legal holds: an administrator says what must not be erased, and says so no more. Both are in the
audit log."""

from meetd.accounts.accounts import Accounts
from meetd.audit.entry import Act
from meetd.audit.log import AuditLog
from meetd.core.refusals import Refusal
from meetd.rooms.hold_store import Hold, HoldStore, Kind
from meetd.rooms.names import normalise_room_name
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.storage.database import Transaction


class NothingToHold(Exception):
    """No account has that address or user name, and no room that name; or it is held already."""


class Holds:
    """Of one server."""

    def __init__(
        self, store: HoldStore, accounts: Accounts, rooms: RoomStore, log: AuditLog
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._rooms = rooms
        self._log = log

    async def all(self) -> list[tuple[Hold, str]]:
        """With what people call it: an address or the name of a room."""
        return [(hold, await self._name(hold)) for hold in await self._store.all()]

    async def place(self, what: str, reason: str, *, actor: str) -> Kind:
        """``what``: e-mail address or user name of an account, else the name of a room. Returns
        which it is.

        Raises: NothingToHold; TextEmpty, TextTooLong for the reason.
        """
        account = await self._accounts.by_email(what) or await self._accounts.by_user_name(what)
        room = None if account is not None else await self._room(what)
        kind: Kind = "room" if account is None else "account"
        found = account or room
        if found is None:
            raise NothingToHold
        await self._place(kind, found.id, reason, actor)
        return kind

    async def lift(self, hold_id: str, *, actor: str) -> bool:
        """Returns whether there was such a hold."""
        found = [hold for hold in await self._store.all() if hold.id == hold_id]

        async def work(transaction: Transaction) -> bool:
            lifted = await self._store.lift(transaction, hold_id)
            if lifted:
                await self._note(transaction, "hold-lifted", found[0].kind, found[0].of, actor)
            return lifted

        return bool(found) and await self._store.write(work)

    async def _place(self, kind: Kind, of: str, reason: str, actor: str) -> None:
        async def work(transaction: Transaction) -> None:
            if not await self._store.place(transaction, kind, of, reason):
                raise NothingToHold
            await self._note(transaction, "hold-placed", kind, of, actor)

        await self._store.write(work)

    async def _note(
        self, transaction: Transaction, act: Act, kind: Kind, of: str, actor: str
    ) -> None:
        room, subject = (of, None) if kind == "room" else (None, of)
        await self._log.append_in(transaction, act, actor=actor, room=room, subject=subject)

    async def _room(self, name: str) -> Room | None:
        try:
            return await self._rooms.find(normalise_room_name(name))
        except Refusal:
            return None

    async def _name(self, hold: Hold) -> str:
        if hold.kind == "room":
            room = await self._rooms.by_id(hold.of)
            return room.name if room else ""
        account = await self._accounts.by_id(hold.of)
        return account.email if account else ""
