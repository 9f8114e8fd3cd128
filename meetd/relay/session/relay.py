"""The relay as the rest of the server knows it.

Costs next to nothing until somebody is relayed: what does the work, and the WebRTC stack below it,
is imported then (38 MiB that a server with direct paths does without).
"""

import asyncio
from typing import TYPE_CHECKING, Final

from meetd.config.network import Media
from meetd.core.clock import Clock
from meetd.relay.transport.media_port import MediaPort

if TYPE_CHECKING:
    from meetd.relay.session.house import RelayHouse

COUNTED: Final = {
    "packets_received": "Packets of participants, decrypted.",
    "packets_sent": "Packets to participants.",
    "packets_dropped": "Packets that could not be sent.",
    "packets_limited": "Packets beyond what one participant may send.",
    "sound_dropped": "Packets of sound beyond what one track, or one meeting, may have passed on.",
    "packets_refused": "Packets that were forged, replayed, malformed or of no announced stream.",
    "handling_microseconds": "Of all packets of participants, from the first look at them until"
    " they had left to everybody.",
    "lost": "Packets that were lost on the way here, and not repaired.",
    "nacks_sent": "Packets asked for again.",
    "nacks_received": "Packets that participants asked for again.",
    "resent": "Packets that were sent again.",
    "plis_received": "Pictures lost by participants, for which a key frame was wanted.",
    "firs_received": "Key frames wanted by participants for other reasons.",
    "key_frames_asked": "Key frames asked for.",
    "layer_switches": "Times that a picture began or changed its layer.",
}
"""What ``total`` knows."""


class Relay:
    """One server's. ``open`` gives what does the work."""

    def __init__(self, port: MediaPort, settings: Media, clock: Clock) -> None:
        self._port = port
        self._settings = settings
        self._clock = clock
        self._house: RelayHouse | None = None

    async def open(self) -> "RelayHouse":
        """Takes a second the first time, without holding the loop."""
        if self._house is None:
            await asyncio.to_thread(_load)
        house = self._built()
        await house.load()
        return house

    @property
    def streams(self) -> int:
        """That participants send."""
        return self._house.streams if self._house else 0

    @property
    def forwarded(self) -> int:
        """Streams that participants receive."""
        return self._house.forwarded if self._house else 0

    @property
    def refusals(self) -> int:
        """Times that somebody was told that the relay is full."""
        return self._house.places.refusals if self._house else 0

    def total(self, name: str) -> float:
        """Since the start. ``name``: of ``COUNTED``."""
        return self._house.figures.total(name) if self._house else 0.0

    def estimate(self, percent: int) -> float:
        """Bit/s that the paths of so many percent of those who receive now take at the most."""
        return self._house.figures.estimate(percent) if self._house else 0.0

    def pictures(self, layer: int) -> int:
        """That are forwarded now in that layer of theirs, 0 the smallest."""
        return self._house.figures.pictures(layer) if self._house else 0

    def _built(self) -> "RelayHouse":
        from meetd.relay.session.house import RelayHouse  # noqa: PLC0415

        if self._house is None:
            self._house = RelayHouse(self._port, self._settings, self._clock)
        return self._house

    async def close(self) -> None:
        """End every connection. Returns when the pages are told."""
        if self._house is not None:
            await self._house.close()


def _load() -> None:
    import meetd.relay.session.house  # noqa: PLC0415, F401
