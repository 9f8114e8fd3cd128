"""Opens and seals frames as RFC 9605 says, written apart from the page: what one of the two has
wrong, the other does not open."""

import hmac
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SUITE = b"\x00\x04"
"""AES-128-GCM with SHA-256 and a tag of 16 bytes."""

Kind = Literal["audio", "video"]


def open_frame(kind: Kind, frame: bytes, base_key: bytes) -> bytes | None:
    """The frame as it was before it was sealed; ``None`` with any key but the right one."""
    clear = _clear(kind, frame)
    header, kid, ctr = _header(frame[clear:])
    body, metadata = frame[clear + len(header) :], frame[:clear]
    cipher, nonce = _cipher(base_key, kid, ctr)
    try:
        return metadata + cipher.decrypt(nonce, body, header + metadata)
    except InvalidTag:
        return None


def seal_frame(kind: Kind, frame: bytes, base_key: bytes, kid: int, ctr: int) -> bytes:
    clear = _clear(kind, frame)
    cipher, nonce = _cipher(base_key, kid, ctr)
    (kid_bits, kid_bytes), (ctr_bits, ctr_bytes) = _part(kid), _part(ctr)
    header = bytes([kid_bits << 4 | ctr_bits]) + kid_bytes + ctr_bytes
    sealed = cipher.encrypt(nonce, frame[clear:], header + frame[:clear])
    return frame[:clear] + header + sealed


def _clear(kind: Kind, frame: bytes) -> int:
    return 1 if kind == "audio" else 3 if frame[0] & 1 else 10


def _part(value: int) -> tuple[int, bytes]:
    """Section 4.3: four bits of the first byte, and what follows them."""
    if value < 8:
        return value, b""
    length = (value.bit_length() + 7) // 8
    return 8 | length - 1, value.to_bytes(length)


def _cipher(base_key: bytes, kid: int, ctr: int) -> tuple[AESGCM, bytes]:
    """And the nonce (sections 4.4.2 and 4.4.3)."""
    secret = hmac.digest(bytes(32), base_key, "sha256")
    key = _expand(secret, b"SFrame 1.0 Secret key ", kid, 16)
    salt = _expand(secret, b"SFrame 1.0 Secret salt ", kid, 12)
    return AESGCM(key), (int.from_bytes(salt) ^ ctr).to_bytes(12)


def _header(data: bytes) -> tuple[bytes, int, int]:
    """Section 4.3."""
    kid, end = _field(data, 1, data[0] >> 4)
    ctr, end = _field(data, end, data[0] & 15)
    return data[:end], kid, ctr


def _field(data: bytes, at: int, bits: int) -> tuple[int, int]:
    if bits < 8:
        return bits, at
    end = at + (bits & 7) + 1
    return int.from_bytes(data[at:end]), end


def _expand(secret: bytes, label: bytes, kid: int, length: int) -> bytes:
    """Section 4.4.2, after extracting with an empty salt, which is one of zeros. At most the 32
    bytes of one block of HKDF, by hand: tests try a hundred thousand keys."""
    return hmac.digest(secret, label + kid.to_bytes(8) + SUITE + b"\x01", "sha256")[:length]
