"""One peer's connection: paths, keys, and plain packets in and out."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from meetd.core.limits import Bucket
from meetd.relay.transport.candidates import Candidate
from meetd.relay.transport.demultiplexer import Demultiplexer
from meetd.relay.transport.ice import CONSENT_SECONDS, IceLite, IceParameters, Path
from meetd.relay.transport.parameters import Fingerprint, check_ice, strong_fingerprints
from meetd.relay.transport.tcp_sending import DropPolicy

if TYPE_CHECKING:
    # Loaded with the first relayed stream, see Transports.
    from meetd.relay.transport.dtls import DtlsSession, ServerCertificate
    from meetd.relay.transport.outbox import Outbox
    from meetd.relay.transport.srtp import Srtp

State = Literal["new", "connecting", "connected", "failed", "closed"]

_HANDSHAKE_SECONDS: Final = 20.0
"""From the first valid check. OpenSSL sends again after 1, 2, 4 and 8 s."""
_BYTES_PER_SECOND: Final = 2_500_000
"""What one peer may send: three layers of a camera and a screen are half of it."""
_PACKET_COST: Final = 300
"""Bytes that a packet counts beside its own: small ones cost as much work as large ones."""
_FORGED_PER_SECOND: Final = 5_000
"""Packets from a peer's address that are not the peer's, or were there before: 5 us each."""
_DTLS_PER_SECOND: Final = 50
"""Messages; a handshake has about ten."""
_SHORTEST_SRTP: Final = 12
_ENDED: Final = frozenset({"failed", "closed"})
_DTLS: Final = range(20, 64)
_KIND: Final = 0xC0
_SRTP: Final = 0x80
_RTCP_TYPES: Final = range(192, 224)
"""First and second bytes (RFC 7983, 7; RFC 5761, 4); SRTP has 128 to 191."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class TransportCounters:
    """Of one peer."""

    received: int = 0
    """RTP and RTCP packets, decrypted."""
    sent: int = 0
    dropped: int = 0
    """Packets for this peer that were not sent: not connected, or no room."""
    early: int = 0
    """Packets from this peer before there were keys."""
    limited: int = 0
    """Datagrams beyond what one peer may send."""
    refused: int = 0
    """Forged, replayed, malformed or cut short."""


class Transport:
    """Made by ``Transports``. The owner sets ``on_rtp``, ``on_rtcp`` and ``on_state``.

    ``on_rtp`` and ``on_rtcp`` get plain packets and the time, at once; a ValueError from them says
    that the packet is no good, and it is counted.
    """

    def __init__(
        self,
        *,
        demultiplexer: Demultiplexer,
        outbox: "Outbox",
        certificate: "ServerCertificate",
        dtls: "Callable[[ServerCertificate, Callable[[bytes], None]], DtlsSession]",
        candidates: tuple[Candidate, ...],
        audio: AbstractSet[int],
        now: float,
    ) -> None:
        self.ice = IceLite(made=now)
        self.fingerprint = certificate.fingerprint
        self.candidates = candidates
        self.state: State = "new"
        self.counters = TransportCounters()
        self.on_rtp: Callable[[bytes, float], None] = _pass_over
        self.on_rtcp: Callable[[bytes, float], None] = _pass_over
        self.on_state: Callable[[State], None] = _stay
        self._demultiplexer = demultiplexer
        self._outbox = outbox
        self._dtls = dtls(certificate, self._send_dtls)
        self._policy = DropPolicy(audio)
        self._inflow = Bucket(_BYTES_PER_SECOND, _BYTES_PER_SECOND, now)
        self._forged = Bucket(_FORGED_PER_SECOND, _FORGED_PER_SECOND, now)
        self._handshaking = Bucket(_DTLS_PER_SECOND, _DTLS_PER_SECOND, now)
        self._expected: tuple[Fingerprint, ...] = ()
        self._connecting_since = now
        self._srtp: Srtp | None = None
        self._task: asyncio.Task[None] | None = None
        demultiplexer.add(self, now)

    @property
    def local(self) -> IceParameters:
        return self.ice.local

    def set_remote(
        self, ice_ufrag: str, ice_pwd: str, fingerprints: Iterable[tuple[str, str]], setup: str
    ) -> None:
        """What the peer's description says; again with each ICE restart. ``fingerprints``: pairs of
        hash and value; ``setup``: ``active`` or ``actpass``, because the server is passive.

        Raises: ValueError, also when the certificate changes: that is another session, which needs
        another transport.
        """
        check_ice(ice_ufrag, ice_pwd)
        expected = strong_fingerprints(fingerprints)
        if setup not in {"active", "actpass"}:
            raise ValueError("the server is the passive side of DTLS")
        if self._expected and expected != self._expected:
            raise ValueError("another certificate")
        if not self._expected and not self._has_ended():
            self._expected = expected
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._task.add_done_callback(self._run_ended)

    def restart(self) -> IceParameters:
        """ICE restart (RFC 8445, 9): new credentials, the same keys."""
        parameters = self.ice.restart()
        self._demultiplexer.renew(self)
        return parameters

    def send_rtp(self, packets: Sequence[bytes | bytearray | memoryview]) -> None:
        """Encrypt and send now, or drop. Never waits and never raises for the peer's sake."""
        path, srtp, outbox = self.ice.selected, self._srtp, self._outbox
        if path is None or srtp is None:
            self.counters.dropped += len(packets)
        elif outbox.is_open and (name := path.name or path.pack_name()) is not None:
            outbox.put(srtp, packets, name, self.counters)
        else:
            for packet in packets:
                self._send_alone(packet, path, srtp)

    def _send_alone(self, packet: bytes | bytearray | memoryview, path: Path, srtp: "Srtp") -> None:
        try:
            if path.room is None or self._policy.takes_rtp(packet, path.room):
                self._send(srtp.protect(packet), path)
            else:
                self.counters.dropped += 1
        except ValueError:
            self.counters.dropped += 1

    def gather(self, leave: Callable[[float], None]) -> bool:
        """Call ``leave`` with the time once all packets that came together were looked at. Returns
        whether it will be called."""
        return self._outbox.gather(partial(self._leave, leave))

    def _leave(self, leave: Callable[[float], None], now: float) -> None:
        try:
            leave(now)
        except Exception:  # the edge, as in ``on_datagram``
            log.exception("Packets of a peer met a bug; the peer is disconnected")
            self._end("failed")

    def send_rtcp(self, packet: bytes) -> None:
        """As ``send_rtp``."""
        path, srtp = self.ice.selected, self._srtp
        if path is None or srtp is None:
            self.counters.dropped += 1
            return
        try:
            protected = srtp.protect_rtcp(packet)
        except ValueError:
            self.counters.dropped += 1
            return
        self._send(protected, path)

    def close(self) -> None:
        """Tell the peer, and forget it. Twice is once."""
        self._end("closed")

    async def ended(self) -> None:
        """Returns when nothing of it runs any more."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def check(self, now: float) -> None:
        """To be called about once a second: what ends because nothing came."""
        for path in self.ice.expired(now):
            self._demultiplexer.release(path)
        is_late = now - self._connecting_since >= _HANDSHAKE_SECONDS
        if self.ice.silence(now) >= CONSENT_SECONDS or (self.state == "connecting" and is_late):
            self._end("failed")

    def on_path(self, _path: Path, now: float) -> None:
        if self.state == "new":
            self._connecting_since = now
            self._become("connecting")

    def on_datagram(self, datagram: bytes, path: Path, now: float) -> None:
        """From a path of this peer. Never raises: whatever is wrong ends this peer only."""
        if self.state in _ENDED:
            return
        try:
            if (srtp := self._srtp) is not None and datagram[0] & _KIND == _SRTP:
                self._receive_srtp(srtp, datagram, path, now)
            else:
                self._receive_other(datagram, path, now)
        except ValueError:
            self.counters.refused += 1
        except Exception:  # the edge: one peer's packet must not end the socket of everybody
            log.exception("A packet of a peer met a bug; the peer is disconnected")
            self._end("failed")

    def _receive_srtp(self, srtp: "Srtp", datagram: bytes, path: Path, now: float) -> None:
        """Raises: ValueError."""
        size = len(datagram)
        if size < _SHORTEST_SRTP:
            self.counters.refused += 1
        elif self._inflow.take(now, size + _PACKET_COST):
            self.counters.limited += 1
        else:
            is_rtcp = datagram[1] in _RTCP_TYPES
            try:
                plain = srtp.unprotect_rtcp(datagram) if is_rtcp else srtp.unprotect(datagram)
            except ValueError:
                self._on_forged(size, now)
                raise
            self.counters.received += 1
            self.ice.on_media(path, now)
            (self.on_rtcp if is_rtcp else self.on_rtp)(plain, now)

    def _on_forged(self, size: int, now: float) -> None:
        """Whoever forges this peer's address does not use up what the peer may send, as long as
        finding that out is cheap."""
        if not self._forged.take(now):
            self._inflow.put_back(size + _PACKET_COST)

    def _receive_other(self, datagram: bytes, path: Path, now: float) -> None:
        """Before there are keys, and DTLS."""
        first = datagram[0]
        if first & _KIND == _SRTP and len(datagram) >= _SHORTEST_SRTP:
            self.counters.early += 1
        elif first in _DTLS:
            self._receive_dtls(datagram, path, now)
        else:
            self.counters.refused += 1

    def _receive_dtls(self, datagram: bytes, path: Path, now: float) -> None:
        if self._handshaking.take(now) or not self._dtls.feed(datagram):
            self.counters.limited += 1
        elif self._srtp is None:
            self.ice.on_media(path, now)  # answers go back where the handshake is

    def _send(self, protected: bytes, path: Path) -> None:
        if path.send(protected):
            self.counters.sent += 1
        else:
            self.counters.dropped += 1

    def _send_dtls(self, message: bytes) -> None:
        path = self.ice.selected
        if path is None or not path.send(message):
            self.counters.dropped += 1

    async def _run(self) -> None:
        from meetd.relay.transport.dtls import DtlsFailed  # noqa: PLC0415

        try:
            await self._dtls.run(self._expected, self._connect)
        except DtlsFailed:
            self._end("failed")
        else:
            self._end("closed")

    def _connect(self, srtp: "Srtp") -> None:
        self._srtp = srtp
        self._become("connected")

    def _end(self, state: Literal["failed", "closed"]) -> None:
        if self._has_ended():
            return
        self._srtp = None
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()  # it tells the peer, and then leaves
        elif self._task is None:
            self._demultiplexer.remove(self)
        self._become(state)

    def _run_ended(self, task: asyncio.Task[None]) -> None:
        self._demultiplexer.remove(self)
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("A handshake met a bug; the peer is disconnected", exc_info=bug)
            self._end("failed")

    def _has_ended(self) -> bool:
        return self.state in _ENDED

    def _become(self, state: State) -> None:
        self.state = state
        self.on_state(state)


def _pass_over(_packet: bytes, _now: float) -> None:
    """Until the owner has said what to do."""


def _stay(_state: State) -> None:
    """Until the owner has said what to do."""
