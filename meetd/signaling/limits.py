"""How fast one page may send."""

from typing import Final

from meetd.core.clock import Clock
from meetd.core.limits import Bucket
from meetd.core.refusals import TooFast
from meetd.protocol.base import Command
from meetd.protocol.boards import Draw, PointOnBoard
from meetd.protocol.chat import (
    DeleteChat,
    EditChat,
    ReactToChat,
    SearchChat,
    SendChat,
    ShowTyping,
)
from meetd.protocol.content import LoadUsage
from meetd.protocol.e2ee import AcknowledgeKey, KeyPlease, WrapKeys
from meetd.protocol.media import Signal
from meetd.protocol.relay import RelayPublish, RelayReconnect

SIGNALS_PER_SECOND = 100.0
CHATS_PER_SECOND = 5.0
SEARCHES_PER_SECOND = 0.5
SEARCHES_AT_ONCE = 5.0
"""Each has up to 2,000 messages decrypted, or the length of all of them read."""
TYPING_PER_SECOND = 0.5
TYPING_AT_ONCE = 4.0
"""Each goes to everybody; whoever writes to one and then to another says so anew."""
DRAWINGS_PER_SECOND = 40.0
"""What was drawn, and where hands are: each of them less than twenty times."""
WRAPPED_KEYS_PER_SECOND = 128.0
"""Two times a second for 50 members, and answers to those who ask."""
WRAPPED_KEYS_AT_ONCE = 1_024.0
MALFORMED_BURST = 20.0
RELAY_PER_SECOND = 0.5
RELAY_BURST = 10.0
"""Connections to the relay: each begins with a handshake, which costs 5 ms."""

_LOOKED_THROUGH = (SearchChat, LoadUsage)
_SAID = (SendChat, EditChat, DeleteChat, ReactToChat)
_PASSED_ON = (Signal, WrapKeys, AcknowledgeKey, KeyPlease)


_RATES: Final = {
    "signals": (SIGNALS_PER_SECOND, SIGNALS_PER_SECOND * 4),
    "chat": (CHATS_PER_SECOND, CHATS_PER_SECOND * 2),
    "searches": (SEARCHES_PER_SECOND, SEARCHES_AT_ONCE),
    "typing": (TYPING_PER_SECOND, TYPING_AT_ONCE),
    "drawings": (DRAWINGS_PER_SECOND, DRAWINGS_PER_SECOND * 2),
    "relay": (RELAY_PER_SECOND, RELAY_BURST),
    "keys": (WRAPPED_KEYS_PER_SECOND, WRAPPED_KEYS_AT_ONCE),
    "malformed": (1.0, MALFORMED_BURST),
}
"""Per second, and at once."""


class CommandLimits:
    """Signals and keys come in bursts, chat is typed by hand, all else is in between. What a page
    has not sent yet takes no memory: most only listen."""

    __slots__ = ("_buckets", "_clock", "_commands")

    def __init__(self, commands_per_second: float, clock: Clock) -> None:
        self._clock = clock
        self._commands = (commands_per_second, commands_per_second * 2)
        self._buckets: dict[str, Bucket] = {}

    def check(self, command: Command) -> None:
        """Raises: TooFast."""
        now = self._clock.monotonic()
        wait = self._take(_kind(command), now) or self._further(command, now)
        if wait:
            raise TooFast(seconds=round(wait, 3))

    def _take(self, kind: str, now: float, tokens: float = 1.0) -> float:
        """Of ``_RATES``, or else of what is allowed to all other commands together."""
        bucket = self._buckets.get(kind)
        if bucket is None:
            rate, burst = _RATES.get(kind, self._commands)
            bucket = self._buckets[kind] = Bucket(rate, burst, now)
        return bucket.take(now, tokens)

    def _further(self, command: Command, now: float) -> float:
        """What counts by more than the message."""
        if isinstance(command, _SAID):
            return self._take("chat", now)
        if isinstance(command, _LOOKED_THROUGH):
            return self._take("searches", now)
        if isinstance(command, ShowTyping):
            return self._take("typing", now)
        if isinstance(command, RelayPublish | RelayReconnect):
            return self._take("relay", now)
        if isinstance(command, WrapKeys):
            return self._take("keys", now, len(command.keys))
        return 0.0

    def allows_malformed(self) -> bool:
        """A page that sends more garbage than this is no page of ours."""
        return self._take("malformed", self._clock.monotonic()) == 0.0


def _kind(command: Command) -> str:
    """What it counts as, whatever else it does."""
    if isinstance(command, _PASSED_ON):
        return "signals"
    return "drawings" if isinstance(command, Draw | PointOnBoard) else "others"
