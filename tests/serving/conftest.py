"""Servers for the tests of what every door stands on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from meetd.config.network import Limits
from meetd.core.clock import SystemClock
from meetd.serving.addresses import Addresses
from meetd.serving.doorway import make_application
from meetd.serving.faults import Fault
from meetd.serving.listener import Listener
from meetd.serving.origins import Origins

Serve = Callable[..., Awaitable["TestClient[web.Request, web.Application]"]]
Listen = Callable[..., Awaitable[Listener]]


def error_page(_request: web.Request, fault: Fault) -> web.Response:
    return web.Response(status=fault.status, text=f"page: {fault.code} {fault.facts}")


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """``await serve(*routes, ...)``: a client of an application behind the doorway."""
    async with AsyncExitStack() as stack:

        async def start(
            *routes: web.RouteDef,
            trusted_proxies: tuple[str, ...] = (),
            public_url: str = "",
            clock: Any = None,
            requests_per_second: int = 1_000,
            uploads: Collection[str] = (),
        ) -> "TestClient[web.Request, web.Application]":
            addresses = Addresses(trusted_proxies)
            app = make_application(
                addresses=addresses,
                origins=Origins(public_url, addresses),
                limits=Limits(requests_per_second=requests_per_second),
                clock=clock or SystemClock(),
                error_page=error_page,
                uploads=uploads,
            )
            app.add_routes(routes)
            server = TestServer(app)
            await server.start_server(auto_decompress=False)  # as Listener does
            return await stack.enter_async_context(TestClient(server))

        yield start


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """``await listen(...)``: a started Listener with one page, ``/``."""
    async with AsyncExitStack() as stack:

        async def start(
            *routes: web.RouteDef,
            trusted_proxies: tuple[str, ...] = (),
            connections_per_address: int = 100,
            **options: Any,
        ) -> Listener:
            app = web.Application()
            app.add_routes([web.get("/", hello), *routes])
            listener = Listener(
                app,
                host=options.pop("host", "127.0.0.1"),
                port=options.pop("port", 0),
                addresses=Addresses(trusted_proxies),
                connections_per_address=connections_per_address,
                **options,
            )
            stack.push_async_callback(listener.close)
            await listener.start()
            return listener

        yield start


async def until(condition: Callable[[], bool], reason: str) -> None:
    """Let the event loop run until the condition holds; AssertionError(reason) after 10 s."""
    try:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(reason) from None
