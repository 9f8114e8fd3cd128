"""A browser that takes notifications, and what it has to say to get them."""

import base64
import re
from dataclasses import dataclass
from typing import Final

from meetd.core.private import Private
from meetd.push.encryption import AUTH_BYTES, is_public_key
from meetd.push.services import EndpointRefused, Place, Services

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]{1,200}={0,2}", re.ASCII)


class SubscriptionRefused(Exception):
    """What a browser sent is no subscription that this server can write to."""


@dataclass(frozen=True)
class Offer:
    """What a browser sends (W3C Push API, ``PushSubscription``), checked."""

    endpoint: Private[str]
    public_key: bytes
    auth: bytes


@dataclass(frozen=True)
class Subscription:
    """One browser of somebody. Times in milliseconds since the Unix epoch."""

    id: str
    account_id: str
    session_id: str
    browser: str
    made_at: int
    last_used_at: int | None
    offer: Offer


def check_offer(endpoint: str, public_key: str, auth: str, services: Services) -> Offer:
    """Raises: SubscriptionRefused."""
    try:
        services.place(endpoint)
    except EndpointRefused as error:
        raise SubscriptionRefused("endpoint") from error
    key, secret = _decode(public_key), _decode(auth)
    if not is_public_key(key):
        raise SubscriptionRefused("public key")
    if len(secret) != AUTH_BYTES:
        raise SubscriptionRefused("auth")
    return Offer(Private(endpoint), key, secret)


def place_of(offer: Offer, services: Services) -> Place:
    """Asked again with every message: the settings may have changed.

    Raises: EndpointRefused.
    """
    return services.place(offer.endpoint.reveal())


def _decode(text: str) -> bytes:
    """Base64url with or without padding; ``b""`` for anything else."""
    if not _BASE64URL.fullmatch(text):
        return b""
    bare = text.rstrip("=")
    if len(bare) % 4 == 1:
        return b""
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
