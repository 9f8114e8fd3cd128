"""The sockets of the media port: UDP and TCP with one number."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from meetd.core.clock import Clock
from meetd.relay.transport import steering
from meetd.relay.transport.delay import Delay, arrived, passed_since
from meetd.relay.transport.demultiplexer import Demultiplexer
from meetd.relay.transport.inbox import BATCH, Inbox
from meetd.relay.transport.tcp import TcpConnection, TcpDoor
from meetd.relay.transport.udp import UdpPath

if TYPE_CHECKING:
    from meetd.relay.transport.outbox import Outbox  # loaded with the first relayed stream

_REPORT_BATCHES = 16
"""A flood of these costs a few milliseconds each time."""
_BUFFER_BYTES = 4 * 1024 * 1024
"""For the bursts of a whole room; the kernel gives less where its limit is lower."""
_FREE_PORT_ATTEMPTS = 16


class MediaPortError(Exception):
    """The media port cannot be opened. The message says what to do."""


class MediaPort:
    """Answers STUN binding requests, at most ``stun_per_second`` per source network, and hands
    peers what is theirs.

    The limit comes before the parser: a flood costs one dictionary lookup per packet. An answer is
    no larger than a browser's request plus one address, so the port is of no use for amplification.
    """

    def __init__(self, host: str, port: int, stun_per_second: int, clock: Clock) -> None:
        self.host = host
        self._port = port
        self._clock = clock
        self._udp: socket.socket | None = None
        self._reports: socket.socket | None = None
        self._outbox: Outbox | None = None
        self.after_packets: Callable[[float], None] = _rest
        """Called when what had come has left again, while media is relayed; takes the time."""
        self.delay = Delay()
        self.demultiplexer = Demultiplexer(stun_per_second)
        self.tcp = TcpDoor(
            on_packet=self._on_packet,
            on_end=self.demultiplexer.release,
            is_proven=self.demultiplexer.has_owner,
        )

    @property
    def port(self) -> int:
        """The port in use, once open."""
        return self._port

    @property
    def answered(self) -> int:
        """Plain STUN requests."""
        return self.demultiplexer.counters.answered

    @property
    def dropped(self) -> int:
        """Datagrams that got no answer and reached nobody."""
        return self.demultiplexer.counters.dropped

    @property
    def outbox(self) -> "Outbox":
        """For media, over UDP; there once it is asked for. Only while the port is open."""
        if self._outbox is None:
            from meetd.relay.transport.outbox import Outbox  # noqa: PLC0415

            assert self._udp is not None, "the media port is not open"  # noqa: S101
            self._outbox = Outbox(self._udp)
        return self._outbox

    def open(self) -> None:
        """Bind and start answering. Raises: MediaPortError."""
        udp, tcp = self._bind()
        self._udp = udp
        self._reports = steering.beside(udp)
        self._path_of = partial(UdpPath, udp)
        self._inbox = Inbox(udp.family)
        self._port = udp.getsockname()[1]
        asyncio.get_running_loop().add_reader(udp, self._on_readable, udp)
        self.tcp.open(tcp)

    def read_reports(self) -> None:
        """Those that wait; to be called every 10 to 80 ms while media is relayed."""
        if self._reports is not None:
            now = self._clock.monotonic()
            for _ in range(_REPORT_BATCHES):
                if self._receive(self._reports, now) < BATCH:
                    return

    def close(self) -> None:
        self.tcp.close()
        if self._udp is not None:
            asyncio.get_running_loop().remove_reader(self._udp)
            self._udp.close()
            self._udp = self._outbox = None
        if self._reports is not None:
            self._reports.close()
            self._reports = None

    def _bind(self) -> tuple[socket.socket, socket.socket]:
        """A UDP and a TCP socket with one port. Raises: MediaPortError."""
        attempts = 1 if self._port else _FREE_PORT_ATTEMPTS
        for attempt in range(1, attempts + 1):
            udp = self._bound(socket.SOCK_DGRAM, self._port)
            try:
                return udp, self._bound(socket.SOCK_STREAM, udp.getsockname()[1])
            except MediaPortError:
                udp.close()
                if attempt == attempts:
                    raise
        raise AssertionError  # the last attempt returns or raises

    def _bound(self, kind: socket.SocketKind, port: int) -> socket.socket:
        try:
            return _bound_socket(kind, self.host, port)
        except OSError as error:
            name = "UDP" if kind == socket.SOCK_DGRAM else "TCP"
            raise MediaPortError(
                f"{name} port {port} for media cannot be opened on"
                f" {self.host or 'this machine'}: {error.strerror}. Stop what uses it, or choose"
                " another with --media-port."
            ) from error

    def _on_readable(self, udp: socket.socket) -> None:
        outbox = self._outbox
        if outbox is None:
            self._receive(udp, self._clock.monotonic())
            return
        sent, since = outbox.sent, None
        now = self._clock.monotonic()
        outbox.open()
        try:
            if self.delay.is_due(now):
                self._receive(udp, now, 1)
                since = arrived(udp)
            self._receive(udp, now)
        finally:
            outbox.close(now)
        if since is not None and outbox.sent > sent:
            self.delay.add(passed_since(since))
        self.after_packets(now)

    def _receive(self, udp: socket.socket, now: float, most: int = BATCH) -> int:
        """Returns how many came."""
        receive, path_of = self.demultiplexer.receive, self._path_of
        came = self._inbox.take(udp, most)
        for datagram, name in came:
            receive(datagram, name, path_of, now)
        return len(came)

    def _on_packet(self, packet: bytes, connection: TcpConnection) -> None:
        self.demultiplexer.receive(packet, connection, _itself, self._clock.monotonic())


def _rest(_now: float) -> None:
    """Until somebody has said what to do."""


def _itself(connection: TcpConnection) -> TcpConnection:
    return connection


def _bound_socket(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
    """One socket for IPv4 and IPv6 where no address is given and the machine has IPv6."""
    if not host and socket.has_dualstack_ipv6():
        bound = socket.socket(socket.AF_INET6, kind)
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        address = "::"
    else:
        address = host or "0.0.0.0"  # noqa: S104
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        bound = socket.socket(family, kind)
    try:
        bound.setblocking(False)
        _set_options(bound)
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


def _set_options(bound: socket.socket) -> None:
    if bound.type == socket.SOCK_STREAM:
        # A restart finds connections of the last run, which must not hold the port.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        with contextlib.suppress(OSError):
            bound.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
