"""Encryption of a message for one browser (RFC 8291, on RFC 8188 ``aes128gcm``).

The push service in between reads nothing but the size. With ``cryptography`` directly: the known
libraries bring ``requests`` or ``pydantic`` along, or come without wheels; the example of RFC 8291
is a test.
"""

from typing import TYPE_CHECKING, Final

from meetd.core.ids import random_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PUBLIC_KEY_BYTES: Final = 65
"""An uncompressed point of P-256."""
AUTH_BYTES: Final = 16
MAX_PLAIN: Final = 3_993
"""Bytes of a message: 4,096 with all that is added, which every push service takes
(RFC 8291 4)."""

_RECORD_SIZE: Final = 4_096
_SALT_BYTES: Final = 16
_KEY_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_LAST_RECORD: Final = b"\x02"
_PADDED_TO: Final = 512


def is_public_key(raw: bytes) -> bool:
    """Is that a point of the curve?"""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    if len(raw) != PUBLIC_KEY_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return True


def pad(plain: bytes) -> bytes:
    """JSON with spaces behind it, so that its length tells less about what was said."""
    wanted = -(-len(plain) // _PADDED_TO) * _PADDED_TO
    return plain.ljust(min(wanted, MAX_PLAIN))


def encrypt(
    plain: bytes,
    public: bytes,
    auth: bytes,
    own: "EllipticCurvePrivateKey | None" = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push message, one record, for the browser with that key and secret.

    ``own`` and ``salt`` are given by tests only; both are for one message.
    Raises: ValueError when the message is too long or ``public`` is no point of the curve.
    """
    # With the first message: an idle server does without.
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    if len(plain) > MAX_PLAIN:
        raise ValueError("a push message is too long")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    own = own or ec.generate_private_key(ec.SECP256R1())
    salt = salt or random_bytes(_SALT_BYTES)
    own_public = encoded(own)
    keys = b"WebPush: info\x00" + public + own_public
    secret = _derive(own.exchange(ec.ECDH(), theirs), auth, keys, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\x00", _KEY_BYTES)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\x00", _NONCE_BYTES)
    header = salt + _RECORD_SIZE.to_bytes(4) + bytes([len(own_public)]) + own_public
    return header + AESGCM(key).encrypt(nonce, plain + _LAST_RECORD, None)


def encoded(key: "EllipticCurvePrivateKey") -> bytes:
    """Its public half as an uncompressed point (SEC 1 2.3.3)."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
    )

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    return HKDF(SHA256(), length, salt, info).derive(secret)
