"""Media over TCP (RFC 6544, passive side): for who has no UDP."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any, Final

from meetd.core.networks import network_of
from meetd.relay.transport.framing import Deframer, frame
from meetd.relay.transport.tcp_sending import BUFFER_BYTES

PROOF_SECONDS: Final = 5.0
"""A connection without a valid check by then is closed."""
_UNPROVEN_BYTES: Final = 4_096
"""What may be read before the first valid check: some checks, and nothing else is due."""
_PER_NETWORK: Final = 64
"""Connections of one address: an office behind one NAT without UDP."""
_MAX_UNPROVEN: Final = 512
"""Connections without a valid check, of everybody: the oldest makes room for the newest."""
_ACCEPT_BATCH: Final = 64
_READ_BYTES: Final = 16_384
"""Per turn of the loop: thousands of tiny packets are a few milliseconds of everybody's time."""
_UNSENT_IN_KERNEL: Final = 65_536
"""Linux would take megabytes, which is seconds of delay that nobody could drop any more."""
_BREATH_SECONDS: Final = 1.0
"""How long nobody is let in when the process is out of descriptors."""


class TcpConnection:
    """One browser's connection; a ``Path`` once a check came over it."""

    name = None
    """Nothing leaves over it together with what is for others."""

    def __init__(
        self,
        connection: socket.socket,
        source: tuple[Any, ...],
        on_packets: Callable[[list[bytes], "TcpConnection"], None],
        on_end: Callable[["TcpConnection"], None],
    ) -> None:
        self.source = source
        self.received = 0
        """Bytes."""
        self._socket = connection
        self._on_packets = on_packets
        self._on_end = on_end
        self._deframer = Deframer()
        self._waiting = bytearray()
        self._loop = asyncio.get_running_loop()
        self._is_open = True
        self._loop.add_reader(connection, self._on_readable)

    @property
    def key(self) -> Hashable:
        return self

    @property
    def room(self) -> int:
        return BUFFER_BYTES - len(self._waiting)

    def pack_name(self) -> None:
        """A connection has none."""

    def send(self, datagram: bytes | bytearray | memoryview) -> bool:
        framed = frame(datagram)
        if not self._is_open or len(framed) > self.room:
            return False
        if self._waiting:
            self._waiting += framed
            return True
        sent = self._send_some(framed)
        if sent < len(framed) and self._is_open:
            self._waiting += framed[sent:]
            self._loop.add_writer(self._socket, self._on_writable)
        return self._is_open

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()
            self._waiting.clear()
            self._on_end(self)

    def _send_some(self, data: bytes | bytearray) -> int:
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:  # the other side is gone
            self.close()
            return 0

    def _on_writable(self) -> None:
        del self._waiting[: self._send_some(self._waiting)]
        if self._is_open and not self._waiting:
            self._loop.remove_writer(self._socket)

    def _on_readable(self) -> None:
        try:
            data = self._socket.recv(_READ_BYTES)
            packets = self._deframer.feed(data)
        except (BlockingIOError, InterruptedError):
            return
        except (OSError, ValueError):  # the other side is gone, or sends what is no packet
            self.close()
            return
        self.received += len(data)
        self._on_packets(packets, self)
        if not data:
            self.close()


class TcpDoor:
    """Lets connections in. ``on_packet`` gets each packet, ``on_end`` each connection that ended;
    ``is_proven`` tells whether a valid check came over one."""

    def __init__(
        self,
        *,
        on_packet: Callable[[bytes, TcpConnection], None],
        on_end: Callable[[TcpConnection], None],
        is_proven: Callable[[TcpConnection], bool],
        proof_seconds: float = PROOF_SECONDS,
    ) -> None:
        self._on_packet = on_packet
        self._on_end = on_end
        self._is_proven = is_proven
        self._proof_seconds = proof_seconds
        self._listening: socket.socket | None = None
        self._connections: dict[TcpConnection, asyncio.TimerHandle] = {}
        """In the order they came, with the moment by which each has to be proven."""
        self._unproven: dict[TcpConnection, None] = {}
        self._per_network: Counter[str] = Counter()
        self.refused = 0

    def open(self, listening: socket.socket) -> None:
        """Accept connections of a bound socket, which is this object's from now on."""
        listening.listen()
        self._listening = listening
        asyncio.get_running_loop().add_reader(listening, self._on_acceptable, listening)

    def close(self) -> None:
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        for connection in list(self._connections):
            connection.close()

    @property
    def connections(self) -> int:
        return len(self._connections)

    def _on_acceptable(self, listening: socket.socket) -> None:
        for _ in range(_ACCEPT_BATCH):
            try:
                connection, source = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # out of descriptors: it stays readable, which must not fill the core
                self._take_a_breath(listening)
                return
            self._welcome(connection, source)

    def _take_a_breath(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(listening)
        loop.call_later(_BREATH_SECONDS, self._accept_again, listening)

    def _accept_again(self, listening: socket.socket) -> None:
        if self._listening is listening:
            asyncio.get_running_loop().add_reader(listening, self._on_acceptable, listening)

    def _welcome(self, connection: socket.socket, source: tuple[Any, ...]) -> None:
        network = network_of(source[0])
        if self._per_network[network] >= _PER_NETWORK:
            self.refused += 1
            connection.close()
            return
        if len(self._unproven) >= _MAX_UNPROVEN:
            self.refused += 1
            next(iter(self._unproven)).close()
        _prepare(connection)
        self._per_network[network] += 1
        let_in = TcpConnection(connection, source, self._receive, self._forget)
        self._unproven[let_in] = None
        self._connections[let_in] = asyncio.get_running_loop().call_later(
            self._proof_seconds, self._demand_proof, let_in
        )

    def _receive(self, packets: list[bytes], connection: TcpConnection) -> None:
        for packet in packets:
            if connection in self._connections:  # an earlier one may have ended it
                self._on_packet(packet, connection)
        if connection in self._unproven:
            if self._is_proven(connection):
                del self._unproven[connection]
            elif connection.received > _UNPROVEN_BYTES:
                self.refused += 1
                connection.close()

    def _demand_proof(self, connection: TcpConnection) -> None:
        if connection in self._unproven:
            self.refused += 1
            connection.close()

    def _forget(self, connection: TcpConnection) -> None:
        self._connections.pop(connection).cancel()
        self._unproven.pop(connection, None)
        network = network_of(connection.source[0])
        self._per_network[network] -= 1
        if not self._per_network[network]:
            del self._per_network[network]
        self._on_end(connection)


def _prepare(connection: socket.socket) -> None:
    connection.setblocking(False)
    with contextlib.suppress(OSError):  # it is gone already: reading will tell
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_IN_KERNEL)
