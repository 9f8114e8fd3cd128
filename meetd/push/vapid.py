"""Says to push services that a message is from this server (VAPID, RFC 8292)."""

import base64
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from meetd.core.clock import Clock
from meetd.core.private import Private
from meetd.push.encryption import encoded
from meetd.push.services import Place
from meetd.storage.vault import Vault

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_LASTS: Final = 12 * 3_600
"""Seconds that a signed word is good for; push services take 24 hours at most (RFC 8292 2)."""
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (SEC 2 2.4.2)."""


class Vapid:
    """The server's key pair for ES256.

    It follows from a key of the vault, made once and kept encrypted there: nothing else has to be
    stored, and it is backed up with the other keys. Browsers subscribe to this one key; with
    another one every subscription would be void.
    """

    def __init__(self, seed: Private[bytes], contact: str, clock: Clock) -> None:
        """``contact``: a ``mailto:`` or ``https:`` address, or ``""``."""
        self._seed = seed
        self._contact = contact
        self._clock = clock

    @classmethod
    async def open(cls, vault: Vault, contact: str, clock: Clock) -> "Vapid":
        key = await vault.fingerprints("vapid")
        # 64 bytes for a number of 32: FIPS 186-5 A.2.1 wants more, so that no number is likelier.
        return cls(Private(key.of("first half") + key.of("second half")), contact, clock)

    @cached_property
    def public_key(self) -> str:
        """What browsers subscribe to, in base64url."""
        return _base64url(encoded(self._key))

    def authorization(self, place: Place) -> str:
        """The header for a message to that push service (RFC 8292 3)."""
        claims: dict[str, str | int] = {
            "aud": place.origin,
            "exp": self._clock.now() // 1_000 + _LASTS,
        }
        if self._contact:
            claims["sub"] = self._contact
        signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
        return f"vapid t={signed}.{self._sign(signed.encode())}, k={self.public_key}"

    @cached_property
    def _key(self) -> "EllipticCurvePrivateKey":
        # With the first use: an idle server does without.
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        number = int.from_bytes(self._seed.reveal()) % (_ORDER - 1) + 1
        return ec.derive_private_key(number, ec.SECP256R1())

    def _sign(self, text: bytes) -> str:
        """As a JWT has it (RFC 7518 3.4): both numbers in a row, 32 bytes each."""
        from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        r, s = utils.decode_dss_signature(self._key.sign(text, ec.ECDSA(SHA256())))
        return _base64url(r.to_bytes(32) + s.to_bytes(32))


def _part(value: dict[str, str | int] | dict[str, str]) -> str:
    return _base64url(msgspec.json.encode(value))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
