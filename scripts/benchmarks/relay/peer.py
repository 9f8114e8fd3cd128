"""One peer connection of the load client: socket, checks, DTLS-SRTP. The same for all servers."""

import asyncio
import socket
from typing import Any, cast

from aiortc import RTCCertificate, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsParameters, RTCDtlsTransport
from aiortc.sdp import MediaDescription, SessionDescription

from meetd.relay.transport.ice import IceParameters
from meetd.relay.transport.stun import check_success, is_binding_request, read_check
from tests.relay.checks import BROWSER, check

CHECK_SECONDS = 2.5
"""Between two consent checks, as Chromium makes them."""
_BUFFER_BYTES = 4 * 1024 * 1024
_HANDSHAKE_SECONDS = 20.0
_RETRY_SECONDS = 0.2


class Peer:
    """``connect`` needs a running loop; afterwards ``receive`` takes what the socket has."""

    certificate = RTCCertificate.generateCertificate()
    """One for all: making 200 of them takes longer than what is measured."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self.socket.bind((own_address(), 0))
        self._remote = IceParameters("", "")
        self._is_answered = asyncio.Event()
        self._keeping: asyncio.TimerHandle | None = None
        self._handshake: asyncio.Queue[bytes] = asyncio.Queue()
        self.dtls = RTCDtlsTransport(
            cast("RTCIceTransport", _Wire(self.socket, self._handshake)), [self.certificate]
        )

    @property
    def candidate(self) -> str:
        """The value of ``a=candidate:``."""
        address, port = self.socket.getsockname()
        return f"1 1 udp 2130706431 {address} {port} typ host"

    @property
    def fingerprint(self) -> str:
        """The value of ``a=fingerprint:``."""
        (told,) = (f for f in self.certificate.getFingerprints() if f.algorithm == "sha-256")
        return f"sha-256 {told.value}"

    async def connect(self, sdp: str) -> None:
        """To the server that described itself so: checks until one is answered, then keys."""
        section: Any = SessionDescription.parse(sdp).media[0]
        self._remote = IceParameters(section.ice.usernameFragment, section.ice.password)
        self.socket.connect(_place(section))
        loop = asyncio.get_running_loop()
        loop.add_reader(self.socket, self._read)
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await self._check_until_answered()
                await self.dtls.start(RTCDtlsParameters(section.dtls.fingerprints))
        finally:
            loop.remove_reader(self.socket)
        if self.dtls.state != "connected":
            raise RuntimeError("no DTLS session with the server")
        self._keep()

    def _keep(self) -> None:
        """Consent must not end while others are seated, which takes longer than it lasts."""
        self.check()
        self._keeping = asyncio.get_running_loop().call_later(CHECK_SECONDS, self._keep)

    def take_over(self) -> None:
        """From now on somebody else calls ``check``."""
        if self._keeping is not None:
            self._keeping.cancel()

    async def _check_until_answered(self) -> None:
        while not self._is_answered.is_set():
            self.check()
            try:
                await asyncio.wait_for(self._is_answered.wait(), _RETRY_SECONDS)
            except TimeoutError:
                continue

    @property
    def profile(self) -> str:
        """The SRTP profile that both sides chose."""
        assert self.dtls._ssl is not None  # noqa: SLF001, S101
        return self.dtls._ssl.get_selected_srtp_profile().decode()  # noqa: SLF001

    def check(self) -> None:
        """Ask for consent, nominating the pair, as the controlling side does."""
        self.socket.send(check(self._remote, nominate=True))

    def protect(self, packet: bytes) -> bytes:
        """RTP, encrypted."""
        return self.dtls._tx_srtp.protect(packet)  # noqa: SLF001

    def unprotect(self, packet: bytes) -> bytes:
        """RTP, decrypted."""
        return self.dtls._rx_srtp.unprotect(packet)  # noqa: SLF001

    def send_rtcp(self, packet: bytes) -> None:
        self.socket.send(self.dtls._tx_srtp.protect_rtcp(packet))  # noqa: SLF001

    def take_other(self, packet: bytes) -> None:
        """STUN and DTLS. A server with full ICE makes checks too."""
        if is_binding_request(packet):
            asked = read_check(packet)
            if asked is not None:
                address, port, *_ = self.socket.getpeername()
                self.socket.send(check_success(asked, address, port, BROWSER.pwd))
        elif packet[0] < 4:  # noqa: PLR2004 - RFC 7983, 7
            self._is_answered.set()
        else:
            self._handshake.put_nowait(packet)

    def _read(self) -> None:
        packet = self.socket.recv(2_048)
        if packet[0] < 64:  # noqa: PLR2004 - RFC 7983, 7
            self.take_other(packet)

    async def close(self) -> None:
        self.take_over()
        await self.dtls.stop()
        self.socket.close()


def _place(section: MediaDescription) -> tuple[str, int]:
    """The server's UDP candidate at this machine's own address, or else its first."""
    usable = [one for one in section.ice_candidates if one.protocol.lower() == "udp"]
    usable.sort(key=lambda one: one.ip != own_address())
    return usable[0].ip, usable[0].port


class _Wire:
    """What aiortc takes for its ICE transport; the DTLS client is the controlled side for it."""

    role = "controlled"

    def __init__(self, udp: socket.socket, waiting: asyncio.Queue[bytes]) -> None:
        self._socket = udp
        self._waiting = waiting

    async def _recv(self) -> bytes:
        return await self._waiting.get()

    async def _send(self, data: bytes) -> None:
        self._socket.send(data)


def own_address() -> str:
    """The address of this machine by which it would reach others; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        try:
            udp.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        address: Any = udp.getsockname()[0]
        return str(address)
