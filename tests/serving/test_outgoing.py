"""The one way out over HTTP."""

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from meetd.core.clock import SystemClock
from meetd.push.sending import Parcel
from meetd.push.services import Place
from meetd.serving.outgoing import NotPublic, Outgoing, PublicResolver
from meetd.serving.self_signed import own_certificate


def answer(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has those addresses; returns what was asked for."""
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, 1, 6, "", (address, port))
            for address in addresses
        ]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    return asked


async def test_public_addresses_are_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "17.253.144.10", "2620:149:af0::10")
    found = await PublicResolver().resolve("web.push.apple.com", 443)
    assert [(each["host"], each["port"]) for each in found] == [
        ("17.253.144.10", 443),
        ("2620:149:af0::10", 443),
    ]


async def test_one_private_address_among_them_is_one_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer(monkeypatch, "17.253.144.10", "10.0.0.1")
    with pytest.raises(NotPublic):
        await PublicResolver().resolve("web.push.apple.com", 443)


async def test_no_address_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch)
    with pytest.raises(NotPublic):
        await PublicResolver().resolve("web.push.apple.com", 443)


async def test_a_name_is_looked_up_once_per_message(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer(monkeypatch, "127.0.0.1")
    outgoing = Outgoing()
    place = Place("web.push.apple.com", 443, "/a")
    with pytest.raises(OSError):  # noqa: PT011 - whatever kind, the message is not sent
        await outgoing(Parcel(place, {}, b"x"))
    assert asked == ["web.push.apple.com"]
    await outgoing.close()


async def test_nothing_is_followed_and_little_is_read() -> None:
    asked: list[str] = []

    async def take(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        if request.path == "/moved":
            return web.Response(status=307, headers={"Location": "/elsewhere"})
        response = web.StreamResponse(headers={"Set-Cookie": "a=b", "Retry-After": "7"})
        await response.prepare(request)
        await response.write(b"x" * 100_000)
        await asyncio.Event().wait()  # an answer that never ends
        raise AssertionError

    app = web.Application()
    app.router.add_post("/{path}", take)
    async with TestServer(app) as server:
        outgoing = Outgoing()
        port = server.port or 0
        reply = await outgoing(
            Parcel(Place("127.0.0.1", port, "/moved", is_loopback=True), {}, b"")
        )
        assert reply.status == 307
        reply = await outgoing(Parcel(Place("127.0.0.1", port, "/long", is_loopback=True), {}, b""))
        assert (reply.status, reply.retry_after) == (200, "7")
        assert asked == ["/moved", "/long"]
        await outgoing.close()


class Leading(AbstractResolver):
    """Every name leads to one port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del port
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self._port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def test_whom_this_machine_believes_is_looked_up_when_something_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server imports aiohttp without them, for the memory that they take."""

    async def take(_: web.Request) -> web.Response:
        return web.Response(status=201)

    app = web.Application()
    app.router.add_post("/{path}", take)
    certificate = own_certificate(tmp_path, {"push.example.org"}, SystemClock().now())
    parcel = Parcel(Place("push.example.org", 443, "/a"), {}, b"x")
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=certificate.context)
    try:
        for believed, expected in ((tmp_path / "certificate.pem", 201), (Path(os.devnull), 0)):
            monkeypatch.setenv("SSL_CERT_FILE", str(believed))
            outgoing = Outgoing(Leading(server.port or 0))
            if expected:
                assert (await outgoing(parcel)).status == expected
            else:
                with pytest.raises(ConnectionError, match="Certificate"):
                    await outgoing(parcel)
            await outgoing.close()
    finally:
        await server.close()
