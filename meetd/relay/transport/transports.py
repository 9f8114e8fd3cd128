"""Makes transports, looks after them once a second, and loads what they need with the first."""

import asyncio
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

from meetd.config.network import Media
from meetd.core.clock import Clock
from meetd.relay.transport.announcing import endpoints_of
from meetd.relay.transport.candidates import candidates
from meetd.relay.transport.media_port import MediaPort
from meetd.relay.transport.transport import Transport

if TYPE_CHECKING:
    from meetd.relay.transport.dtls import Certificates

_CHECK_SECONDS: Final = 1.0


class Transports:
    """All of one server. ``audio``: the payload types that are sound."""

    def __init__(
        self, port: MediaPort, settings: Media, clock: Clock, audio: AbstractSet[int]
    ) -> None:
        self._port = port
        self._settings = settings
        self._clock = clock
        self._audio = audio
        self._certificates: Certificates | None = None
        self._transports: set[Transport] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def load(self) -> None:
        """Import the WebRTC stack without holding the loop (0.7 s, measured). To be awaited before
        the first ``make``."""
        await asyncio.to_thread(_load)

    def make(self, reached: str = "") -> Transport:
        """A new peer's. ``reached``: the host that its HTTP request was sent to."""
        from meetd.relay.transport.dtls import Certificates, DtlsSession  # noqa: PLC0415

        if self._certificates is None:
            self._certificates = Certificates(self._clock)
        transport = Transport(
            demultiplexer=self._port.demultiplexer,
            outbox=self._port.outbox,
            certificate=self._certificates.current(),
            dtls=DtlsSession,
            candidates=candidates(endpoints_of(self._port, self._settings, reached)),
            audio=self._audio,
            now=self._clock.monotonic(),
        )
        self._transports.add(transport)
        self._look_again()
        return transport

    def __len__(self) -> int:
        """Those that have not ended, as of the last look."""
        return len(self._transports)

    async def close(self) -> None:
        """Tell every peer. Returns when they are told."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        transports = list(self._transports)
        self._transports.clear()
        for transport in transports:
            transport.close()
        await asyncio.gather(*(transport.ended() for transport in transports))

    def check(self) -> None:
        """End what is gone."""
        now = self._clock.monotonic()
        for transport in list(self._transports):
            transport.check(now)
            if transport.state in {"failed", "closed"}:
                self._transports.discard(transport)

    def _look_again(self) -> None:
        if self._timer is None and self._transports:
            self._timer = asyncio.get_running_loop().call_later(_CHECK_SECONDS, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        try:
            self.check()
        finally:
            self._look_again()


def _load() -> None:
    import meetd.relay.transport.dtls  # noqa: PLC0415, F401
