"""In front of every connection: how many one network may have, and how long a first request may
take to arrive."""

import asyncio
import logging
import ssl
from asyncio import sslproto
from collections import Counter
from collections.abc import Callable, MutableMapping
from typing import cast

from meetd.core.networks import network_of
from meetd.serving.addresses import UNKNOWN, Addresses

log = logging.getLogger(__name__)

HANDSHAKE_SECONDS = 10.0
"""For the TLS handshake."""

_GOODBYE_SECONDS = 1.0
"""For the other end to answer our TLS close_notify."""


_TLS_BUFFER = 16 * 1024
"""Bytes: one TLS record (RFC 8446 5.1). asyncio's own 256 KiB, filled for every connection, made
200 idle ones cost 275 KiB each; with this it is 35 KiB."""


def shrink_tls_buffers() -> None:
    """For every TLS connection from now on; asyncio has it for all together only."""
    sslproto.SSLProtocol.max_size = _TLS_BUFFER


class Crowd:
    """Counts the open connections of each network. One per listener, no locks: one event loop."""

    def __init__(self, addresses: Addresses, per_network: int) -> None:
        """Reverse proxies of ours are not counted: everybody comes through them."""
        self.limit = 1_000_000
        """Connections of everybody together."""
        self._addresses = addresses
        self._per_network = per_network
        self._counts: Counter[str] = Counter()
        self._inside: dict[Gate, str] = {}
        self._open = True

    @property
    def total(self) -> int:
        return len(self._inside)

    def enter(self, gate: "Gate", peer: str) -> bool:
        """Is there room for one more from there?"""
        network = "" if self._addresses.is_trusted(peer) else network_of(peer)
        full = bool(network) and self._counts[network] >= self._per_network
        if full or not self._open or len(self._inside) >= self.limit:
            if not self._counts[network]:
                del self._counts[network]
            return False
        self._counts[network] += 1
        self._inside[gate] = network
        return True

    def leave(self, gate: "Gate") -> None:
        """Once or more often."""
        network = self._inside.pop(gate, None)
        if network is None:
            return
        self._counts[network] -= 1
        if not self._counts[network]:
            del self._counts[network]

    def turn_away_newcomers(self) -> None:
        self._open = False

    def abort_all(self) -> None:
        for gate in list(self._inside):
            gate.abort()


class Gate(asyncio.Protocol):
    """Stands between the socket (or TLS) and aiohttp's handler of one connection."""

    __slots__ = (
        "_crowd",
        "_deadline",
        "_early",
        "_handler",
        "_handlers",
        "_make",
        "_seconds",
        "_tls",
        "_transport",
        "_upgrade",
    )

    def __init__(
        self,
        crowd: Crowd,
        make_handler: Callable[[], asyncio.Protocol],
        handlers: MutableMapping[object, "Gate"],
        tls: Callable[[], ssl.SSLContext | None],
        header_seconds: float,
    ) -> None:
        """``handlers`` finds the gate of a handler; ``tls`` gives the context of today."""
        self._crowd = crowd
        self._make = make_handler
        self._handlers = handlers
        self._tls = tls
        self._seconds = header_seconds
        self._handler: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._upgrade: asyncio.Task[None] | None = None
        self._early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._crowd.enter(self, _peer(transport)):
            self._transport.abort()
            return
        context = self._tls()
        if context is None:
            self._let_in()
        else:
            self._upgrade = asyncio.create_task(self._secure(context))

    async def _secure(self, context: ssl.SSLContext) -> None:
        """The TLS handshake. Until it is done the connection counts, but nothing is made for it."""
        raw = self._transport
        assert raw is not None  # noqa: S101 - connection_made set it
        try:
            self._transport = await asyncio.get_running_loop().start_tls(
                raw,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=_GOODBYE_SECONDS,
            )
        except (OSError, asyncio.CancelledError) as error:  # ssl.SSLError is an OSError
            log.debug("no TLS: %s", type(error).__name__)
            raw.abort()
            self._crowd.leave(self)
            return
        finally:
            self._upgrade = None
        if self._transport is None or self._transport.is_closing():
            raw.abort()
            self._crowd.leave(self)
        else:
            self._let_in()

    def _let_in(self) -> None:
        """Make aiohttp's handler, and give it what came along with the end of the handshake."""
        assert self._transport is not None  # noqa: S101 - connection_made set it
        self._handler = self._make()
        self._handlers[self._handler] = self
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._seconds, self._too_slow)
        self._handler.connection_made(self._transport)
        for data in self._early:
            self._handler.data_received(data)
        self._early.clear()

    def request_arrived(self) -> None:
        """The headers of a request are complete: from here on aiohttp's own timers suffice."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._handler is not None:
            self._handlers.pop(self._handler, None)

    def _too_slow(self) -> None:
        self._deadline = None
        self.abort()

    def abort(self) -> None:
        """Close now, whatever is under way."""
        if self._upgrade is not None:
            self._upgrade.cancel()
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._handler is None:
            self._early.append(data)
        else:
            self._handler.data_received(data)

    def eof_received(self) -> bool | None:
        return None if self._handler is None else self._handler.eof_received()

    def pause_writing(self) -> None:
        if self._handler is not None:
            self._handler.pause_writing()

    def resume_writing(self) -> None:
        if self._handler is not None:
            self._handler.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.request_arrived()
        self._crowd.leave(self)
        self._transport = None
        if self._handler is not None:
            self._handler.connection_lost(exc)


def _peer(transport: asyncio.BaseTransport) -> str:
    name = transport.get_extra_info("peername")
    return name[0] if isinstance(name, tuple) else UNKNOWN
