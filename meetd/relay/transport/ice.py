"""The lite side of ICE (RFC 8445, 2.5): it answers checks and never sends its own. Bytes and times
in, bytes out: no sockets and no clock."""

import base64
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from meetd.core.ids import random_bytes
from meetd.relay.transport.stun import (
    BAD_REQUEST,
    ROLE_CONFLICT,
    UNAUTHENTICATED,
    UNKNOWN_ATTRIBUTE,
    Check,
    check_error,
    check_success,
)

if TYPE_CHECKING:
    from meetd.relay.transport.udp import Name

CONSENT_SECONDS: Final = 30.0
"""RFC 7675, 5.1: without a valid check for so long, nothing more is sent."""
_QUIET_SECONDS: Final = 3.0
"""Chromium checks a pair that it uses every 2.5 s: one that is quiet for longer may be gone."""
MAX_PATHS: Final = 8
"""Addresses of one peer that are kept: two networks of both families, over UDP and TCP."""


class Path(Protocol):
    """A way to a peer: a UDP address, or a TCP connection."""

    @property
    def key(self) -> Hashable:
        """What packets that come over it are known by."""
        ...

    @property
    def source(self) -> tuple[Any, ...]:
        """Address and port, as the socket gives them."""
        ...

    @property
    def name(self) -> "Name | None":
        """The address as the kernel takes it, None until ``pack_name``."""
        ...

    def pack_name(self) -> "Name | None":
        """None where packets do not leave together with those for others."""
        ...

    @property
    def room(self) -> int | None:
        """Bytes that may still wait here; None where nothing ever waits."""
        ...

    def send(self, datagram: bytes | bytearray | memoryview) -> bool:
        """Send now, or return False. Never waits."""
        ...

    def close(self) -> None:
        """Nobody uses it any more."""
        ...


@dataclass(frozen=True, slots=True)
class IceParameters:
    """What the SDP of one side says about ICE (RFC 8839, 5.4)."""

    ufrag: str
    pwd: str

    @classmethod
    def new(cls) -> "IceParameters":
        """48 bits to be found by, 144 bits to prove it (RFC 8839, 5.4: at least 24 and 128).
        Standard base64 has only characters that ICE allows."""
        return cls(
            ufrag=base64.b64encode(random_bytes(6)).decode(),
            pwd=base64.b64encode(random_bytes(18)).decode(),
        )


@dataclass(slots=True)
class _Standing:
    """Of one path."""

    checked: float
    """When the last valid check came over it, in seconds."""
    heard: float
    """When the last valid check or authenticated packet came over it."""
    priority: int = 0


@dataclass(slots=True)
class IceCounters:
    """Of one peer."""

    checks: int = 0
    refused: int = 0
    moves: int = 0


@dataclass(slots=True)
class IceLite:
    """Of one peer: which of its addresses are its own, and which one is in use.

    ``restart`` makes new credentials; the former ones are good until the first check with the new
    ones, so that media goes on while descriptions travel.
    """

    made: float
    """When, in seconds: who never checks fails like who no longer does."""
    local: IceParameters = field(default_factory=IceParameters.new)
    former: IceParameters | None = None
    selected: Path | None = None
    counters: IceCounters = field(default_factory=IceCounters)
    _paths: dict[Path, _Standing] = field(default_factory=dict)

    def restart(self) -> IceParameters:
        """RFC 8445, 9: new credentials, the same paths until others are nominated."""
        self.former, self.local = self.local, IceParameters.new()
        return self.local

    def on_check(self, check: Check, path: Path, now: float) -> tuple[bytes, bool]:
        """The answer, and whether the check was valid: then ``path`` is this peer's."""
        mine = self._named(check.to)
        if not check.is_signed_with(mine.pwd):
            self.counters.refused += 1
            return check_error(check, UNAUTHENTICATED if check.integrity else BAD_REQUEST), False
        if check.unknown or check.is_from_controlled:
            self.counters.refused += 1
            # A lite agent is controlled whatever the tie-breaker says (RFC 8445, 6.1.1).
            code = UNKNOWN_ATTRIBUTE if check.unknown else ROLE_CONFLICT
            return check_error(check, code, mine.pwd), False
        if mine is self.local:
            self.former = None
        self._validate(check, path, now)
        address, port, *_ = path.source
        return check_success(check, address, port, mine.pwd), True

    def on_media(self, path: Path, now: float) -> None:
        """Something that only this peer can have made came over ``path``: that is where it is
        now."""
        standing = self._paths.get(path)
        if standing is not None:
            standing.heard = now
            if path is not self.selected:
                self._select(path)

    def silence(self, now: float) -> float:
        """Seconds since the last valid check over any path."""
        return now - max((standing.checked for standing in self._paths.values()), default=self.made)

    def forget(self, path: Path) -> None:
        """It is closed, or somebody else's now."""
        self._paths.pop(path, None)
        if path is self.selected:
            best = max(self._paths, key=self._freshness, default=None)
            self.selected = None
            if best is not None:
                self._select(best)

    def expired(self, now: float) -> list[Path]:
        """Paths whose consent has ended (RFC 7675, 5.1), to be forgotten."""
        return [
            path
            for path, standing in self._paths.items()
            if now - standing.checked >= CONSENT_SECONDS
        ]

    def surplus(self) -> list[Path]:
        """Paths beyond what one peer may have, the longest unheard first, to be forgotten."""
        unused = [path for path in self._paths if path is not self.selected]
        unused.sort(key=self._freshness)
        return unused[: max(0, len(self._paths) - MAX_PATHS)]

    def paths(self) -> list[Path]:
        return list(self._paths)

    def _named(self, ufrag: str) -> IceParameters:
        if self.former is not None and ufrag == self.former.ufrag:
            return self.former
        return self.local

    def _validate(self, check: Check, path: Path, now: float) -> None:
        self.counters.checks += 1
        standing = self._paths.setdefault(path, _Standing(checked=now, heard=now))
        standing.checked = standing.heard = now
        standing.priority = check.priority
        if check.is_nominating and self._takes_over(path, standing, now):
            self._select(path)

    def _takes_over(self, path: Path, standing: _Standing, now: float) -> bool:
        """Does a nominated path replace the one in use?

        Firefox nominates every pair that works, again with each check: among pairs that live the
        peer's own order decides (RFC 8445, 8.1.1), or they would take turns. A peer that moves to a
        path of lower priority is followed with its first packet there.
        """
        if self.selected is None:
            return True
        if path is self.selected:
            return False
        used = self._paths[self.selected]
        return standing.priority > used.priority or now - used.heard > _QUIET_SECONDS

    def _select(self, path: Path) -> None:
        self.selected = path
        self.counters.moves += 1

    def _freshness(self, path: Path) -> float:
        return self._paths[path].heard
