"""Every id and token of the server, from the operating system's random source.

The only file that may import ``secrets``: an id made anywhere else could be guessable.
"""

import base64
import secrets

ID_BYTES = 16
"""128 random bits: an id cannot be guessed and is never reused."""

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """A random id of 128 bits: 22 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(ID_BYTES)).rstrip(b"=").decode()


def new_room_name() -> str:
    """A room name that nobody can guess: 26 letters and digits, 130 random bits.

    Crockford's alphabet has no i, l, o or u, so a name can be read aloud and typed in any case.
    """
    return "".join(secrets.choice(_CROCKFORD) for _ in range(26))


def new_token() -> str:
    """A secret that lets somebody in: 256 random bits, 43 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def random_bytes(count: int) -> bytes:
    """Random bytes for keys and nonces."""
    return secrets.token_bytes(count)
