"""A browser's side of a relayed connection, over real loopback sockets: checks written by aioice,
DTLS and SRTP by aiortc as the client."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

from aiortc import RTCCertificate, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from meetd.config.network import Media
from meetd.core.clock import SystemClock
from meetd.relay.transport.framing import Deframer, frame
from meetd.relay.transport.media_port import MediaPort
from meetd.relay.transport.transport import Transport
from meetd.relay.transport.transports import Transports
from tests.relay.checks import BROWSER, check

Place = tuple[str, int]
HERE = "127.0.0.1"
AUDIO = 111
VIDEO = 96
SECONDS = 10.0


def rtp(number: int, *, kind: int = VIDEO, size: int = 100, ssrc: int = 0x1234) -> bytes:
    """A packet of its own frame, with the marker set."""
    head = struct.pack("!BBHII", 0x80, 0x80 | kind, number & 0xFFFF, number * 3_000, ssrc)
    return head + bytes([number & 0xFF]) * size


def picture_loss(ssrc: int = 0x1234) -> bytes:
    """RTCP that is read at once."""
    return struct.pack("!BBHII", 0x81, 206, 2, ssrc, ssrc)


async def until(condition: Callable[[], bool], reason: str, within: float = SECONDS) -> None:
    try:
        async with asyncio.timeout(within):
            while not condition():
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(reason) from None


class MovedClock(SystemClock):
    """Goes on by itself, and further where a test says so; ``held`` stands still."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.held: float | None = None

    def now(self) -> int:
        return super().now() + int(self.ahead * 1_000)

    def monotonic(self) -> float:
        return (super().monotonic() if self.held is None else self.held) + self.ahead


class House:
    """A media port with transports, and the clients of it."""

    def __init__(self, stack: AsyncExitStack, settings: Media) -> None:
        self.clock = MovedClock()
        self.port = MediaPort(settings.host, 0, settings.stun_per_second, self.clock)
        self.transports = Transports(self.port, settings, self.clock, audio=frozenset({AUDIO}))
        self._stack = stack

    def peer(self, *, tcp: bool = False, host: str = HERE) -> "Client":
        """Somebody who is described to the server, with nothing sent yet."""
        client = Client(self.transports.make(), (host, self.port.port), tcp=tcp)
        self._stack.push_async_callback(client.close)
        client.describe()
        return client

    def stranger(self) -> "TcpWire":
        """A connection of nobody that the server knows."""
        wire = TcpWire((HERE, self.port.port), lambda _: None)
        self._stack.push_async_callback(wire.close)
        return wire

    async def connected(self, *, tcp: bool = False, host: str = HERE) -> "Client":
        client = self.peer(tcp=tcp, host=host)
        await client.connect()
        return client


@asynccontextmanager
async def opened_house(settings: Media | None = None) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        house = House(stack, settings or Media(host=HERE))
        house.port.open()
        stack.callback(house.port.close)
        stack.push_async_callback(house.transports.close)
        yield house


class Client:
    """One peer connection of a page. ``server`` is the other end of it, in the same process."""

    def __init__(self, server: Transport, place: Place, *, tcp: bool) -> None:
        self.server = server
        self.states: list[str] = []
        self.arrived: list[bytes] = []
        """Plain RTP at the server."""
        self.reports: list[bytes] = []
        """Plain RTCP at the server."""
        self.answers: list[bytes] = []
        """STUN from the server."""
        self.media: list[bytes] = []
        """Protected packets from the server, as they came."""
        self.wire: Wire = TcpWire(place, self._receive) if tcp else UdpWire(place, self._receive)
        self.certificate = RTCCertificate.generateCertificate()
        self.ice = ClientIce(self.wire)
        self.dtls = RTCDtlsTransport(cast("RTCIceTransport", self.ice), [self.certificate])
        server.on_state = self.states.append
        server.on_rtp = lambda packet, _now: self.arrived.append(packet)
        server.on_rtcp = lambda packet, _now: self.reports.append(packet)

    def describe(self, setup: str = "active", **changed: str) -> None:
        """The page's description reaches the server."""
        told = [(one.algorithm, one.value) for one in self.certificate.getFingerprints()]
        self.server.set_remote(BROWSER.ufrag, BROWSER.pwd, [*changed.items()] or told, setup)

    async def connect(self) -> None:
        await self.check(nominate=True)
        await self.shake_hands()
        await until(lambda: self.server.state == "connected", "the server is not connected")

    async def check(self, **how: Any) -> bytes:
        """Send a check of the server and wait for the answer."""
        before = len(self.answers)
        self.wire.send(check(self.server.local, **how))
        await until(lambda: len(self.answers) > before, "a check was not answered")
        return self.answers[-1]

    async def shake_hands(self) -> None:
        expected = RTCDtlsFingerprint("sha-256", self.server.fingerprint)
        async with asyncio.timeout(SECONDS):
            await self.dtls.start(RTCDtlsParameters([expected]))
        assert self.dtls.state == "connected"

    def send_rtp(self, packet: bytes) -> bytes:
        protected = bytes(self.dtls._tx_srtp.protect(packet))
        self.wire.send(protected)
        return protected

    def send_rtcp(self, packet: bytes) -> bytes:
        protected = bytes(self.dtls._tx_srtp.protect_rtcp(packet))
        self.wire.send(protected)
        return protected

    def plain(self, protected: bytes) -> bytes:
        """What the server sent, decrypted."""
        return bytes(self.dtls._rx_srtp.unprotect(protected))

    async def is_alive(self, number: int) -> None:
        """Media passes both ways."""
        arrived, sent = len(self.arrived), len(self.media)
        self.send_rtp(rtp(number))
        await until(lambda: len(self.arrived) > arrived, "no packet reached the server")
        self.server.send_rtp([rtp(number, ssrc=0x9999)])
        await until(lambda: len(self.media) > sent, "no packet reached the page")
        assert self.plain(self.media[-1]) == rtp(number, ssrc=0x9999)

    async def close(self) -> None:
        await self.dtls.stop()
        await self.wire.close()

    def _receive(self, packet: bytes) -> None:
        if packet[0] < 4:
            self.answers.append(packet)
        elif packet[0] < 64:
            self.ice.waiting.put_nowait(packet)
        else:
            self.media.append(packet)


class ClientIce:
    """What aiortc takes for its ICE transport; the DTLS client is the controlled side for it."""

    role = "controlled"

    def __init__(self, wire: "Wire") -> None:
        self.wire = wire
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue()

    async def _recv(self) -> bytes:
        return await self.waiting.get()

    async def _send(self, data: bytes) -> None:
        self.wire.send(data)


class UdpWire:
    """A socket of the page."""

    def __init__(self, place: Place, receive: Callable[[bytes], None]) -> None:
        self._server = place
        self._receive = receive
        self._socket = self._open()

    @property
    def source(self) -> tuple[str, int]:
        address, port, *_ = self._socket.getsockname()
        return address, port

    def send(self, packet: bytes) -> None:
        self._socket.sendto(packet, self._server)

    def move(self) -> None:
        """Another port, as a new network gives; the former one is gone."""
        asyncio.get_running_loop().remove_reader(self._socket)
        former, self._socket = self._socket, self._open()
        former.close()

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _open(self) -> socket.socket:
        host = self._server[0]
        udp = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        udp.setblocking(False)
        udp.bind((host, 0))
        asyncio.get_running_loop().add_reader(udp, self._read, udp)
        return udp

    def _read(self, udp: socket.socket) -> None:
        self._receive(udp.recv(2_048))


class TcpWire:
    """A connection of the page."""

    def __init__(self, place: Place, receive: Callable[[bytes], None]) -> None:
        self._deframer = Deframer()
        self._receive = receive
        self.socket = socket.create_connection(place)
        self.socket.setblocking(False)
        self.is_closed_by_server = False
        self.resume()

    @property
    def source(self) -> tuple[str, int]:
        address, port, *_ = self.socket.getsockname()
        return address, port

    def send(self, packet: bytes) -> None:
        self.socket.sendall(frame(packet))

    def pause(self) -> None:
        """Read nothing more."""
        asyncio.get_running_loop().remove_reader(self.socket)

    def resume(self) -> None:
        asyncio.get_running_loop().add_reader(self.socket, self._read)

    async def close(self) -> None:
        self.pause()
        self.socket.close()

    def _read(self) -> None:
        try:
            data = self.socket.recv(65_536)
        except ConnectionError:
            data = b""
        for packet in self._deframer.feed(data):
            self._receive(packet)
        if not data:
            self.is_closed_by_server = True
            self.pause()


Wire = UdpWire | TcpWire
