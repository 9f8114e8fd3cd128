"""The wire between browsers and a server, which a test holds and cuts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from urllib.parse import urlsplit

_PIECE = 65_536


class Wire:
    """Passes TCP connections on. For browsers its address is the server's."""

    def __init__(self, url: str) -> None:
        self._behind = urlsplit(url)
        self._ends: set[asyncio.StreamWriter] = set()
        self._held_after: int | None = None
        self._let_go = asyncio.Event()
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Wire"]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.url = f"{self._behind.scheme}://{self._behind.hostname}:{port}"
        try:
            yield self
        finally:
            server.close()
            self.let_go()
            self.cut()

    def hold(self, after: int) -> None:
        """Of each connection only so many bytes get to the server, until ``let_go``."""
        self._held_after = after
        self._let_go.clear()

    def let_go(self) -> None:
        """Everything gets through again."""
        self._held_after = None
        self._let_go.set()

    def cut(self) -> None:
        """Every connection breaks, in the middle of whatever it carries."""
        for end in self._ends:
            end.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, page: asyncio.StreamWriter) -> None:
        # Whatever breaks at one end breaks at the other, as without a wire between.
        async with AsyncExitStack() as stack:
            stack.enter_context(suppress(OSError))
            self._keep(stack, page)
            back, server = await asyncio.open_connection("127.0.0.1", self._behind.port)
            self._keep(stack, server)
            up = asyncio.ensure_future(self._up(reader, server))
            down = asyncio.ensure_future(_pass(back, page))
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            for way in (up, down):
                way.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    def _keep(self, stack: AsyncExitStack, end: asyncio.StreamWriter) -> None:
        self._ends.add(end)
        stack.callback(end.close)
        stack.callback(self._ends.discard, end)

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while piece := await reader.read(_PIECE):
            passed += len(piece)
            if self._held_after is not None and passed > self._held_after:
                await self._let_go.wait()
            writer.write(piece)
            await writer.drain()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()
