"""The one way out over HTTP: messages to push services.

What a browser wrote decides where it goes, so the name has to be on the list of ``push.services``,
is looked up once, and only public addresses are connected to. Nothing is followed, nothing of the
answer is kept but its status.
"""

import asyncio
import socket
import ssl
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from meetd.core.networks import is_loopback, is_public
from meetd.push.sending import Parcel, Reply

SECONDS: Final = 20.0
"""For one message, from looking up the name to the answer."""
MAX_HEADER: Final = 8_190
"""Bytes of a line or a header of the answer."""


class NotPublic(OSError):
    """A name led to an address that is not on the Internet."""


class PublicResolver(AbstractResolver):
    """Names to public addresses. aiohttp connects to what is returned here and asks no second time,
    so that no name can lead elsewhere in between (DNS rebinding)."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises: NotPublic when a single one of the addresses is not public; OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        addresses = [(info[0], str(info[4][0])) for info in found]
        if not addresses or not all(is_public(address) for _, address in addresses):
            raise NotPublic(f"{host} is not on the Internet")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=found_family,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for found_family, address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


class Outgoing:
    """Implements ``push.sending.Send``. The session is made with the first message."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver or PublicResolver()
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, parcel: Parcel) -> Reply:
        """Raises: OSError, TimeoutError."""
        place = parcel.place
        # aiohttp asks no resolver about an address, so an address is refused here.
        if is_loopback(place.host) != place.is_loopback:
            raise NotPublic("an address that the settings do not name")
        try:
            async with self._opened().post(
                URL(place.url, encoded=True),
                data=parcel.body,
                headers=parcel.headers,
                allow_redirects=False,
            ) as response:
                return Reply(response.status, response.headers.get("Retry-After", ""))
        except aiohttp.ClientError as error:
            raise ConnectionError(type(error).__name__) from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._resolver,
                    use_dns_cache=False,
                    # The one that aiohttp keeps may believe nobody (``cli/memory.py``).
                    ssl=ssl.create_default_context(),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=SECONDS),
                auto_decompress=False,
                trust_env=False,
                max_line_size=MAX_HEADER,
                max_field_size=MAX_HEADER,
            )
        return self._session
