"""One message on its way to one browser: the request, and what its answer means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from meetd.push.encryption import encrypt, pad
from meetd.push.services import Place
from meetd.push.subscription import Offer
from meetd.push.vapid import Vapid

Verdict = Literal["taken", "gone", "later", "refused"]

MAX_WAIT: Final = 300.0
"""Seconds. Who asks for a longer pause is not asked again: a knock is over by then."""

_GONE: Final = {404, 410}
_BUSY: Final = {408, 425, 429}
_SUCCESS: Final = 2
_SERVER_ERROR: Final = 5
"""First digits of a status (RFC 9110 15)."""
_SECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class Parcel:
    """A request to a push service (RFC 8030 5)."""

    place: Place
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """Its answer. ``retry_after``: the header as it came, or ``""``."""

    status: int
    retry_after: str = ""


class Send(Protocol):
    """The way out over HTTP: to exactly that place, only to a public address (or to loopback, where
    ``place.is_loopback`` says so), following nothing."""

    async def __call__(self, parcel: Parcel) -> Reply:
        """Raises: OSError, TimeoutError."""
        ...


def pack(message: bytes, offer: Offer, place: Place, vapid: Vapid, lasts: int) -> Parcel:
    """``message``: JSON. ``lasts``: seconds that the push service keeps it for a browser that is
    away."""
    headers = {
        "Authorization": vapid.authorization(place),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(lasts),
        "Urgency": "high",  # wakes a telephone (RFC 8030 5.3): somebody waits
    }
    return Parcel(place, headers, encrypt(pad(message), offer.public_key, offer.auth))


def verdict_of(reply: Reply) -> Verdict:
    """RFC 8030 5 and 7.3; a redirect is a refusal."""
    if reply.status // 100 == _SUCCESS:
        return "taken"
    if reply.status in _GONE:
        return "gone"
    is_busy = reply.status in _BUSY or reply.status // 100 == _SERVER_ERROR
    return "later" if is_busy else "refused"


def pause_before_next(reply: Reply | None, usual: float) -> float | None:
    """Seconds to wait, or ``None`` when it is not worth it. Only seconds are understood of a
    Retry-After (RFC 9110 10.2.3); a date counts as none."""
    asked = _SECONDS.fullmatch(reply.retry_after.strip()) if reply else None
    wanted = max(float(asked[0]), usual) if asked else usual
    return wanted if wanted <= MAX_WAIT else None
