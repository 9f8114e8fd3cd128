"""What every request walks through before it reaches a door, in one place and in order."""

from collections.abc import Collection
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from meetd.config.network import Limits
from meetd.core.clock import Clock
from meetd.core.limits import Buckets
from meetd.core.networks import network_of
from meetd.core.refusals import TooFast
from meetd.serving.access_log import route_of
from meetd.serving.addresses import Addresses
from meetd.serving.done import COOKIE, DoneCookie
from meetd.serving.faults import ErrorPage, translate_faults
from meetd.serving.headers import Headers
from meetd.serving.origins import Origins

MAX_BODY: Final = 64 * 1024
"""Bytes of a request body, except where files are taken: those doors read a bounded stream."""

_BURST_SECONDS: Final = 10


def make_application(
    *,
    addresses: Addresses,
    origins: Origins,
    limits: Limits,
    clock: Clock,
    error_page: ErrorPage,
    uploads: Collection[str] = (),
) -> web.Application:
    """An aiohttp application without routes, with everything that guards them.

    ``uploads``: templates of the routes that read with ``forms.read_upload``.
    """
    app = web.Application(
        client_max_size=MAX_BODY,
        middlewares=[
            translate_faults(error_page),
            _check_all(addresses, origins, limits.requests_per_second, clock, frozenset(uploads)),
        ],
    )
    app[COOKIE] = DoneCookie(addresses)
    app.on_response_prepare.append(app[COOKIE].on_prepare)
    app.on_response_prepare.append(Headers(origins, addresses).on_prepare)
    return app


def _check_all(
    addresses: Addresses,
    origins: Origins,
    requests_per_second: int,
    clock: Clock,
    uploads: frozenset[str],
) -> Middleware:
    """One middleware for every check: each costs a frame for as long as a WebSocket is open."""
    buckets = Buckets(requests_per_second, requests_per_second * _BURST_SECONDS)

    @web.middleware
    async def check_all(request: web.Request, handler: Handler) -> web.StreamResponse:
        wait = buckets.take(network_of(addresses.of(request)), clock.monotonic())
        if wait:
            raise TooFast(seconds=round(wait, 3))
        origins.check_host(request)
        origins.check_unsafe(request)
        _check_body(request, is_upload=route_of(request) in uploads)
        return await handler(request)

    return check_all


def _check_body(request: web.Request, *, is_upload: bool) -> None:
    """Nothing is decompressed for anybody (CVE-2025-69228), and nothing large is begun."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType
    length = request.content_length or 0
    if length > MAX_BODY and not is_upload:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_BODY, actual_size=length)
