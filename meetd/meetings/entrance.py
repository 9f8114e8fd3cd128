"""Who gets into a meeting, and as whom. Deny by default: somebody gets in by a right that the store
knows, by an admission of their own that was not used yet, or by coming back in time."""

from dataclasses import dataclass, replace

from meetd.core.ids import new_id
from meetd.core.refusals import InviteLinkInvalid, KnockFirst, OtherKeys, WayBackInvalid
from meetd.lobby.store import KnockStore
from meetd.protocol.session import Join
from meetd.rooms.access import Access, Person, Right
from meetd.rooms.pass_store import FIRST, PassStore
from meetd.rooms.room import Room
from meetd.rooms.way_back import WayBack, WayBacks

_ADMITTED = Right("join", "knock")


@dataclass(frozen=True)
class Entry:
    """Somebody who gets in. ``number``: of their next way back."""

    participant_id: str
    right: Right
    joined_at: int | None
    """``None``: now."""
    number: int
    by_knock: bool = False
    """Admitted: with the keys that knocked, and no others."""


class Entrance:
    """First looks, writing nothing; then takes, using up what is good only once."""

    def __init__(
        self, access: Access, knocks: KnockStore, passes: PassStore, way_backs: WayBacks
    ) -> None:
        self._access = access
        self._knocks = knocks
        self._passes = passes
        self._way_backs = way_backs

    def way_back(self, join: Join) -> WayBack | None:
        """Who comes back. Raises: WayBackInvalid."""
        return self._way_backs.redeem(join.way_back) if join.way_back else None

    def next_way_back(self, room: Room, entry: Entry, joined_at: int) -> str:
        return self._way_backs.issue(room.id, entry.participant_id, joined_at, entry.number)

    async def check(
        self, room: Room, meeting: str | None, person: Person, join: Join, back: WayBack | None
    ) -> None:
        """May that person enter? Writes nothing.

        Raises: KnockFirst, OtherKeys, InviteLinkInvalid, WayBackInvalid.
        """
        if back is not None and room.owner_id is not None:
            right = await self._passes.look(back, meeting)
            if right is not None and await self._access.still(room, right, person.account):
                return
        if await self._right_of(room, person, join) is not None:
            return
        knock = await self._knocks.admitted(join.place, room.id) if join.place else None
        if knock is not None:
            if knock.words.sign_key != join.sign_key:
                raise OtherKeys
            return
        raise self._refusal(person, back)

    async def take(
        self, room: Room, meeting: str, person: Person, join: Join, back: WayBack | None
    ) -> Entry:
        """Use up what lets that person in.

        Raises: KnockFirst, OtherKeys, InviteLinkInvalid, WayBackInvalid when it does not any more.
        """
        if room.owner_id is None:
            return _open_entry(back)
        returning = await self._return(room, meeting, person, back) if back else None
        return returning or await self._enter(room, meeting, person, join, back)

    async def _return(
        self, room: Room, meeting: str, person: Person, back: WayBack
    ) -> Entry | None:
        """The last thing awaited is using the token up: whoever is removed before that has none,
        and whoever is removed after that is seated by then, and goes."""
        good_for = await self._passes.look(back, meeting)
        right = good_for and await self._access.still(room, good_for, person.account)
        if right is None:
            return None
        number = await self._passes.redeem(back, meeting)
        if number is None:
            return None
        return Entry(back.participant_id, right, back.joined_at, number)

    async def _enter(
        self, room: Room, meeting: str, person: Person, join: Join, back: WayBack | None
    ) -> Entry:
        right = await self._right_of(room, person, join)
        if right is not None:
            await self._access.use(right, room)
        # Used up even where it is not needed: whoever is put out later has to knock again.
        knock = await self._knocks.enter(join.place, room.id) if join.place else None
        if right is None and knock is None:
            raise self._refusal(person, back)
        if right is None and knock is not None and knock.words.sign_key != join.sign_key:
            raise OtherKeys  # the right that they came with was taken away just now
        stays = right is None and knock is not None and knock.admitted_for == "meeting"
        by_knock = right is None
        right = right or _ADMITTED
        participant_id = new_id()
        await self._passes.make(room.id, participant_id, right, meeting if stays else None)
        return Entry(participant_id, right, None, FIRST, by_knock)

    async def _right_of(self, room: Room, person: Person, join: Join) -> Right | None:
        """The place of somebody who is always admitted is their key, here too: they are in by what
        was granted, and go when it is taken back."""
        right = await self._access.right_of(room, person)
        if right is None and join.place:
            right = await self._access.right_of(room, replace(person, key=join.place))
        return right

    @staticmethod
    def _refusal(
        person: Person, back: WayBack | None
    ) -> KnockFirst | InviteLinkInvalid | WayBackInvalid:
        if back is not None:
            return WayBackInvalid()
        return InviteLinkInvalid() if person.key else KnockFirst()


def _open_entry(back: WayBack | None) -> Entry:
    """Into a room without a door, where no pass is kept."""
    right = Right("join", "open")
    if back is None:
        return Entry(new_id(), right, None, 0)
    return Entry(back.participant_id, right, back.joined_at, 0)
