"""One WebSocket: sends what its outbox holds, and takes commands in."""

import asyncio

from aiohttp import WSCloseCode, WSMsgType, web

from meetd.core.clock import Clock
from meetd.core.refusals import MessageMalformed
from meetd.meetings.outbox import Outbox
from meetd.protocol.base import Command
from meetd.protocol.codec import decode_command

MAX_MESSAGE = 64 * 1024
"""Bytes of one message from a page."""

CLOSE_SECONDS = 2.0
"""How long a peer may take to close its side."""

_LEAVING = (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
"""What a browser sends when the page closes its socket for good, or the tab goes."""


class Socket:
    """A WebSocket and its outbox. The task that sends lives only while there is something to send:
    an idle page costs no task."""

    __slots__ = ("_clock", "_response", "_sending", "heard_at", "outbox")

    def __init__(self, clock: Clock) -> None:
        # No compression: it costs 116 KiB per socket, and mixing secrets with what a peer chooses
        # in one compressed stream leaks them. No aiohttp heartbeat: the page pings by itself.
        self._response = web.WebSocketResponse(
            compress=False, max_msg_size=MAX_MESSAGE, timeout=CLOSE_SECONDS
        )
        self._sending: asyncio.Task[None] | None = None
        self._clock = clock
        self.heard_at = clock.monotonic()
        self.outbox = Outbox(self)

    async def open(self, request: web.Request) -> web.WebSocketResponse:
        """The upgrade."""
        await self._response.prepare(request)
        return self._response

    def wake(self) -> None:
        """Called by the outbox."""
        if self._sending is None:
            self._sending = asyncio.ensure_future(self._send_all())

    async def receive(self, within: float | None = None) -> Command | None:
        """The next command; ``None`` when the connection has ended.

        Raises: MessageMalformed; TimeoutError after ``within`` seconds without any message.
        """
        message = await self._response.receive(timeout=within)
        self.heard_at = self._clock.monotonic()
        if message.type is WSMsgType.TEXT:
            return decode_command(message.data)
        if message.type is WSMsgType.BINARY:
            raise MessageMalformed
        return None

    @property
    def left(self) -> bool:
        """The peer closed on purpose; a lost connection has no close frame."""
        return self._response.close_code in _LEAVING

    async def finish(self) -> None:
        """Send what waits, then close; bounded in time, whatever the peer does."""
        if self._sending is not None:
            await asyncio.wait({self._sending}, timeout=CLOSE_SECONDS)
        if self._sending is not None:
            self._sending.cancel()
        await self._response.close()

    async def _send_all(self) -> None:
        try:
            while messages := self.outbox.take():
                for message in messages:
                    await self._response.send_frame(message, WSMsgType.TEXT)
            if self.outbox.ended is not None:
                await self._response.close()
        except ConnectionError:
            return  # the reading side notices as well, and lets the seat go
        finally:
            self._sending = None
