"""Listening for browsers: one TCP port with a gate in front of aiohttp.

aiohttp limits neither how many connections one address opens nor how long a request line may take.
The gate does, before TLS and before a byte is parsed, so that a flood costs a socket and nothing
else. A request that arrived is aiohttp's own business.
"""

import asyncio
import errno
import ipaddress
import logging
import os
import resource
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import ERROR

from meetd.serving.access_log import AccessLog
from meetd.serving.addresses import Addresses
from meetd.serving.gate import Crowd, Gate, shrink_tls_buffers
from meetd.serving.headers import FIXED
from meetd.serving.tls import Certificate

log = logging.getLogger(__name__)

HEADER_SECONDS: Final = 20.0
"""From connecting to the end of the first request's headers, however slowly they drip."""

IDLE_SECONDS: Final = 125.0
"""Between requests on one connection; longer than the reverse proxies' own (nginx 60, Caddy 120),
so that they, not we, close first and no request is lost in between."""

UNREAD_SECONDS: Final = 120.0
"""For whoever takes nothing of what was sent to them: longer than any answer waits for its reader
(``sending``), and for what is left when the answer is over."""

_SPARE_DESCRIPTORS: Final = 128
"""Kept for the database and files when connections take all the others."""

_BACKLOG: Final = 1024
_MAX_LINE = 8_190
_MAX_FIELDS = 64
_DRAIN_SECONDS = 1.5
"""For requests in progress when stopping; aiohttp waits up to twice this."""


class ListenError(Exception):
    """The address cannot be listened on. The message names it and says what to do."""


class Listener:
    """The web server's TCP port, from ``start`` to ``close``."""

    def __init__(
        self,
        app: web.Application,
        *,
        host: str,
        port: int,
        addresses: Addresses,
        connections_per_address: int,
        public_url: str = "",
        certificate: Certificate | None = None,
        access_log: bool = True,
        header_seconds: float = HEADER_SECONDS,
    ) -> None:
        """``host``: an IP address, ``localhost``, ``0.0.0.0`` or ``::`` (which takes IPv4 too).
        ``port`` 0 picks a free one. ``certificate`` None: plain HTTP."""
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port
        self._public_url = public_url.rstrip("/")
        self._certificate = certificate
        self._header_seconds = header_seconds
        self._runner = web.AppRunner(
            app,
            # A command that was begun is finished, also when its sender has gone.
            handler_cancellation=False,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=2.0,
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_LINE,
            max_headers=_MAX_FIELDS,
            auto_decompress=False,
            shutdown_timeout=_DRAIN_SECONDS,
            logger=_http_logger(),
            access_log=logging.getLogger("meetd.access") if access_log else None,
            access_log_class=AccessLog,
        )
        self._crowd = Crowd(addresses, connections_per_address)
        self._gates: dict[object, Gate] = {}
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._port

    @property
    def connections(self) -> int:
        """How many are open."""
        return self._crowd.total

    async def start(self) -> str:
        """Accept connections. Returns a URL that opens.

        Raises: ListenError.
        """
        bound = _bind(self._host, self._port)
        self._port = bound.getsockname()[1]
        self._crowd.limit = _raise_descriptor_limit() - _SPARE_DESCRIPTORS
        if self._certificate is not None:
            shrink_tls_buffers()
        await self._runner.setup()
        handlers = self._runner.server
        assert handlers is not None  # noqa: S101 - setup() made it
        handlers.request_factory = self._noting_arrival(handlers.request_factory)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Gate(self._crowd, handlers, self._gates, self._tls, self._header_seconds),
            sock=bound,
            backlog=_BACKLOG,
        )
        return self.url

    async def close(self) -> None:
        """Stop accepting, let requests in progress end, close the rest. Within 5 seconds."""
        if self._server is not None:
            self._server.close()
        self._crowd.turn_away_newcomers()
        await self._runner.cleanup()
        self._crowd.abort_all()
        self._server = None

    @property
    def url(self) -> str:
        """Where people open this server: the public URL, else an address that works here."""
        if self._public_url:
            return self._public_url
        scheme = "http" if self._certificate is None else "https"
        return f"{scheme}://{_bracketed(self._reachable())}:{self._port}"

    def _reachable(self) -> str:
        """For "every address" one that opens: with TLS one for other devices, else this machine's,
        because plain HTTP gives no camera anywhere else."""
        if not ipaddress.ip_address(self._host).is_unspecified:
            return self._host
        return "127.0.0.1" if self._certificate is None else self._certificate.address

    def _tls(self) -> ssl.SSLContext | None:
        return None if self._certificate is None else self._certificate.context

    def _noting_arrival(self, factory: Callable[..., web.BaseRequest]) -> Callable[..., Any]:
        """Tell the gate when its first request has arrived whole."""
        loop = asyncio.get_running_loop()

        def make(
            message: Any, payload: Any, protocol: Any, writer: Any, task: Any
        ) -> web.BaseRequest:
            gate = self._gates.get(protocol)
            if gate is not None:
                gate.request_arrived()
            if message is ERROR:
                return _Unreadable(message, payload, protocol, writer, task, loop)
            return factory(message, payload, protocol, writer, task)

        return make


class _Unreadable(web.BaseRequest):
    """Stands for what could not be parsed. aiohttp answers it without the application, so it brings
    the headers of every response along."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        response.headers.update(FIXED)


def _bracketed(host: str) -> str:
    """IPv6 in a URL stands in brackets (RFC 3986 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def _bind(host: str, port: int) -> socket.socket:
    """A bound socket, not yet listening. Raises: ListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    everything = host == "::"
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; connections have it from here
            unread = round(UNREAD_SECONDS * 1_000)
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unread)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not everything)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ListenError(_sentence(host, port, error)) from error
    listening.setblocking(False)
    return listening


def _sentence(host: str, port: int, error: OSError) -> str:
    where = f"{_bracketed(host)}:{port}"
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"{where} is already in use by another program. Stop that program, or choose"
                " another port with --port (0 picks a free one)."
            )
        case errno.EACCES | errno.EPERM:
            return (
                f"{where} may not be used by this user. Choose a port from 1024 up with --port, or"
                " allow it: AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit."
            )
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return (
                f"{where}: this machine does not have the address {host}. Use one of its own with"
                " --host, or 0.0.0.0 for all of them."
            )
    return f"{where} cannot be listened on: {os.strerror(error.errno or 0)}. Try another --port."


def _raise_descriptor_limit() -> int:
    """Soft limit of open files up to the hard one; a connection is a file. Returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, 1_048_576)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError) as error:  # containers may forbid it; the soft limit still holds
        log.info("the limit of open files stays at %d: %s", soft, error)
        return soft
    return wanted


def _http_logger() -> logging.Logger:
    """aiohttp's own words: without the sender's address, and none about broken requests and readers
    who take nothing, which are as frequent as somebody likes."""
    http = logging.getLogger("meetd.http")
    http.addFilter(_only_bugs)
    return http


def _only_bugs(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if error is None or isinstance(error, HttpProcessingError | ConnectionError):
        return False
    if isinstance(error, OSError) and error.errno == errno.ETIMEDOUT:  # ``UNREAD_SECONDS``
        return False
    record.msg, record.args = "a request ended in a bug outside every door", ()
    return True
