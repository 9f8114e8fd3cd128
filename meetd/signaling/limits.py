"""How fast one page may send."""

from meetd.core.clock import Clock
from meetd.core.limits import Bucket
from meetd.core.refusals import TooFast
from meetd.protocol.base import Command
from meetd.protocol.boards import Draw, PointOnBoard
from meetd.protocol.chat import SendChat
from meetd.protocol.media import Signal

SIGNALS_PER_SECOND = 100.0
CHATS_PER_SECOND = 5.0
DRAWINGS_PER_SECOND = 40.0
"""What was drawn, and where hands are: each of them less than twenty times."""
MALFORMED_BURST = 20.0


class CommandLimits:
    """Signals come in bursts of candidates, chat is typed by hand, all else is in between."""

    __slots__ = ("_chat", "_clock", "_commands", "_drawings", "_malformed", "_signals")

    def __init__(self, commands_per_second: float, clock: Clock) -> None:
        now = clock.monotonic()
        self._clock = clock
        self._commands = Bucket(commands_per_second, commands_per_second * 2, now)
        self._signals = Bucket(SIGNALS_PER_SECOND, SIGNALS_PER_SECOND * 4, now)
        self._chat = Bucket(CHATS_PER_SECOND, CHATS_PER_SECOND * 2, now)
        self._drawings = Bucket(DRAWINGS_PER_SECOND, DRAWINGS_PER_SECOND * 2, now)
        self._malformed = Bucket(1.0, MALFORMED_BURST, now)

    def check(self, command: Command) -> None:
        """Raises: TooFast."""
        now = self._clock.monotonic()
        wait = self._bucket(command).take(now) or (
            self._chat.take(now) if isinstance(command, SendChat) else 0.0
        )
        if wait:
            raise TooFast(seconds=round(wait, 3))

    def _bucket(self, command: Command) -> Bucket:
        match command:
            case Signal():
                return self._signals
            case Draw() | PointOnBoard():
                return self._drawings
            case _:
                return self._commands

    def allows_malformed(self) -> bool:
        """A page that sends more garbage than this is no page of ours."""
        return self._malformed.take(self._clock.monotonic()) == 0.0
