"""Datagrams there and back, to see what a path does to them.

python -m tests.laboratory.echo serve
python -m tests.laboratory.echo ask ADDRESS COUNT BYTES
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

import msgspec

from tests.laboratory.network import Place
from tests.laboratory.rough_link import ROOT

_PORT: Final = 7
_SPACED_SECONDS: Final = 0.002
_QUIET_SECONDS: Final = 0.5
"""After which nothing is expected any more."""
_MODULE: Final = "tests.laboratory.echo"


class Answers(msgspec.Struct):
    """Of ``asked`` datagrams: milliseconds until each that came back did, in that order."""

    asked: int
    took: list[float]
    overtaken: int
    """That came back after one that was sent later."""


@contextmanager
def echoing(place: Place) -> Iterator[None]:
    """Whatever is sent to that place comes back."""
    command = [*place.within, sys.executable, "-m", _MODULE, "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            process.terminate()


def ask(asking: Place, asked: Place, count: int = 20, size: int = 100) -> Answers:
    """Send ``count`` datagrams of ``size`` bytes, one each 2 ms."""
    command = [*asking.within, sys.executable, "-m", _MODULE, "ask"]
    command += [asked.address, str(count), str(size)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT)
    return msgspec.json.decode(done.stdout, type=Answers)


def _serve() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind(("", _PORT))
        print("ready", flush=True)
        while True:
            port.sendto(*port.recvfrom(2_048))


def _ask(address: str, count: int, size: int) -> None:
    sent: list[float] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.connect((address, _PORT))
        sender = Thread(target=_send, args=(port, sent, count, size))
        sender.start()
        took, numbers = _received(port, sent, count)
        sender.join()
    overtaken = sum(
        number < max(numbers[:place], default=0) for place, number in enumerate(numbers)
    )
    print(json.dumps({"asked": count, "took": took, "overtaken": overtaken}))


def _send(port: socket.socket, sent: list[float], count: int, size: int) -> None:
    for number in range(count):
        sent.append(time.monotonic())
        port.send(number.to_bytes(4).ljust(size))
        time.sleep(_SPACED_SECONDS)


def _received(port: socket.socket, sent: list[float], count: int) -> tuple[list[float], list[int]]:
    port.settimeout(_QUIET_SECONDS)
    took: list[float] = []
    numbers: list[int] = []
    while len(numbers) < count:
        try:
            number = int.from_bytes(port.recv(2_048)[:4])
        except TimeoutError:
            break
        numbers.append(number)
        took.append((time.monotonic() - sent[number]) * 1_000)
    return took, numbers


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve()
    else:
        _ask(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
