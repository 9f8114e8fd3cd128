"""How fast one page may send."""

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


class CommandLimits:
    """Signals and keys come in bursts, chat is typed by hand, all else is in between."""

    __slots__ = (
        "_chat",
        "_clock",
        "_commands",
        "_drawings",
        "_keys",
        "_malformed",
        "_relay",
        "_searches",
        "_signals",
        "_typing",
    )

    def __init__(self, commands_per_second: float, clock: Clock) -> None:
        now = clock.monotonic()
        self._clock = clock
        self._commands = Bucket(commands_per_second, commands_per_second * 2, now)
        self._signals = Bucket(SIGNALS_PER_SECOND, SIGNALS_PER_SECOND * 4, now)
        self._chat = Bucket(CHATS_PER_SECOND, CHATS_PER_SECOND * 2, now)
        self._searches = Bucket(SEARCHES_PER_SECOND, SEARCHES_AT_ONCE, now)
        self._typing = Bucket(TYPING_PER_SECOND, TYPING_AT_ONCE, now)
        self._drawings = Bucket(DRAWINGS_PER_SECOND, DRAWINGS_PER_SECOND * 2, now)
        self._relay = Bucket(RELAY_PER_SECOND, RELAY_BURST, now)
        self._keys = Bucket(WRAPPED_KEYS_PER_SECOND, WRAPPED_KEYS_AT_ONCE, now)
        self._malformed = Bucket(1.0, MALFORMED_BURST, now)

    def check(self, command: Command) -> None:
        """Raises: TooFast."""
        now = self._clock.monotonic()
        wait = self._bucket(command).take(now) or self._further(command, now)
        if wait:
            raise TooFast(seconds=round(wait, 3))

    def _bucket(self, command: Command) -> Bucket:
        if isinstance(command, _PASSED_ON):
            return self._signals
        return self._drawings if isinstance(command, Draw | PointOnBoard) else self._commands

    def _further(self, command: Command, now: float) -> float:
        """What counts by more than the message."""
        if isinstance(command, _SAID):
            return self._chat.take(now)
        if isinstance(command, _LOOKED_THROUGH):
            return self._searches.take(now)
        if isinstance(command, ShowTyping):
            return self._typing.take(now)
        if isinstance(command, RelayPublish | RelayReconnect):
            return self._relay.take(now)
        return self._keys.take(now, len(command.keys)) if isinstance(command, WrapKeys) else 0.0

    def allows_malformed(self) -> bool:
        """A page that sends more garbage than this is no page of ours."""
        return self._malformed.take(self._clock.monotonic()) == 0.0
