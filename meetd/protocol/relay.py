"""Media through the relay: what a page and the server say to each other to connect.

A page has two connections to the relay, made when some path of it is relayed: one on which it
sends, which the page offers, and one on which it receives, which the server offers. The relay
forwards packets whose frames it cannot read; the server says only who is on which stream.
"""

from typing import Annotated, Literal

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, Ref, Value
from meetd.protocol.media import ConnectionId, Sdp

Slot = Literal["microphone", "camera", "screen", "screenSound"]
OfferNumber = Annotated[int, Meta(ge=1, le=2**31 - 1, description="Rises with each offer.")]
Pixels = Annotated[int, Meta(ge=0, le=16_384, description="Device pixels.")]
MAX_TILES = 400


class RelayPublish(Command, frozen=True, kw_only=True):
    """Offer to send to the relay: four sections of which only sending is asked for, in the order
    microphone, camera, screen, screen sound. Answered by ``RelayAnswered``.

    The same ``connection`` again changes what it offered, or restarts ICE; another one replaces it.
    """

    connection: ConnectionId
    sdp: Sdp


class RelayAnswered(Event, frozen=True, kw_only=True):
    """The answer to ``RelayPublish``, with the server's candidates. None follow, and the server
    needs none of the page's: it answers where checks come from."""

    ref: Ref
    connection: ConnectionId
    sdp: str


class RelayedStream(Value, frozen=True, kw_only=True):
    """What a section of the server's offer carries."""

    mid: str
    participant: Id
    slot: Slot


class RelayOffered(Event, frozen=True, kw_only=True):
    """What the page may receive from the relay, all of it, each time it changes. Answer with
    ``RelayAccept``; until then no other offer comes, unless over a new connection."""

    connection: ConnectionId
    """Made by the server. A new one: over a new RTCPeerConnection, the one before is gone."""
    offer: OfferNumber
    sdp: str
    streams: tuple[RelayedStream, ...]
    """Sections of the offer that are not here carry nothing now."""


class RelayAccept(Command, frozen=True, kw_only=True):
    """Answer ``RelayOffered``. One to an offer that is not the latest changes nothing.

    Everything is bundled, so that ``sdp`` may end before its second section; of a large room it has
    to.
    """

    connection: ConnectionId
    offer: OfferNumber
    sdp: Sdp


class RelayReconnect(Command, frozen=True, kw_only=True):
    """Ask for another ``RelayOffered``: with new ICE credentials, because the network is another
    one, or over a new connection (``anew``), because the one that was there does not work."""

    anew: bool = False


class Tile(Value, frozen=True, kw_only=True):
    """One picture on the page."""

    participant: Id
    slot: Literal["camera", "screen"]
    width: Pixels
    height: Pixels
    first: bool = False
    """The speaker, what is pinned, or what fills the screen: gets bandwidth before the others, the
    largest of them first."""


class ShowTiles(Command, frozen=True, kw_only=True):
    """Tell which pictures the page shows, all of them, whenever that changes (at most a few times
    a second). Others are not sent to it."""

    tiles: Annotated[tuple[Tile, ...], Meta(max_length=MAX_TILES)]
