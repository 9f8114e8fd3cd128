"""DTLS-SRTP (RFC 5764), always as the server, over aiortc's ``RTCDtlsTransport``.

The ONLY file that touches aiortc's private names. aiortc is pinned, and
``tests/relay/test_aiortc_names.py`` names what is used of it. Imported with the first relayed
stream (35 MiB and 0.7 s, measured): never at the top of a module that a server always loads.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from aiortc import RTCIceTransport
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    State,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from meetd.core.clock import Clock
from meetd.core.ids import random_bytes
from meetd.relay.transport.parameters import Fingerprint
from meetd.relay.transport.srtp import Srtp

RENEW_DAYS: Final = 30
_VALID_DAYS: Final = 2 * RENEW_DAYS
"""Who connects on a certificate's last day may talk for as long again."""
_WAITING_MESSAGES: Final = 32
"""Handshake messages not yet read: a whole flight, twice. What is lost is sent again."""
_KEYS_LABEL: Final = b"EXTRACTOR-dtls_srtp"
"""RFC 5764, 4.2."""


class DtlsFailed(Exception):
    """No session with this peer: the handshake failed, or it is somebody else."""


class ServerCertificate:
    """Key and certificate (P-256: what browsers use themselves), made at ``now`` in ms."""

    def __init__(self, now: int) -> None:
        self._moment = datetime.fromtimestamp(now / 1000, UTC)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._issue(key)
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        self.of_aiortc = RTCCertificate(key, certificate)

    def is_due(self, now: int) -> bool:
        """Should new peers get another?"""
        return datetime.fromtimestamp(now / 1000, UTC) >= self._moment + timedelta(days=RENEW_DAYS)

    def _issue(self, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        # A random name, as browsers have: it tells nothing, and the fingerprint proves everything.
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, random_bytes(16).hex())])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._moment - timedelta(days=1))  # for clocks that are behind
            .not_valid_after(self._moment + timedelta(days=_VALID_DAYS))
        )
        return builder.sign(key, hashes.SHA256())


class Certificates:
    """The server's certificate, another one every 30 days. Peers keep the one they began with."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._current: ServerCertificate | None = None

    def current(self) -> ServerCertificate:
        now = self._clock.now()
        if self._current is None or self._current.is_due(now):
            self._current = ServerCertificate(now)
        return self._current


class DtlsSession:
    """With one peer. ``send`` takes what is to be sent; ``feed`` gets what arrives, from paths of
    this peer only."""

    def __init__(self, certificate: ServerCertificate, send: Callable[[bytes], None]) -> None:
        self._wire = _Wire(send)
        self._dtls = _Keyed(cast("RTCIceTransport", self._wire), [certificate.of_aiortc])

    def feed(self, datagram: bytes) -> bool:
        """Returns False when too many wait already."""
        return self._wire.feed(datagram)

    async def run(
        self, fingerprints: Sequence[Fingerprint], on_keys: Callable[[Srtp], None]
    ) -> None:
        """Connect with whoever has one of those certificates, tell the keys, and return when the
        peer ends the session. Cancelled: tells the peer that it is over. Raises: DtlsFailed."""
        ended = asyncio.Event()

        def on_state() -> None:
            if self._dtls.state == "closed":
                ended.set()

        self._dtls.on("statechange", on_state)
        expected = [RTCDtlsFingerprint(one.algorithm, one.value) for one in fingerprints]
        try:
            await self._dtls.start(RTCDtlsParameters(expected))
            if self._dtls.srtp is None:
                raise DtlsFailed
            on_keys(self._dtls.srtp)
            await ended.wait()
        except SSL.Error as error:  # such as a peer that stopped answering in the handshake
            raise DtlsFailed from error
        finally:
            await self._dtls.stop()
            self._dtls.remove_all_listeners()


class _Wire:
    """What aiortc takes for its ICE transport: messages in order, with a bound."""

    role = "controlling"
    """aiortc makes the DTLS server of it."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send_now = send
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(_WAITING_MESSAGES)

    def feed(self, datagram: bytes) -> bool:
        if self._waiting.full():
            return False
        self._waiting.put_nowait(datagram)
        return True

    async def _recv(self) -> bytes:
        return await self._waiting.get()

    async def _send(self, data: bytes) -> None:
        self._send_now(data)


class _Keyed(RTCDtlsTransport):
    """Keeps SRTP for itself: aiortc's own sessions would encrypt a repeated sequence number again,
    which GCM does not forgive, and its packet routing costs 8 us per packet (measured)."""

    srtp: Srtp | None = None

    def _setup_srtp(self) -> None:
        assert self._ssl is not None  # noqa: S101 - aiortc calls this after the handshake
        chosen = self._ssl.get_selected_srtp_profile()
        profile = next((p for p in self._srtp_profiles if p.openssl_profile == chosen), None)
        if profile is None:
            self._set_state(State.FAILED)
            return
        length = 2 * (profile.key_length + profile.salt_length)
        keys = self._ssl.export_keying_material(_KEYS_LABEL, length)
        self.srtp = Srtp(
            profile.libsrtp_profile,
            send_key=profile.get_key_and_salt(keys, 1),
            receive_key=profile.get_key_and_salt(keys, 0),
        )
