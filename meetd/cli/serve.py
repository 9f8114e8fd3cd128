"""``meetd serve``: run the server until it is told to stop."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from typing import Any
from urllib.parse import urlsplit

from meetd.cli import memory
from meetd.cli.options import add_common_options, data_directory, settings_from
from meetd.config.settings import Settings
from meetd.core.networks import is_loopback
from meetd.serving.logs import set_up_logging
from meetd.serving.tls import Certificate, qr_code

_log = logging.getLogger(__name__)


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "serve",
        help="run the server",
        description="Run the server until Ctrl-C or SIGTERM. No configuration is needed.",
    )
    add_common_options(parser)
    parser.add_argument("--host", metavar="ADDR", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="N", help="web port (8080; 0: a free one)")
    parser.add_argument("--media-port", type=int, metavar="N", help="media port (3478; 0: free)")
    parser.add_argument("--public-url", metavar="URL", help="the address people type")
    parser.add_argument("--tls", choices=("off", "self-signed", "files"), help="HTTPS (off)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    os.umask(0o077)  # whatever is made from here on is for this user only
    settings = settings_from(options)
    return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    memory.share_one_heap()
    with memory.bare_imports():
        # Late: a wrong configuration is told at once.
        from meetd.app import Server, StartError  # noqa: PLC0415

    set_up_logging(settings.logs)
    server = Server(settings, data_directory(settings))
    stop = _stop_event()
    try:
        url = await server.start()
    except StartError as error:
        print(f"meetd: {error}", file=sys.stderr)
        return 1
    if not settings.server.public_url:
        url = await _by_name(url)
    try:
        _tell_about_https(settings, server.certificate, url)
        first = await server.first_link(url)
        if first is not None:
            print(f"Make the administrator's account (once, within a day): {first}")
        print(f"meetd is ready at {url}", flush=True)
        memory.give_back()
        await stop.wait()
    finally:
        await server.stop()
    return 0


async def _by_name(url: str) -> str:
    """The same with ``localhost`` for a loopback address that this name leads to: browsers give
    passkeys to names only (W3C WebAuthn 5.1.2), and who signs in at one is not signed in at the
    other."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not is_loopback(host):
        return url
    try:
        found = await asyncio.get_running_loop().getaddrinfo("localhost", parts.port)
    except OSError:  # a machine without that name
        return url
    leads_there = any(address[0] == host for *_, address in found)
    return f"{parts.scheme}://localhost:{parts.port}" if leads_there else url


def _tell_about_https(settings: Settings, certificate: Certificate | None, url: str) -> None:
    """What people need to get a camera: browsers give none over plain HTTP except on loopback."""
    if settings.server.tls == "self-signed" and certificate is not None:
        print(qr_code(url), end="")
        print("Certificate fingerprint (SHA-256), to compare when the browser asks:")
        print(certificate.fingerprint)
    elif (
        certificate is None
        and not settings.server.public_url.startswith("https:")
        and not settings.server.trusted_proxies
        and not is_loopback(settings.server.host)
    ):
        _log.warning(
            "Serving plain HTTP to other machines: their browsers will give no camera or"
            " microphone. Use --tls self-signed, certificate files, or a reverse proxy with HTTPS."
        )


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
