"""Somebody before a door: what their page was told last, so that it hears only what is new."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import msgspec

from meetd.core.clock import Clock
from meetd.core.limits import Bucket
from meetd.lobby.knock import Door, Knock
from meetd.protocol.door import DoorSeen, KnockSeen
from meetd.protocol.outbox import Outbox
from meetd.rooms.access import Person

_CHANGES_PER_SECOND = 1.0
_CHANGES_AT_ONCE = 10.0

Opens = Literal["join", "knock"]


class Visit:
    """One connection at a door."""

    def __init__(
        self,
        outbox: Outbox,
        person: Person,
        door: Door,
        clock: Clock,
        is_full: Callable[[str], bool],
    ) -> None:
        """``is_full``: is there no seat in the room of that id?"""
        self._is_full = is_full
        self.outbox = outbox
        self.person = person
        self.door = door
        self.opens: Opens = "knock"
        self.greeting = ""
        self.picture = ""
        self.link_invalid = False
        self.way_back: str | None = None
        self.came_with: str | None = None
        """A place, of a knock or of an entry by a link."""
        self.knock: Knock | None = None
        self.place = ""
        self.looked = False
        """The Look was answered. That comes first: what changes before is in the answer."""
        self.changes = Bucket(_CHANGES_PER_SECOND, _CHANGES_AT_ONCE, clock.monotonic())
        """How often the words of the knock may change: each time they are written down."""
        self._clock = clock
        self._door_seen: DoorSeen | None = None
        self._knock_seen: KnockSeen | None = None

    @property
    def waits(self) -> bool:
        return self.knock is not None and self.knock.waits

    def tell(self, *, host_present: bool, ahead: int, ref: int = 0) -> None:
        """What changed. ``ref`` of a Look: the door, whether it changed or not."""
        if not self.looked:
            return
        door = self._door(host_present=host_present)
        if ref or door != self._door_seen:
            self._door_seen = door
            self.outbox.send(msgspec.structs.replace(door, ref=ref))
        self.tell_knock(host_present=host_present, ahead=ahead)

    def tell_knock(self, *, host_present: bool, ahead: int, ref: int = 0) -> None:
        """How the knock stands. ``ref`` of a Knock: whether it changed or not."""
        if self.knock is None:
            return
        seen = knock_seen(
            self._waiting_for_a_seat(self.knock),
            self.place,
            host_present=host_present,
            ahead=ahead,
        )
        if ref or seen != self._knock_seen:
            self._knock_seen = seen
            self.outbox.send(msgspec.structs.replace(seen, ref=ref, now=self._clock.now()))

    def _waiting_for_a_seat(self, knock: Knock) -> Knock:
        """Nobody is told that they are admitted and then that the room is full."""
        if knock.state != "admitted" or not self._is_full(knock.admitted_to or ""):
            return knock
        return replace(knock, state="room full")

    def _door(self, *, host_present: bool) -> DoorSeen:
        account = self.person.account
        return DoorSeen(
            ref=0,
            opens=self.opens,
            host_present=host_present,
            greeting=self.greeting,
            picture=self.picture,
            name=account.name if account else "",
            link_invalid=self.link_invalid,
        )


def knock_seen(
    knock: Knock,
    place: str,
    *,
    host_present: bool,
    ahead: int,
    now: int = 0,
) -> KnockSeen:
    """What a knocker is told. Whoever is always admitted keeps the proof of this knock as their
    key."""
    always = knock.state in {"admitted", "room full"} and knock.admitted_for == "always"
    return KnockSeen(
        ref=0,
        place=place,
        state=knock.state,
        ahead=ahead,
        knocked_at=knock.knocked_at,
        host_present=host_present,
        told=knock.told,
        room=knock.room_name,
        key=place if always and knock.account_id is None else None,
        now=now,
    )
