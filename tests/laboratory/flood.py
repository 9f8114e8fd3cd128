"""Junk of all kinds at a UDP port, from an address that nobody knows.

    python -m tests.laboratory.flood ADDRESS PORT PER_SECOND

Until it is stopped; then it tells how many it sent per second.
"""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from meetd.core.ids import random_bytes
from tests.laboratory.network import Place
from tests.laboratory.rough_link import ROOT

PER_SECOND: Final = 20_000
_MODULE: Final = "tests.laboratory.flood"
_FIRST_BYTES: Final = (0x00, 0x01, 0x16, 0x17, 0x80, 0x90, 0x40, 0xFF)
"""STUN, TURN, DTLS, RTP and RTCP (RFC 7983), and what is none of them."""
_SIZES: Final = (1, 12, 20, 100, 1_200)
_BURST_SECONDS: Final = 0.005


@contextmanager
def flood(place: Place, address: str, port: int) -> Iterator[list[float]]:
    """Meanwhile that place sends junk there; afterwards the list holds how much per second."""
    command = [*place.within, sys.executable, "-m", _MODULE, address, str(port), str(PER_SECOND)]
    sent: list[float] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield sent
        finally:
            process.terminate()
            sent.append(json.loads(process.stdout.readline()))


class _Stop(Exception):
    pass


def _stop(*_: object) -> None:
    raise _Stop


def _send(port: socket.socket, per_second: int) -> None:
    junk = [bytes((first,)) + random_bytes(size) for first in _FIRST_BYTES for size in _SIZES]
    sent, began = 0, time.monotonic()
    try:
        print("ready", flush=True)
        while True:
            due = int((time.monotonic() - began) * per_second)
            for number in range(sent, due):
                port.send(junk[number % len(junk)])
            sent = max(sent, due)
            time.sleep(_BURST_SECONDS)
    except _Stop:
        print(json.dumps(sent / (time.monotonic() - began)))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as _port:
        _port.connect((sys.argv[1], int(sys.argv[2])))
        _send(_port, int(sys.argv[3]))
