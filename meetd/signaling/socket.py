"""One WebSocket: sends what its outbox holds, and takes commands in."""

import asyncio

from aiohttp import WSCloseCode, WSMsgType, web

from meetd.core.clock import Clock
from meetd.core.limits import Bucket
from meetd.core.refusals import MessageMalformed
from meetd.protocol.base import Command
from meetd.protocol.codec import decode_command
from meetd.protocol.outbox import Outbox

MAX_MESSAGE = 64 * 1024
"""Bytes of one message from a page."""

CLOSE_SECONDS = 2.0
"""How long a peer may take to read the last messages and to close its side."""

_LEAVING = (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
"""What a browser sends when the page closes its socket for good, or the tab goes."""

_CONTROLS_PER_SECOND = 1.0
_CONTROLS_AT_ONCE = 10.0


class Socket:
    """A WebSocket and its outbox. The task that sends lives only while there is something to send:
    an idle page costs no task."""

    __slots__ = (
        "_aborting",
        "_clock",
        "_controls",
        "_response",
        "_sending",
        "_transport",
        "heard_at",
        "outbox",
    )

    def __init__(self, clock: Clock) -> None:
        # No compression: it costs 116 KiB per socket, and mixing secrets with what a peer chooses
        # in one compressed stream leaks them. No aiohttp heartbeat: the page pings by itself. No
        # autoping: aiohttp answers control frames without any limit.
        self._response = web.WebSocketResponse(
            compress=False, max_msg_size=MAX_MESSAGE, timeout=CLOSE_SECONDS, autoping=False
        )
        self._transport: asyncio.Transport | None = None
        self._sending: asyncio.Task[None] | None = None
        self._aborting: asyncio.TimerHandle | None = None
        self._clock = clock
        self._controls: Bucket | None = None
        self.heard_at = clock.monotonic()
        self.outbox = Outbox(self)

    async def open(self, request: web.Request) -> web.WebSocketResponse:
        """The upgrade."""
        self._transport = request.transport
        await self._response.prepare(request)
        return self._response

    def wake(self) -> None:
        """Called by the outbox."""
        if self.outbox.ended is not None and self._aborting is None:
            # A peer that reads nothing would hold its seat for as long as TCP lets it.
            loop = asyncio.get_running_loop()
            self._aborting = loop.call_later(CLOSE_SECONDS, self._abort)
        if self._sending is None:
            self._sending = asyncio.ensure_future(self._send_all())

    async def receive(self) -> Command | None:
        """The next command; ``None`` when the connection has ended.

        Raises: MessageMalformed.
        """
        while True:
            # What has arrived already is read without a pause; others want to be served in between.
            await asyncio.sleep(0)
            message = await self._response.receive()
            self.heard_at = self._clock.monotonic()
            if message.type is WSMsgType.TEXT:
                return decode_command(message.data)
            if message.type is WSMsgType.BINARY:
                raise MessageMalformed
            if message.type not in {WSMsgType.PING, WSMsgType.PONG}:
                return None
            if not self._allows_control():
                self.outbox.end("refused", retry=False)
                return None
            if message.type is WSMsgType.PING:
                await self._response.pong(message.data)

    @property
    def left(self) -> bool:
        """The peer closed on purpose; a lost connection has no close frame."""
        return self._response.close_code in _LEAVING

    async def finish(self) -> None:
        """Send what waits, then close; bounded in time, whatever the peer does."""
        if self._sending is not None:
            await asyncio.wait({self._sending}, timeout=CLOSE_SECONDS)
        if self._sending is not None:
            self._abort()
        else:
            await self._response.close()
        if self._aborting is not None:
            self._aborting.cancel()

    def _allows_control(self) -> bool:
        """Pings of programs (RFC 6455, 5.5.2) come every few seconds; more is an attack."""
        now = self._clock.monotonic()
        self._controls = self._controls or Bucket(_CONTROLS_PER_SECOND, _CONTROLS_AT_ONCE, now)
        return self._controls.take(now) == 0.0

    def _abort(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
        if self._transport is not None:
            self._transport.abort()

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
