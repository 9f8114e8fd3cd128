"""The UDP socket of the media port."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from meetd.core.clock import Clock
from meetd.core.limits import Buckets
from meetd.core.networks import network_of
from meetd.relay.transport.stun import binding_success, is_binding_request

_RECEIVE_BATCH = 64
_MAX_DATAGRAM = 2_048


class MediaPortError(Exception):
    """The media port cannot be opened. The message says what to do."""


class MediaPort:
    """Answers STUN binding requests, at most ``stun_per_second`` per source network.

    The limit comes before the parser: a flood costs one dictionary lookup per packet. An answer is
    no larger than a browser's request plus one address, so the port is of no use for amplification.
    """

    def __init__(self, host: str, port: int, stun_per_second: int, clock: Clock) -> None:
        self._host = host
        self._port = port
        self._limits = Buckets(rate=stun_per_second, burst=stun_per_second)
        self._clock = clock
        self._socket: socket.socket | None = None
        self.answered = 0
        self.dropped = 0

    @property
    def port(self) -> int:
        """The port in use, once open."""
        return self._port

    def open(self) -> None:
        """Bind and start answering. Raises: MediaPortError."""
        try:
            self._socket = _bound_socket(self._host, self._port)
        except OSError as error:
            raise MediaPortError(
                f"UDP port {self._port} for media cannot be opened on"
                f" {self._host or 'this machine'}: {error.strerror}. Stop what uses it, or choose"
                " another with --media-port."
            ) from error
        self._port = self._socket.getsockname()[1]
        asyncio.get_running_loop().add_reader(self._socket, self._on_readable, self._socket)

    def close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _on_readable(self, udp: socket.socket) -> None:
        # A bounded batch, so that a flood of packets never starves the rest of the process.
        for _ in range(_RECEIVE_BATCH):
            try:
                datagram, source = udp.recvfrom(_MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # an ICMP error about an earlier answer: nothing to read
                continue
            self._on_datagram(datagram, source, udp.sendto)

    def _on_datagram(
        self, datagram: bytes, source: tuple[Any, ...], send: Callable[[bytes, Any], int]
    ) -> None:
        wait = self._limits.take(network_of(source[0]), self._clock.monotonic())
        if wait or not is_binding_request(datagram):
            self.dropped += 1
            return
        try:
            send(binding_success(datagram, source[0], source[1]), source)
        except OSError:  # no route back, or the send buffer is full: the browser asks again
            self.dropped += 1
            return
        self.answered += 1


def _bound_socket(host: str, port: int) -> socket.socket:
    """One socket for IPv4 and IPv6 where no address is given and the machine has IPv6."""
    if not host and socket.has_dualstack_ipv6():
        udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        address = "::"
    else:
        address = host or "0.0.0.0"  # noqa: S104
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        udp = socket.socket(family, socket.SOCK_DGRAM)
    try:
        udp.setblocking(False)
        udp.bind((address, port))
    except OSError:
        udp.close()
        raise
    return udp
