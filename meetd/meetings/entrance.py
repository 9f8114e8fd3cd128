"""Who gets into a meeting, and as whom. Deny by default: somebody gets in by a right that the store
knows, by an admission of their own that was not used yet, or by coming back in time. What is good
once is used up in the same transaction that lets in, or not at all."""

from dataclasses import dataclass, replace

from meetd.core.ids import new_id
from meetd.core.refusals import (
    InviteLinkInvalid,
    KnockFirst,
    NoSuchRoom,
    OtherKeys,
    WayBackInvalid,
)
from meetd.lobby.knock import Knock
from meetd.lobby.store import KnockStore
from meetd.protocol.session import Join
from meetd.rooms.access import Access, Person, Right
from meetd.rooms.also import Also, together
from meetd.rooms.pass_store import FIRST, NewPass, PassStore, Renewed
from meetd.rooms.room import Room
from meetd.rooms.store import LockedMeanwhile, RoomStore
from meetd.rooms.way_back import WayBack, WayBacks, by_admission

_ADMITTED = Right("join", "knock")


@dataclass(frozen=True)
class Entry:
    """Somebody who gets in. ``number``: of their next way back."""

    participant_id: str
    right: Right
    joined_at: int
    """0: now, or when they came for the first time."""
    number: int
    repeatable: bool = False
    """The proof they came with is good until their page says something: the answer may be lost."""
    reason: str = ""
    """Why somebody is there for support."""
    account_id: str | None = None
    """Whose entry it is, signed in or not."""


class Entrance:
    """First looks, writing nothing; then takes, using up what is good only once."""

    def __init__(
        self,
        *,
        rooms: RoomStore,
        access: Access,
        knocks: KnockStore,
        passes: PassStore,
        way_backs: WayBacks,
    ) -> None:
        self._rooms = rooms
        self._access = access
        self._knocks = knocks
        self._passes = passes
        self._way_backs = way_backs

    def way_back(self, join: Join) -> WayBack | None:
        """Who comes back. Raises: WayBackInvalid."""
        return self._way_backs.redeem(join.way_back) if join.way_back else None

    @staticmethod
    def as_same(room: Room, person: Person, back: WayBack | None) -> WayBack | None:
        """Who comes back, as they were. In a room without an owner no pass says whose a participant
        is: whoever signed in or out since comes as somebody else there, who is not found with what
        the account left, nor it with them."""
        is_same = back is None or room.owner_id is not None or back.account_id == _id_of(person)
        return back if is_same else None

    async def by_admission(self, room: Room, join: Join) -> WayBack | None:
        """Who comes again with an admission, or with a link, because the answer to entering by it
        was lost: it is good once, and that was the once.

        Raises: OtherKeys.
        """
        if join.place is None:
            return None
        knock = await self._knocks.entered_by(join.place, room.id)
        if knock is None or knock.entered_as is None:
            participant_id = await self._passes.entered_by(join.place, room.id)
            return by_admission(room.id, participant_id) if participant_id else None
        _check_keys(knock, join)
        return by_admission(room.id, knock.entered_as)

    def next_way_back(self, room: Room, entry: Entry, joined_at: int) -> str:
        return self._way_backs.issue(
            room.id, entry.participant_id, joined_at, entry.number, entry.account_id
        )

    def over(self, participant_id: str) -> Also:
        """Their page has its way back: the admission they came with is no proof of theirs any
        more."""
        return self._knocks.entered(participant_id)

    async def check(
        self, room: Room, meeting: str | None, person: Person, join: Join, back: WayBack | None
    ) -> Right:
        """By what that person may enter. Writes nothing.

        Raises: KnockFirst, OtherKeys, InviteLinkInvalid, WayBackInvalid.
        """
        if back is not None and room.owner_id is not None:
            good_for = await self._passes.look(back, meeting)
            right = good_for and await self._access.still(room, good_for, person.account)
            if right is not None:
                return right
        right = await self._right_of(room, person, join)
        if right is not None:
            return right
        knock = await self._knocks.admitted(join.place, room.id) if join.place else None
        if knock is not None:
            _check_keys(knock, join)
            return _ADMITTED
        # Used up since by the same page, which gave up waiting for the answer?
        again = await self.by_admission(room, join)
        if again is None or back == again:
            raise self._refusal(person, join)
        return await self.check(room, meeting, person, join, again)

    async def take(
        self, room: Room, meeting: str, person: Person, join: Join, back: WayBack | None
    ) -> Entry:
        """Use up what lets that person in.

        Raises: KnockFirst, OtherKeys, InviteLinkInvalid, WayBackInvalid when it does not any more.
        """
        if room.owner_id is None:
            return _open_entry(person, back)
        while True:
            returning = await self._return(room, meeting, person, back) if back else None
            try:
                return returning or await self._enter(room, meeting, person, join)
            except LockedMeanwhile:
                room = await self._again(room)
            except (KnockFirst, InviteLinkInvalid) as refusal:
                # As in ``check``.
                again = await self.by_admission(room, join)
                if again is None or back == again:
                    if isinstance(refusal, InviteLinkInvalid):
                        raise
                    raise self._refusal(person, join) from None
                back = again

    async def _again(self, room: Room) -> Room:
        """As it is now. Raises: NoSuchRoom."""
        now = await self._rooms.by_id(room.id)
        if now is None:
            raise NoSuchRoom
        return now

    async def _return(
        self, room: Room, meeting: str, person: Person, back: WayBack
    ) -> Entry | None:
        """The last thing awaited is using the token up: whoever is removed before that has none,
        and whoever is removed after that is seated by then, and goes. What it is good for may
        change meanwhile, and is asked for again then."""
        while good_for := await self._passes.look(back, meeting):
            right = await self._access.still(room, good_for, person.account)
            if right is None:
                return None
            reason = await self._access.reason_of(right, room)
            renewed = await self._passes.redeem(back, meeting, good_for, right)
            if renewed is not None:
                return _returning(back, right, renewed, reason)
        return None

    async def _enter(self, room: Room, meeting: str, person: Person, join: Join) -> Entry:
        """Raises: KnockFirst, OtherKeys, InviteLinkInvalid, NoSuchRoom, LockedMeanwhile; nothing is
        used up then."""
        knock = await self._knocks.admitted(join.place, room.id) if join.place else None
        granted = await self._right_of(room, person, join)
        if granted is None:
            if knock is None:
                raise KnockFirst
            _check_keys(knock, join)
        right, participant_id, account_id = granted or _ADMITTED, new_id(), _whose(person, knock)
        stays = granted is None and knock is not None and knock.admitted_for == "meeting"
        with self._access.entering(right, room):  # nothing was awaited since it was asked
            reason = await self._access.reason_of(right, room)
            # Used up even where it is not needed: whoever is put out later has to knock again.
            works = await self._using(room, right, join, person, participant_id, knock)
            good_in = meeting if stays else None
            place = join.place if right.grant_id is not None and knock is None else None
            new = NewPass(room.id, participant_id, right, good_in, account_id, place)
            await self._passes.make(new, works)
        return Entry(
            participant_id=participant_id,
            right=right,
            joined_at=0,
            number=FIRST,
            repeatable=(knock or place) is not None,
            reason=reason,
            account_id=account_id,
        )

    async def _using(
        self,
        room: Room,
        right: Right,
        join: Join,
        person: Person,
        participant_id: str,
        knock: Knock | None,
    ) -> Also:
        works = [
            self._rooms.being(room, open_to_all=right.basis == "open"),
            await self._access.using(right, person.account),
        ]
        if join.place and knock:
            needed = right is _ADMITTED
            works.append(self._knocks.entering(join.place, room.id, participant_id, needed=needed))
        return together(*works)

    async def _right_of(self, room: Room, person: Person, join: Join) -> Right | None:
        """The place of somebody who is always admitted is their key, here too: they are in by what
        was granted, and go when it is taken back."""
        right = await self._access.right_of(room, person)
        if right is None and join.place:
            right = await self._access.right_of(room, replace(person, key=join.place))
        return right

    @staticmethod
    def _refusal(person: Person, join: Join) -> KnockFirst | InviteLinkInvalid | WayBackInvalid:
        if join.way_back is not None:
            return WayBackInvalid()
        return InviteLinkInvalid() if person.key else KnockFirst()


def _check_keys(knock: Knock, join: Join) -> None:
    """A host let in the keys that they were shown. Raises: OtherKeys."""
    if knock.words.sign_key != join.sign_key:
        raise OtherKeys


def _whose(person: Person, knock: Knock | None) -> str | None:
    """Id of the account that gets in: who is signed in, or else who knocked."""
    return _id_of(person) or (knock.account_id if knock else None)


def _id_of(person: Person) -> str | None:
    """Of the account that is signed in."""
    return person.account.id if person.account else None


def _returning(back: WayBack, right: Right, renewed: Renewed, reason: str) -> Entry:
    return Entry(
        participant_id=back.participant_id,
        right=right,
        joined_at=back.joined_at,
        number=renewed.number,
        repeatable=True,
        reason=reason,
        account_id=renewed.account_id,
    )


def _open_entry(person: Person, back: WayBack | None) -> Entry:
    """Into a room without a door, where no pass is kept."""
    return Entry(
        participant_id=back.participant_id if back else new_id(),
        right=Right("join", "open"),
        joined_at=back.joined_at if back else 0,
        number=0,
        account_id=_id_of(person),
    )
