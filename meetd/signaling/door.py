"""``/ws``: who may connect, and the life of one connection."""

import asyncio
import logging
from collections import Counter

from aiohttp import web

from meetd.core.clock import Clock
from meetd.core.ids import new_id
from meetd.core.limits import Buckets
from meetd.core.refusals import MessageMalformed, Refusal, ServerFault, TooFast
from meetd.protocol.base import Command
from meetd.protocol.codec import refused
from meetd.rooms.access import Person
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors
from meetd.signaling.aside import Aside
from meetd.signaling.connections import Connection, Greeter
from meetd.signaling.limits import CommandLimits
from meetd.signaling.socket import Socket

JOIN_SECONDS = 10.0
SILENT_SECONDS = 45.0
"""A page pings every 10 s; after this long without any message it is gone."""

SWEEP_SECONDS = 5.0
MAX_PAUSE_SECONDS = 1.0
"""How long a page that sends too fast is not listened to."""

_log = logging.getLogger(__name__)


class SignalingDoor:
    """Takes connections in."""

    def __init__(
        self,
        *,
        greeter: Greeter,
        origins: Origins,
        visitors: Visitors,
        clock: Clock,
        sockets_per_address: int,
        joins_per_minute: int,
        commands_per_second: int,
    ) -> None:
        self._greeter = greeter
        self._origins = origins
        self._visitors = visitors
        self._clock = clock
        self._sockets_per_address = sockets_per_address
        self._joins = Buckets(rate=joins_per_minute / 60, burst=joins_per_minute)
        self._commands_per_second = commands_per_second
        self._open: Counter[str] = Counter()
        self._joined: set[Socket] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def joined(self) -> int:
        """Browser tabs that are seated."""
        return len(self._joined)

    def start(self) -> None:
        """Look for silent pages, every so often, until ``stop``. One timer for all of them: a timer
        per socket costs 1 KiB each and is set anew with every message."""
        self._sweeping = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def stop(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()

    def _sweep(self) -> None:
        long_ago = self._clock.monotonic() - SILENT_SECONDS
        for socket in self._joined:
            if socket.heard_at < long_ago:
                socket.outbox.end("silent", retry=True)
        self.start()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/ws", self.connect)]

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The handler of ``/ws``: checks before the upgrade, then serves until the end."""
        if not self._origins.is_own(request):
            raise web.HTTPForbidden(text="This address is for pages of this server only.\n")
        network = self._visitors.network(request)
        if self._open[network] >= self._sockets_per_address:
            raise web.HTTPTooManyRequests(
                text="Too many connections from your address. Close some tabs and try again.\n"
            )
        self._open[network] += 1
        try:
            socket = Socket(self._clock)
            response = await socket.open(request)
            # Here and not in a method of its own: each costs a frame for as long as the socket is
            # open, 0.3 KiB.
            try:
                connection = await self._greet(socket, request, network)
                if connection is not None:
                    await self._serve(socket, connection)
            finally:
                await socket.finish()
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]
        return response

    async def _greet(self, socket: Socket, request: web.Request, network: str) -> Connection | None:
        """Take the first message; ``None`` when nothing came of it."""
        ref = 0
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                command = await socket.receive()
            if command is None:
                return None
            ref = command.ref
            wait = self._joins.take(network, self._clock.monotonic())
            if wait:
                raise TooFast(seconds=round(wait, 3))
            # Not before the first message: whoever waits with it would come as who they were.
            # Known from then on for as long as the connection lasts: signing out ends what rests
            # on it.
            who = await self._visitors.afresh(request)
            browser = self._visitors.browser(request)
            person = Person(who, network=network, host=request.url.host or "", browser=browser)
            return await self._greeter.greet(command, socket.outbox, person)
        except TimeoutError:
            socket.outbox.end("silent", retry=False)
        except Refusal as refusal:
            socket.outbox.send(refused(refusal, ref))
            socket.outbox.end("refused", retry=False)
        except Exception:  # noqa: BLE001 - the last place that can tell the person
            socket.outbox.send(refused(_fault(), ref))
            socket.outbox.end("refused", retry=True)
        return None

    async def _serve(self, socket: Socket, connection: Connection) -> None:
        self._joined.add(socket)
        left, aside = False, Aside()
        try:
            left = await self._take_commands(socket, connection, aside)
        finally:
            self._joined.discard(socket)
            connection.close(left=left)
            await aside.end()

    async def _take_commands(self, socket: Socket, connection: Connection, aside: Aside) -> bool:
        """Until the connection ends. Returns whether the page left on purpose."""
        limits = CommandLimits(self._commands_per_second, self._clock)
        while True:
            try:
                command = await socket.receive()
            except MessageMalformed as refusal:
                socket.outbox.send(refused(refusal, 0))
                if not limits.allows_malformed():
                    socket.outbox.end("refused", retry=False)
                    return False
                continue
            if command is None:
                return socket.left
            try:
                limits.check(command)
                is_long = aside.takes(command)
            except TooFast as refusal:
                await self._hold_back(socket, refusal, command.ref)
                continue
            work = self._carry_out(socket, connection, command)
            if is_long:
                aside.begin(work)
            else:
                await work

    async def _carry_out(self, socket: Socket, connection: Connection, command: Command) -> None:
        try:
            answer = await connection.handle(command)
        except TooFast as refusal:
            await self._hold_back(socket, refusal, command.ref)
        except Refusal as refusal:
            socket.outbox.send(refused(refusal, command.ref))
        except Exception:  # noqa: BLE001 - one bad command must not end the meeting for anybody
            socket.outbox.send(refused(_fault(), command.ref))
        else:
            if answer is not None:
                socket.outbox.send(answer)

    @staticmethod
    async def _hold_back(socket: Socket, refusal: TooFast, ref: int) -> None:
        """Nothing more is read until then: whoever goes on sending waits in the network."""
        socket.outbox.send(refused(refusal, ref))
        await asyncio.sleep(min(refusal.seconds, MAX_PAUSE_SECONDS))


def _fault() -> ServerFault:
    """A bug of ours: logged once, under an id that the person sees. Call while handling it."""
    incident = new_id()
    _log.exception("command failed", extra={"fields": {"incident": incident}})
    return ServerFault(incident=incident)
