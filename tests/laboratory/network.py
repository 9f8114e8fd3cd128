"""A router with a network behind each of its links, every one a namespace of its own.

    a place (eth0) -- link -- router -- link -- another place

The router forwards everything until it is told to forbid something. Names carry the number of the
process that made them, so that what a killed run left is known as such and swept by the next.
"""

import itertools
import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from tests.laboratory.commands import CommandError, found, run
from tests.laboratory.rough_link import RoughLink

Forbidden = Literal["direct", "udp"]
"""direct: from place to place, unless it is to or from the server; udp: everywhere."""

_PREFIX = "meetd-laboratory"
_NAME = re.compile(rf"{_PREFIX}-(\d+)-\d+-[a-z]+")
_NUMBERS = itertools.count(1)
SERVER = "server"
_RULES: dict[Forbidden, str] = {
    "direct": f'iifname != "to-{SERVER}" oifname != "to-{SERVER}"',
    "udp": "meta l4proto udp",
}
_CHAIN = "inet laboratory forward"


class NamespacesForbiddenError(Exception):
    """This kernel does not let us make a namespace; the message says why."""


class Place:
    """A namespace with one address, and a default route over the router."""

    def __init__(self, name: str, namespace: str, address: str) -> None:
        self.name = name
        self.namespace = namespace
        self.address = address

    @property
    def within(self) -> list[str]:
        """Before a command: it runs in this place."""
        return [found("ip"), "netns", "exec", self.namespace]


class Laboratory:
    """To be made with ``laboratory()``."""

    def __init__(self) -> None:
        self._name = f"{_PREFIX}-{os.getpid()}-{next(_NUMBERS)}"
        self._router = f"{self._name}-router"
        self._made: list[str] = []
        self._links: list[RoughLink] = []
        self.places: dict[str, Place] = {}

    def open(self) -> None:
        """Raises: NamespacesForbiddenError."""
        try:
            self._make(self._router)
        except CommandError as error:
            raise NamespacesForbiddenError(str(error)) from error
        forward = "echo 1 >/proc/sys/net/ipv4/ip_forward"
        run("ip", "netns", "exec", self._router, "sh", "-c", forward)
        self.forbid()

    def close(self) -> None:
        """Takes all of it down, with whatever still runs in it."""
        for link in self._links:
            link.close()
        for namespace in self._made:
            _take_down(namespace)

    def place(self, name: str) -> Place:
        """A place behind a good link, made when it is first asked for."""
        if name not in self.places:
            place = self._new_place(name)
            far = ("peer", "name", "eth0", "netns", place.namespace)
            self._ip("link", "add", f"to-{name}", "type", "veth", *far)
            self._connect(place)
        return self.places[name]

    def rough_place(self, name: str) -> tuple[Place, RoughLink]:
        """A place behind a link whose conditions can be changed."""
        place = self._new_place(name)
        link = RoughLink(self._within_router, f"to-{name}", "far-end")
        self._links.append(link)
        self._ip("link", "set", "far-end", "netns", place.namespace, "name", "eth0")
        self._connect(place)
        return place, link

    def forbid(self, *what: Forbidden) -> None:
        """From now on the router drops that, and nothing else. Counts begin again."""
        drops = "".join(f'{_RULES[one]} counter drop comment "{one}"\n' for one in what)
        rules = f"""
            table inet laboratory
            delete table inet laboratory
            table inet laboratory {{
                chain forward {{
                    type filter hook forward priority filter; policy accept;
                    {drops}
                }}
            }}"""
        self._nft("-f", "-", given=rules)
        assert set(self._rules()) == set(what), "the router did not take the rules"

    def dropped(self, what: Forbidden) -> int:
        """Packets since it was forbidden."""
        packets: int = self._rules()[what]
        return packets

    def _rules(self) -> dict[str, int]:
        """Comment and counted packets of each rule, as the kernel has it."""
        listed = json.loads(self._nft("-j", "list", "chain", *_CHAIN.split()))["nftables"]
        rules = [entry["rule"] for entry in listed if "rule" in entry]
        return {rule["comment"]: _counted(rule["expr"]) for rule in rules}

    def _new_place(self, name: str) -> Place:
        number = len(self.places) + 1
        namespace = f"{self._name}-{name}"
        self.places[name] = place = Place(name, namespace, f"10.77.{number}.2")
        self._make(place.namespace)
        return place

    def _make(self, namespace: str) -> None:
        run("ip", "netns", "add", namespace)
        self._made.append(namespace)
        run("ip", "-n", namespace, "link", "set", "lo", "up")

    def _connect(self, place: Place) -> None:
        """Addresses at both ends of its link, and the way out."""
        gateway = place.address.removesuffix("2") + "1"
        self._ip("address", "add", f"{gateway}/24", "dev", f"to-{place.name}")
        self._ip("link", "set", f"to-{place.name}", "up")
        run("ip", "-n", place.namespace, "address", "add", f"{place.address}/24", "dev", "eth0")
        # No address of its own making, a second later: browsers take that for another network, and
        # give up what they were loading.
        run("ip", "-n", place.namespace, "link", "set", "eth0", "addrgenmode", "none")
        run("ip", "-n", place.namespace, "link", "set", "eth0", "up")
        run("ip", "-n", place.namespace, "route", "add", "default", "via", gateway)

    @property
    def _within_router(self) -> list[str]:
        return [found("ip"), "netns", "exec", self._router]

    def _ip(self, *arguments: str) -> None:
        run("ip", "-n", self._router, *arguments)

    def _nft(self, *arguments: str, given: str = "") -> str:
        return run("ip", "netns", "exec", self._router, found("nft"), *arguments, given=given)


@contextmanager
def laboratory() -> Iterator[Laboratory]:
    """Raises: NamespacesForbiddenError."""
    made = Laboratory()
    try:
        made.open()
        sweep()
        yield made
    finally:
        made.close()


def sweep() -> None:
    """Take down what killed runs left."""
    for line in run("ip", "netns", "list").splitlines():
        name = _NAME.fullmatch(line.split()[0])
        if name and not Path("/proc", name[1]).exists():
            _take_down(name[0])


def _take_down(namespace: str) -> None:
    """A namespace ends only when nothing runs in it any more."""
    for process in run("ip", "netns", "pids", namespace).split():
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)
    run("ip", "netns", "delete", namespace)


def _counted(expressions: list[dict[str, Any]]) -> int:
    """The packets of a rule's counter."""
    counters = [entry["counter"] for entry in expressions if "counter" in entry]
    packets: int = counters[0]["packets"]
    return packets
