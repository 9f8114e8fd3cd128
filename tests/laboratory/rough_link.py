"""A link whose packets are lost, late or too many: what tc netem does, where a kernel has it.

Many kernels of rented machines come without netem, so this is a process of its own between two TUN
devices. It uses the simulated network of the relay's tests, in real time: the same conditions, and
the same seed each time. When whoever started it ends, it ends, and its devices with it.
"""

import json
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from fcntl import ioctl
from pathlib import Path
from typing import Final

from tests.relay.network.simulation import Conditions, Link, Simulation

ROOT = Path(__file__).parents[2]
PERFECT = Conditions(delay=0.0)
_SEED: Final = 4
_TUNSETIFF: Final = 0x400454CA
_IFF_TUN: Final = 0x0001
_IFF_NO_PI: Final = 0x1000
"""linux/if_tun.h: packets of IP, with nothing before them."""
_MAX_PACKET: Final = 65_535
_IDLE_SECONDS: Final = 1.0


class RoughLink:
    """Between two devices that it makes, ``near`` and ``far``. ``within``: before a command, so
    that it runs in the namespace where both are made."""

    def __init__(self, within: Sequence[str], near: str, far: str) -> None:
        self._process = subprocess.Popen(
            [*within, sys.executable, "-m", __name__, near, far],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._heard()

    def becomes(self, to_far: Conditions = PERFECT, to_near: Conditions = PERFECT) -> None:
        """Conditions of each direction from now on."""
        assert self._process.stdin is not None
        print(json.dumps([asdict(to_far), asdict(to_near)]), file=self._process.stdin, flush=True)
        self._heard()

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()

    def _heard(self) -> None:
        """It answers once it is ready, and to each change."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "the rough link does not work"


class _Traffic:
    """Carries packets between two TUN devices until standard input ends."""

    def __init__(self, near: int, far: int) -> None:
        self._simulation = Simulation(_SEED)
        self._started = time.monotonic() - self._simulation.now
        to_far = Link(self._simulation, PERFECT, lambda packet, _: _write(far, packet))
        to_near = Link(self._simulation, PERFECT, lambda packet, _: _write(near, packet))
        self._links = {near: to_far, far: to_near}

    def carry(self) -> None:
        poll = select.poll()
        for descriptor in (*self._links, sys.stdin.fileno()):
            poll.register(descriptor, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll(self._wait() * 1_000):
                if descriptor in self._links:
                    self._take(descriptor)
                elif not self._change():
                    return
            self._simulation.run(self._lag())

    def _lag(self) -> float:
        """Seconds that simulated time is behind."""
        return time.monotonic() - self._started - self._simulation.now

    def _wait(self) -> float:
        return max(0.0, min(_IDLE_SECONDS, self._simulation.next_due - self._simulation.now))

    def _take(self, descriptor: int) -> None:
        self._simulation.run(self._lag())
        self._links[descriptor].send(os.read(descriptor, _MAX_PACKET))

    def _change(self) -> bool:
        line = sys.stdin.readline()
        if line:
            for link, conditions in zip(self._links.values(), json.loads(line), strict=True):
                link.conditions = Conditions(**conditions)
            print("ready", flush=True)
        return bool(line)


def _write(device: int, packet: bytes) -> None:
    """A device that is down, or full, drops it, as a wire would."""
    try:
        os.write(device, packet)
    except OSError:
        return


def _device(name: str) -> int:
    """A new TUN device, which ends with this process."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return descriptor


if __name__ == "__main__":
    _traffic = _Traffic(_device(sys.argv[1]), _device(sys.argv[2]))
    print("ready", flush=True)
    _traffic.carry()
