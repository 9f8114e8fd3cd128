"""The token with which a participant comes back after a lost connection or a restarted server."""

import base64
import binascii

import msgspec
from cryptography.exceptions import InvalidTag

from meetd.core.clock import Clock
from meetd.core.refusals import WayBackInvalid
from meetd.storage.vault import Cipher

VALID_MS = 24 * 3_600_000


class WayBack(msgspec.Struct, frozen=True):
    """Who comes back. Times in milliseconds since the Unix epoch."""

    room_id: str
    participant_id: str
    joined_at: int
    issued_at: int
    number: int = 0
    """Which token of that participant, in a room that has an owner: only the last one is good."""
    account_id: str | None = None
    """Whose participant it is. In a room that has an owner, the pass says so too."""


def by_admission(room_id: str, participant_id: str) -> WayBack:
    """The proof of an admission, or the place of whoever came with a link, stands for the token
    before the first: whoever entered by it comes back with it as long as their page has not said
    anything."""
    return WayBack(room_id=room_id, participant_id=participant_id, joined_at=0, issued_at=0)


class WayBacks:
    """Seals and opens tokens. They hold all they need, encrypted, so that nobody can make one up,
    and they outlive a restart. Rooms with an owner keep a pass beside them (``pass_store``)."""

    _PLACE = "way-back"

    def __init__(self, cipher: Cipher, clock: Clock) -> None:
        self._cipher = cipher
        self._clock = clock

    def issue(
        self,
        room_id: str,
        participant_id: str,
        joined_at: int,
        number: int = 0,
        account_id: str | None = None,
    ) -> str:
        """A token for that participant of that room, valid for a day at most."""
        way_back = WayBack(
            room_id=room_id,
            participant_id=participant_id,
            joined_at=joined_at,
            issued_at=self._clock.now(),
            number=number,
            account_id=account_id,
        )
        sealed = self._cipher.seal(msgspec.msgpack.encode(way_back), self._PLACE)
        return base64.urlsafe_b64encode(sealed).decode()

    def redeem(self, token: str) -> WayBack:
        """Who the token belongs to; the caller compares the room.

        Raises: WayBackInvalid when it is not ours or too old.
        """
        try:
            sealed = base64.urlsafe_b64decode(token)
            plain = self._cipher.open(sealed, self._PLACE)
            way_back = msgspec.msgpack.decode(plain, type=WayBack)
        except (binascii.Error, InvalidTag, ValueError, msgspec.DecodeError) as error:
            raise WayBackInvalid from error
        if self._clock.now() - way_back.issued_at > VALID_MS:
            raise WayBackInvalid
        return way_back
