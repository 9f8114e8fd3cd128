"""What one participant receives from the relay."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from meetd.core.ids import new_id
from meetd.core.refusals import RelayOfferInvalid
from meetd.protocol.relay import RelayedStream, RelayOffered, Slot
from meetd.relay.forwarding.allocation import Shown
from meetd.relay.forwarding.subscriber import Subscriber
from meetd.relay.forwarding.subscription import Subscription
from meetd.relay.negotiation import terms
from meetd.relay.negotiation.connection import Remote
from meetd.relay.negotiation.subscribing import Offered, offer, read_answer
from meetd.relay.session.sections import Section, Sections, Stream, Wanted
from meetd.relay.session.sending import local_of, new_ssrc, note_open, session_number
from meetd.relay.transport.transport import State, Transport

Tiles = Mapping[tuple[str, Slot], Shown]
"""What a page shows, by participant and slot."""

UNTOLD: Final = Shown(360)
"""A page that has not said what it shows."""
_HIDDEN: Final = Shown(0)


class Receiving:
    """One connection on which a page receives.

    One offer at a time: what changes until its answer comes goes into the next one. A stream begins
    when the page has accepted it, so that no key frame is lost on a page that does not know it yet.
    """

    def __init__(
        self,
        transport: Transport,
        send: Callable[[RelayOffered], None],
        ended: Callable[["Receiving"], None],
    ) -> None:
        """``ended`` is called when the connection is lost."""
        self.connection = new_id()
        self.transport = transport
        self.subscriber = Subscriber(transport, new_ssrc(), terms.CNAME)
        self._send = send
        self._ended = ended
        self._sections = Sections()
        self._subscriptions: dict[Stream, Subscription] = {}
        self._past = 0, 0, 0
        self._tiles: Tiles | None = None
        self._session = session_number()
        self._number = 0
        self._waiting: RelayOffered | None = None
        self._offered: tuple[Section, ...] = ()
        self._is_stale = self._restarts = False
        self._remote: Remote | None = None
        transport.on_rtcp = self.subscriber.on_rtcp
        transport.on_state = self._state_changed

    def want(self, wanted: Wanted, now: float) -> None:
        """What the page is to receive from now on."""
        if self._sections.change(wanted):
            self._unsubscribe_others(now)
            self._is_stale = True
            self._offer()

    def show(self, tiles: Tiles) -> None:
        """What the page shows from now on."""
        self._tiles = tiles
        for stream, subscription in self._subscriptions.items():
            self._show(stream, subscription)

    def accept(self, connection: str, number: int, sdp: str, now: float) -> None:
        """Raises: RelayOfferInvalid. An answer to another offer changes nothing."""
        waiting = self._waiting
        if waiting is None or (connection, number) != (self.connection, waiting.offer):
            return
        self._take(sdp)
        self._waiting = None
        for section in self._offered:
            if section in self._sections.all and section.stream is not None:
                self._subscribe(section.stream, now)
        self._offer()

    def repeat(self) -> None:
        """The page may have missed the offer that waits for its answer."""
        if self._waiting is not None:
            self._send(self._waiting)

    def restart(self) -> None:
        """The page has another network: offer new ICE credentials."""
        self._restarts = self._is_stale = True
        self._offer()

    @property
    def resent(self) -> int:
        """Packets that the page asked for again."""
        return self._past[0] + sum(one.resent for one in self._subscriptions.values())

    @property
    def switches(self) -> int:
        """Times that a picture began or changed its layer."""
        return self._past[1] + sum(one.switches for one in self._subscriptions.values())

    @property
    def octets(self) -> int:
        """Of media that were forwarded to the page."""
        return self._past[2] + sum(one.octets for one in self._subscriptions.values())

    @property
    def streams(self) -> int:
        """That are forwarded to the page."""
        return len(self._subscriptions)

    @property
    def layers(self) -> Counter[int]:
        """How many pictures are forwarded to the page, by layer, 0 the smallest."""
        shown = (one for one in self._subscriptions.values() if not one.track.codec.is_audio)
        return Counter(one.track.by_height().index(one.layer) for one in shown if one.layer)

    def tick(self, now: float) -> bool:
        """Returns whether the next one is wanted soon."""
        return self.subscriber.tick(now)

    def close(self, now: float) -> None:
        self.transport.on_state = _stay
        self.subscriber.close(now)
        self._subscriptions.clear()
        self.transport.close()

    def _offer(self) -> None:
        if self._waiting is not None or not self._is_stale or not self._sections.all:
            return
        if self._restarts and self._remote is not None:
            self.transport.restart()
        self._is_stale = self._restarts = False
        self._number += 1
        self._offered = tuple(self._sections.all)
        self._waiting = RelayOffered(
            connection=self.connection,
            offer=self._number,
            sdp=self._described(),
            streams=tuple(_stream(one.mid, one.stream) for one in self._offered if one.stream),
        )
        self._send(self._waiting)

    def _described(self) -> str:
        sections = [
            Offered(section.mid, section.codec, section.stream.identity, section.stream.participant)
            if section.stream
            else Offered(section.mid, section.codec)
            for section in self._offered
        ]
        return offer(sections, local_of(self.transport), self._session, self._number)

    def _take(self, sdp: str) -> None:
        try:
            remote = read_answer(sdp)
            if remote != self._remote:
                ice = remote.ice
                self.transport.set_remote(ice.ufrag, ice.pwd, remote.fingerprints, remote.setup)
        except ValueError:
            raise RelayOfferInvalid from None
        self._remote = remote

    def _subscribe(self, stream: Stream, now: float) -> None:
        if stream not in self._subscriptions:
            subscription = self.subscriber.subscribe(stream.track, stream.identity, now)
            self._subscriptions[stream] = subscription
            self._show(stream, subscription)

    def _unsubscribe_others(self, now: float) -> None:
        kept = {section.stream for section in self._sections.all}
        for stream in [stream for stream in self._subscriptions if stream not in kept]:
            subscription = self._subscriptions.pop(stream)
            resent, switches, octets = self._past
            self._past = (
                resent + subscription.resent,
                switches + subscription.switches,
                octets + subscription.octets,
            )
            self.subscriber.unsubscribe(subscription, now)

    def _show(self, stream: Stream, subscription: Subscription) -> None:
        if not stream.track.codec.is_audio:
            shown = UNTOLD if self._tiles is None else self._tiles.get(stream.key, _HIDDEN)
            self.subscriber.show(subscription, shown)

    def _state_changed(self, state: State) -> None:
        if state == "connected":
            note_open(self.transport, "from")
        elif state in {"failed", "closed"}:
            self._ended(self)


def _stream(mid: str, stream: Stream) -> RelayedStream:
    return RelayedStream(mid=mid, participant=stream.participant, slot=stream.slot)


def _stay(_state: State) -> None:
    """It is closed by us."""
