"""The paths of one meeting's media, and its room at the relay: what is decided here happens there.

The only file of meetings that knows the relay.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from meetd.config.network import Media
from meetd.core.clock import Clock
from meetd.core.refusals import NotRelayed, RelayFull
from meetd.meetings.paths import Change, Paths
from meetd.protocol.base import Event
from meetd.protocol.media import PathChanged, ReportPath
from meetd.protocol.relay import (
    RelayAccept,
    RelayAnswered,
    RelayPublish,
    RelayReconnect,
    ShowTiles,
    Slot,
)
from meetd.relay.session.relay import Relay

if TYPE_CHECKING:
    from meetd.relay.session.room import RelayRoom

_ALWAYS: Final[frozenset[Slot]] = frozenset({"microphone", "camera"})
_WITH_SCREEN: Final[frozenset[Slot]] = _ALWAYS | {"screen", "screenSound"}
"""Sections that are not needed cost every page time to agree on."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Present:
    """``reached``: the host that their request was sent to; ``shares``: a screen; ``tiles``: what
    their page last said that it shows."""

    reached: str
    shares: bool = False
    tiles: ShowTiles | None = None


class Relaying:
    """``send`` brings an event to a participant's page, if it is there; ``shares`` tells whether a
    participant shares a screen."""

    def __init__(
        self,
        relay: Relay,
        settings: Media,
        clock: Clock,
        send: Callable[[str, Event], None],
        shares: Callable[[str], bool],
    ) -> None:
        self._paths = Paths(settings.relay, settings.mesh_limit)
        self._allows_direct = settings.relay != "always"
        self._relay = relay
        self._room: RelayRoom | None = None
        self._clock = clock
        self._send = send
        self._shares = shares
        self._present: dict[str, _Present] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def allows_direct(self) -> bool:
        """May browsers be told of each other's addresses?"""
        return self._allows_direct

    def arrive(self, participant: str, reached: str) -> None:
        """Somebody takes a seat, for the first time or again. ``reached``: the host that their
        request was sent to."""
        present = self._present.setdefault(participant, _Present(reached))
        present.reached = reached
        if self._room is not None:
            self._room.arrive(participant, reached)
        self._tell(self._paths.arrive(participant, self._clock.monotonic()))
        self.share(participant)

    def resume(self, participant: str) -> None:
        """Their page has its ``Welcome``."""
        if self._room is not None:
            self._room.resume(participant)

    def leave(self, participant: str) -> None:
        """Everything of theirs ends."""
        del self._present[participant]
        changes = self._paths.leave(participant, self._clock.monotonic())
        if self._room is not None:
            self._room.leave(participant)
        self._serve(self._present)
        self._tell(changes)

    def share(self, participant: str) -> None:
        """They may have begun or stopped to share a screen."""
        present, shares = self._present[participant], self._shares(participant)
        if present.shares is not shares:
            present.shares = shares
            self._serve(self._present)

    def report(self, reporter: str, report: ReportPath) -> None:
        self._tell(self._paths.report(reporter, report, self._clock.monotonic()))

    def seen_by(self, participant: str) -> tuple[PathChanged, ...]:
        """The paths to the others that are known."""
        return tuple(self._paths.seen_by(participant))

    def octets_of(self, participant: str) -> tuple[int, int]:
        """Of picture and sound that went through the relay, from them and to them."""
        return (0, 0) if self._room is None else self._room.octets_of(participant)

    async def publish(self, participant: str, command: RelayPublish) -> RelayAnswered:
        """Raises: NotRelayed, RelayFull, RelayOfferInvalid."""
        self._check_relayed(participant)
        house = await self._relay.open()
        self._check_relayed(participant)  # they may have left meanwhile
        room = self._room or self._furnish(house.room(self._send))
        try:
            answered = room.publish(participant, command)
        except RelayFull:
            self._tell(self._paths.refuse(participant, self._clock.monotonic()))
            raise
        self._tell(self._paths.admit(participant, self._clock.monotonic()))
        return answered

    def accept(self, participant: str, command: RelayAccept) -> None:
        """Raises: RelayOfferInvalid."""
        if self._room is not None:
            self._room.accept(participant, command)

    def reconnect(self, participant: str, command: RelayReconnect) -> None:
        """Raises: NotRelayed."""
        self._check_relayed(participant)
        if self._room is not None:
            self._room.reconnect(participant, anew=command.anew)

    def show(self, participant: str, command: ShowTiles) -> None:
        self._present[participant].tiles = command
        if self._room is not None:
            self._room.show(participant, command)

    def _furnish(self, room: "RelayRoom") -> "RelayRoom":
        """Tell a new room what there is."""
        self._room = room
        for participant, present in self._present.items():
            room.arrive(participant, present.reached)
            if present.tiles is not None:
                room.show(participant, present.tiles)
        self._serve(self._present)
        return room

    def _check_relayed(self, participant: str) -> None:
        if not self._paths.is_relayed(participant):
            raise NotRelayed

    def _tell(self, changes: Iterable[Change]) -> None:
        """The relay first: a page that hears that its path is another finds it so."""
        changes = tuple(changes)
        self._serve({end for change in changes for end in change.ends})
        for change in changes:
            for end in change.ends:
                self._send(end, change.told_to(end))
        _note(changes)
        self._look_again()

    def _serve(self, participants: Iterable[str]) -> None:
        room = self._room
        if room is None:
            return
        wanted = set(participants)
        for participant in [one for one in self._present if one in wanted]:  # who came first
            others = tuple(self._paths.relayed_with(participant))
            room.receive(participant, {other: self._slots(other) for other in others})
            if not others:
                room.stop_sending(participant)

    def _slots(self, participant: str) -> frozenset[Slot]:
        return _WITH_SCREEN if self._present[participant].shares else _ALWAYS

    def _look_again(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._paths.next_due
        if self._present and due != float("inf"):
            delay = max(0.0, due - self._clock.monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._on_due)

    def _on_due(self) -> None:
        self._timer = None
        self._tell(self._paths.due(self._clock.monotonic()))


def _note(changes: Iterable[Change]) -> None:
    """A line for each kind of change, however many pairs it is about."""
    kinds = Counter((change.path, change.state, change.why) for change in changes)
    for (path, state, why), pairs in kinds.items():
        fields = {"path": path, "state": state, "why": why, "pairs": pairs}
        _log.info("paths changed", extra={"fields": fields})
