"""An SMTP server on loopback, for tests."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP


class Postbox:
    """Keeps what it is given, but for those whom it refuses: address to answer."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.refused: dict[str, str] = {}
        self.port = 0
        self._arrived = asyncio.Event()

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del server, session
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.letters.append(message)
        self._arrived.set()
        return "250 kept"

    async def next(self) -> tuple[Any, str]:
        """The next letter with its text."""
        async with asyncio.timeout(20):
            while not self.letters:
                self._arrived.clear()
                await self._arrived.wait()
        letter = self.letters.pop(0)
        return letter, letter.get_content()


@asynccontextmanager
async def open_postbox() -> AsyncIterator[Postbox]:
    box = Postbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, loop=loop, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    await server.wait_closed()
