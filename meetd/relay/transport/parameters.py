"""What a description says about the other side of DTLS (RFC 8122, RFC 8842), checked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_BYTES: Final = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
"""Hashes that are strong enough, and their length."""
_HEX_PAIRS: Final = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2})*", re.ASCII)
_MOST: Final = 8
_ICE_TEXT: Final = re.compile(r"[A-Za-z0-9+/]+", re.ASCII)
_UFRAG: Final = range(4, 257)
_PWD: Final = range(22, 257)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of a certificate: ``sha-256`` and upper case hex pairs with colons between."""

    algorithm: str
    value: str


def strong_fingerprints(told: Iterable[tuple[str, str]]) -> tuple[Fingerprint, ...]:
    """Those that are worth something, in one spelling. Raises: ValueError when there is none, or
    one does not look like one."""
    read = [Fingerprint(name.lower(), value.upper()) for name, value in told]
    strong = tuple(one for one in read if one.algorithm in _BYTES)
    if not 1 <= len(strong) <= _MOST:
        raise ValueError("no fingerprint, or too many")
    for one in strong:
        is_right_length = len(one.value) == 3 * _BYTES[one.algorithm] - 1
        if not is_right_length or not _HEX_PAIRS.fullmatch(one.value):
            raise ValueError("a fingerprint that is none")
    return strong


def check_ice(ufrag: str, pwd: str) -> None:
    """Raises: ValueError for what RFC 8839, 5.4 does not allow."""
    for text, lengths in ((ufrag, _UFRAG), (pwd, _PWD)):
        if len(text) not in lengths or not _ICE_TEXT.fullmatch(text):
            raise ValueError("a username fragment or password that ICE does not allow")
