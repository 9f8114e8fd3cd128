"""What every request walks through before it reaches a door, in one place and in order."""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from meetd.config.settings import Limits
from meetd.core.clock import Clock
from meetd.core.limits import Buckets
from meetd.core.refusals import TooFast
from meetd.serving.addresses import Addresses, network_of
from meetd.serving.faults import ErrorPage, translate_faults
from meetd.serving.headers import Headers
from meetd.serving.origins import Origins

MAX_BODY: Final = 64 * 1024
"""Bytes of a request body. Uploads will bring their own door, which streams."""

_BURST_SECONDS: Final = 10


def make_application(
    *, addresses: Addresses, origins: Origins, limits: Limits, clock: Clock, error_page: ErrorPage
) -> web.Application:
    """An aiohttp application without routes, with everything that guards them."""
    app = web.Application(
        client_max_size=MAX_BODY,
        middlewares=[
            translate_faults(error_page),
            _limit_rate(addresses, limits.requests_per_second, clock),
            origins.middleware(),
            _check_body,
        ],
    )
    app.on_response_prepare.append(Headers(origins, addresses).on_prepare)
    return app


def _limit_rate(addresses: Addresses, per_second: int, clock: Clock) -> Middleware:
    buckets = Buckets(per_second, per_second * _BURST_SECONDS)

    @web.middleware
    async def limit_rate(request: web.Request, handler: Handler) -> web.StreamResponse:
        wait = buckets.take(network_of(addresses.of(request)), clock.monotonic())
        if wait:
            raise TooFast(seconds=round(wait, 3))
        return await handler(request)

    return limit_rate


@web.middleware
async def _check_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing is decompressed for anybody (CVE-2025-69228), and nothing large is begun."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType
    length = request.content_length or 0
    if length > MAX_BODY:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_BODY, actual_size=length)
    return await handler(request)
