"""The relay of one meeting: who sends, who receives what."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from meetd.core.refusals import RelayOfferInvalid
from meetd.protocol.relay import (
    RelayAccept,
    RelayAnswered,
    RelayOffered,
    RelayPublish,
    ShowTiles,
    Slot,
)
from meetd.relay.forwarding.allocation import Shown
from meetd.relay.forwarding.audio import Loudest
from meetd.relay.forwarding.track import Track
from meetd.relay.negotiation.publishing import Offer
from meetd.relay.session.figures import Figures
from meetd.relay.session.outflow import Outflow
from meetd.relay.session.places import Places
from meetd.relay.session.receiving import Receiving, Tiles
from meetd.relay.session.sending import SLOTS, Listening, Sending, read_publish
from meetd.relay.transport.transport import Transport

Wishes = Mapping[str, frozenset[Slot]]
"""Which slots of which participants."""

_log = logging.getLogger(__name__)


class House(Protocol):
    """What a room needs of the whole relay."""

    max_bitrate: int
    figures: Figures
    places: Places
    outflow: Outflow

    def make(self, reached: str) -> Transport: ...

    def now(self) -> float: ...

    def wake(self, room: "RelayRoom") -> None: ...

    def hurry(self) -> None: ...


class RelayRoom:
    """``send``: brings an offer to a participant's page, if it is there."""

    def __init__(self, house: House, send: Callable[[str, RelayOffered], None]) -> None:
        self._house = house
        self._send = send
        self._loudest = Loudest()
        self.sound = house.outflow.sound_of_a_room()
        self._reached: dict[str, str] = {}
        self._sending: dict[str, Sending] = {}
        self._receiving: dict[str, Receiving] = {}
        self._wishes: dict[str, Wishes] = {}
        self._tiles: dict[str, Tiles] = {}

    @property
    def people(self) -> int:
        """Who send to the relay, receive from it, or both."""
        return len(self._sending.keys() | self._receiving.keys())

    @property
    def receivers(self) -> int:
        """Who receive from it."""
        return len(self._receiving)

    @property
    def senders(self) -> int:
        """Who send to it."""
        return len(self._sending)

    @property
    def streams(self) -> int:
        """That participants send to the relay."""
        return len(self._sending) * len(SLOTS)

    def limit(self, bitrate: int) -> None:
        """In bit/s: of each who receives."""
        for receiving in self._receiving.values():
            receiving.subscriber.limit(bitrate)

    def __iter__(self) -> Iterator[Sending | Receiving]:
        """Every connection. A copy: whoever looks may end one."""
        return iter((*self._sending.values(), *self._receiving.values()))

    def arrive(self, participant: str, reached: str) -> None:
        """``reached``: the host that their request was sent to, which is an address of this server
        as that page can reach it."""
        self._reached[participant] = reached

    def publish(self, participant: str, command: RelayPublish) -> RelayAnswered:
        """Raises: RelayOfferInvalid, RelayFull."""
        offer = read_publish(command.sdp)
        sending = self._sending.get(participant)
        if sending is None or sending.connection != command.connection:
            sending, sdp = self._begin(participant, command.connection, offer)
        else:
            sdp = sending.answer(offer)
        return RelayAnswered(ref=command.ref, connection=command.connection, sdp=sdp)

    def accept(self, participant: str, command: RelayAccept) -> None:
        """Raises: RelayOfferInvalid."""
        receiving = self._receiving.get(participant)
        if receiving is not None:
            now = self._house.now()
            receiving.accept(command.connection, command.offer, command.sdp, now)

    def reconnect(self, participant: str, *, anew: bool) -> None:
        """The page has another network, or a connection that is dead."""
        receiving = self._receiving.get(participant)
        if anew or receiving is None:
            self._stop_receiving(participant)
            self._serve(participant)
        else:
            receiving.restart()

    def resume(self, participant: str) -> None:
        """The page is back, and may have missed an offer."""
        receiving = self._receiving.get(participant)
        if receiving is not None:
            receiving.repeat()

    def show(self, participant: str, command: ShowTiles) -> None:
        tiles: Tiles = {
            (tile.participant, tile.slot): Shown(tile.height, tile.first) for tile in command.tiles
        }
        self._tiles[participant] = tiles
        if participant in self._receiving:
            self._receiving[participant].show(tiles)

    def receive(self, participant: str, wishes: Wishes) -> None:
        """What they are to receive from now on; of whom does not send, once they do."""
        if self._wishes.get(participant, {}) == wishes:
            return
        self._wishes[participant] = wishes
        self._serve(participant)

    def stop_sending(self, participant: str) -> None:
        """Nobody receives it any more."""
        sending = self._sending.pop(participant, None)
        if sending is not None:
            self._house.figures.add_ended(sending)
            sending.close()
            self._house.outflow.share()
            _log.info("a participant sends to the relay no more", extra=_fields(self))
            self._serve_all()

    def leave(self, participant: str) -> None:
        """Everything of theirs ends."""
        self._wishes.pop(participant, None)
        self._tiles.pop(participant, None)
        self._reached.pop(participant, None)
        self._stop_receiving(participant)
        self.stop_sending(participant)
        self._house.places.forget(self, participant)

    def close(self) -> None:
        for participant in {*self._sending, *self._receiving}:
            self.leave(participant)

    def end(self, connection: Sending | Receiving) -> None:
        """One that cannot go on."""
        if isinstance(connection, Sending):
            self._sending_lost(connection)
        else:
            self._receiving_lost(connection)

    def _begin(self, participant: str, name: str, offer: Offer) -> tuple[Sending, str]:
        before = self._sending.get(participant)
        if before is None and participant not in self._receiving:
            self._house.places.take(self, participant)
        transport = self._house.make(self._reached.get(participant, ""))
        bitrate, lost = self._house.max_bitrate, self._sending_lost
        now = self._house.now
        listening = Listening(self._loudest, self.sound)
        sending = Sending(name, transport, offer, listening, bitrate, lost, now)
        for track in sending.tracks.values():
            track.hurry = self._house.hurry
        try:
            sdp = sending.answer(offer)
        except RelayOfferInvalid:
            sending.close()
            raise
        if before is not None:
            self._house.figures.add_ended(before)
            before.close()
        self._sending[participant] = sending
        self._house.wake(self)
        self._house.outflow.share()
        _log.info("a participant sends to the relay", extra=_fields(self))
        self._serve_all()
        return sending, sdp

    def _serve_all(self) -> None:
        for participant in tuple(self._wishes):
            self._serve(participant)

    def _serve(self, participant: str) -> None:
        """Bring what they receive in line with what they wish and what there is."""
        wanted = self._wanted(participant)
        receiving = self._receiving.get(participant)
        if receiving is None and wanted and self._has_place(participant):
            receiving = self._start_receiving(participant)
        if receiving is not None and self._wishes.get(participant):
            receiving.want(wanted, self._house.now())
        elif receiving is not None:
            self._stop_receiving(participant)

    def _has_place(self, participant: str) -> bool:
        """Who sends has one; whoever only receives, or does so first, costs as much."""
        return participant in self._sending or self._house.places.admits(self, participant)

    def _wanted(self, participant: str) -> dict[tuple[str, Slot], Track]:
        wishes = self._wishes.get(participant, {})
        return {
            (other, slot): self._sending[other].tracks[slot]
            for other, slots in wishes.items()
            if other in self._sending
            for slot in SLOTS
            if slot in slots
        }

    def _start_receiving(self, participant: str) -> Receiving:
        transport = self._house.make(self._reached.get(participant, ""))
        receiving = Receiving(
            transport, lambda offered: self._send(participant, offered), self._receiving_lost
        )
        receiving.subscriber.outlet.hurry = self._house.hurry
        if participant in self._tiles:
            receiving.show(self._tiles[participant])
        self._receiving[participant] = receiving
        self._house.wake(self)
        self._house.outflow.share()
        _log.info("a participant receives from the relay", extra=_fields(self))
        return receiving

    def _stop_receiving(self, participant: str) -> None:
        receiving = self._receiving.pop(participant, None)
        if receiving is not None:
            self._house.figures.add_ended(receiving)
            receiving.close(self._house.now())
            self._house.outflow.share()
            _log.info("a participant receives from the relay no more", extra=_fields(self))

    def _sending_lost(self, lost: Sending) -> None:
        for participant, sending in tuple(self._sending.items()):
            if sending is lost:
                _log.info("a participant's way to the relay is lost", extra=_fields(self))
                self.stop_sending(participant)

    def _receiving_lost(self, lost: Receiving) -> None:
        """The page asks for another one when it wants it."""
        for participant, receiving in tuple(self._receiving.items()):
            if receiving is lost:
                _log.info("a participant's way from the relay is lost", extra=_fields(self))
                self._stop_receiving(participant)


def _fields(room: RelayRoom) -> dict[str, dict[str, int]]:
    return {"fields": {"streams": room.streams}}
