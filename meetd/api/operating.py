"""``/healthz``, ``/readyz`` and ``/metrics``."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from meetd.core.networks import is_loopback
from meetd.serving.addresses import Addresses

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

Figures = Mapping[str, tuple[str, Callable[[], float]]]
"""Gauges read when asked for: name -> (sentence, value)."""


class OperatingDoor:
    """``is_ready`` tells whether meetings can be served."""

    def __init__(
        self,
        *,
        addresses: Addresses,
        is_ready: Callable[[], Awaitable[bool]],
        figures: Figures,
    ) -> None:
        self._addresses = addresses
        self._is_ready = is_ready
        self._figures = figures
        self._registry: CollectorRegistry | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.metrics),
        ]

    async def alive(self, _request: web.Request) -> web.Response:
        """200 as long as the process answers at all."""
        return web.json_response({"status": "alive"})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when meetings can be served, 503 when not."""
        ready = await self._is_ready()
        return web.json_response(
            {"status": "ready" if ready else "not ready"}, status=200 if ready else 503
        )

    async def metrics(self, request: web.Request) -> web.Response:
        """Figures in Prometheus' text format, for this machine only.

        A request that a proxy passed on is not from this machine, even when the proxy is.
        """
        passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        if passed_on or not is_loopback(self._addresses.of(request)):
            raise web.HTTPNotFound
        # Imported when they are wanted: a mebibyte that most servers never need.
        from prometheus_client.exposition import (  # noqa: PLC0415
            CONTENT_TYPE_LATEST,
            generate_latest,
        )

        self._registry = self._registry or _registry(self._figures)
        return web.Response(
            body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )


def _registry(figures: Figures) -> "CollectorRegistry":
    from prometheus_client import CollectorRegistry, Gauge  # noqa: PLC0415
    from prometheus_client.platform_collector import PlatformCollector  # noqa: PLC0415
    from prometheus_client.process_collector import ProcessCollector  # noqa: PLC0415

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    for name, (sentence, value) in figures.items():
        Gauge(f"meetd_{name}", sentence, registry=registry).set_function(value)
    return registry
