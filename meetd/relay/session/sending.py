"""What one participant sends to the relay."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, get_args

from meetd.core.ids import random_bytes
from meetd.core.refusals import RelayOfferInvalid
from meetd.protocol.relay import Slot
from meetd.relay.forwarding.audio import Loudest
from meetd.relay.forwarding.publisher import Publisher
from meetd.relay.forwarding.sound import RoomSound, SoundLimit, SoundShare
from meetd.relay.forwarding.track import Track
from meetd.relay.forwarding.wire import Leave
from meetd.relay.negotiation import terms
from meetd.relay.negotiation.connection import Local
from meetd.relay.negotiation.publishing import Offer, answer, read_offer
from meetd.relay.transport.transport import State, Transport

SLOTS: Final[tuple[Slot, ...]] = get_args(Slot)
"""In the order of the offer's sections."""

_log = logging.getLogger(__name__)


def read_publish(sdp: str) -> Offer:
    """Raises: RelayOfferInvalid."""
    try:
        return read_offer(sdp)
    except ValueError:
        raise RelayOfferInvalid from None


def new_ssrc() -> int:
    """Never 0, which means none."""
    return int.from_bytes(random_bytes(4), "big") or 1


def session_number() -> int:
    """Of a description (RFC 8866, 5.2), 62 random bits (RFC 8829, 5.2.1)."""
    return int.from_bytes(random_bytes(8), "big") >> 2


def local_of(transport: Transport) -> Local:
    return Local(transport.local, transport.fingerprint, transport.candidates)


def note_open(transport: Transport, direction: Literal["to", "from"]) -> None:
    """A line in the log: packets pass from now on, and over what."""
    path = transport.ice.selected
    over = "UDP" if path is None or path.room is None else "TCP"
    _log.info(
        "a participant's way %s the relay is open", direction, extra={"fields": {"over": over}}
    )


@dataclass(frozen=True, slots=True)
class Listening:
    """What a room has for all of its sound. ``limit``: also of what ``loudest`` does not hear."""

    loudest: Loudest
    limit: RoomSound


class Sending:
    """One connection on which a page sends. ``connection``: the page's name for it.

    ``tracks``: by slot, for as long as the connection lasts.
    """

    def __init__(
        self,
        connection: str,
        transport: Transport,
        offer: Offer,
        listening: Listening,
        max_bitrate: int,
        ended: Callable[["Sending"], None],
        clock: Callable[[], float],
    ) -> None:
        """``max_bitrate`` in bit/s. ``ended`` is called when the connection is lost; ``clock``
        tells seconds, as the times of packets do."""
        self.connection = connection
        self.transport = transport
        self.publisher = Publisher(transport, offer.agreed, new_ssrc(), terms.CNAME, max_bitrate)
        self.tracks: dict[Slot, Track] = {}
        self._offer = offer
        self._listening = listening
        self._ended = ended
        self._clock = clock
        self._session = session_number()
        self._version = 0
        self.handling = 0
        """Microseconds that its packets spent in this process, until they had left to everybody."""
        self._came = 0
        self._is_gathering = False
        self._announce()
        transport.on_rtp = self._forward
        transport.on_rtcp = self.publisher.on_rtcp
        transport.on_state = self._state_changed

    @property
    def octets(self) -> int:
        """Of media that came from the page."""
        return sum(layer.octets for track in self.tracks.values() for layer in track.layers)

    def answer(self, offer: Offer) -> str:
        """The first offer, or a later one, which may only change the way to the page: what it
        sends stays as it is. Raises: RelayOfferInvalid.
        """
        if not offer.is_like(self._offer):
            raise RelayOfferInvalid
        remote = offer.remote
        if self._version and remote.ice != self._offer.remote.ice:
            self.transport.restart()
        try:
            self.transport.set_remote(
                remote.ice.ufrag, remote.ice.pwd, remote.fingerprints, remote.setup
            )
        except ValueError:
            raise RelayOfferInvalid from None
        self._offer = offer
        self._version += 1
        return answer(offer, local_of(self.transport), self._session, self._version)

    def tick(self, now: float) -> bool:
        """Returns whether the next one is wanted soon."""
        return self.publisher.tick(now)

    def close(self) -> None:
        """Whoever receives its tracks has to stop by itself."""
        self.transport.on_state = _stay
        for track in self.tracks.values():
            self._listening.loudest.remove(track)
        self.transport.close()

    def _forward(self, data: bytes, now: float) -> None:
        """Raises: ValueError."""
        self._came += 1
        self.publisher.on_rtp(data, now)
        if not self._is_gathering:
            self._handled(now)

    def _gather(self, leave: Leave) -> bool:
        self._is_gathering = self.transport.gather(partial(self._leave, leave))
        return self._is_gathering

    def _leave(self, leave: Leave, now: float) -> None:
        self._is_gathering = False
        leave(now)
        self._handled(now)

    def _handled(self, since: float) -> None:
        came, self._came = self._came, 0
        self.handling += came * int((self._clock() - since) * 1_000_000)

    def _announce(self) -> None:
        share = SoundShare(self._listening.limit, self._clock())
        for slot, section in zip(SLOTS, self._offer.sections, strict=True):
            # Sound of a screen is not somebody who speaks.
            ear = self._listening.loudest if slot == "microphone" else None
            is_sound = section.codec.is_audio
            track = Track(slot, section.codec, len(section.rids), ear, repairs=not is_sound)
            track.owner = self
            track.gather = self._gather
            if is_sound:
                track.limit = SoundLimit(share, self._clock())
            self.publisher.announce(section.mid, track, section.rids)
            self.tracks[slot] = track
            if ear is not None:
                ear.add(track)

    def _state_changed(self, state: State) -> None:
        if state == "connected":
            note_open(self.transport, "to")
        elif state in {"failed", "closed"}:
            self._ended(self)


def _stay(_state: State) -> None:
    """It is closed by us."""
