"""Whose datagram is it? Bytes, paths and times in; no sockets and no clock.

What is not STUN is read only from paths that passed an authenticated check of their peer:
elsewhere one forged packet ends a DTLS handshake. Limits come before parsers, and what is dropped
is counted, never logged.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from meetd.core.limits import Bucket, Buckets
from meetd.core.networks import network_of
from meetd.relay.transport.ice import IceLite, Path
from meetd.relay.transport.stun import Check, binding_success, is_binding_request, read_check

_LARGEST_STUN_BYTE: Final = 3
"""First bytes 0 to 3 are STUN (RFC 7983, 7)."""
_PLAIN_REQUEST: Final = 64
"""No check is that short: a username, priority, role and integrity are at least 80 bytes."""
_CHECKS_PER_SECOND: Final = 200
"""Per source network, from paths that are not known yet: an office of 50 that joins at once."""
_PEER_CHECKS_PER_SECOND: Final = 50
"""Per peer, from its own paths. A browser sends one in 50 ms while it looks for a path."""
_OWNED_SECONDS: Final = 15.0
"""So long after a valid check nobody else gets a path, whatever source address is forged."""

Key = TypeVar("Key", bound=Hashable)


class Peer(Protocol):
    """Who packets are for."""

    ice: IceLite

    def on_datagram(self, datagram: bytes, path: Path, now: float) -> None:
        """What is not STUN, over a path of this peer. Never raises."""
        ...

    def on_path(self, path: Path, now: float) -> None:
        """A valid check came over ``path``."""
        ...


@dataclass(slots=True)
class Counters:
    """Datagrams of the whole port since it was opened."""

    answered: int = 0
    """Plain binding requests."""
    checks: int = 0
    """Valid checks."""
    refused: int = 0
    """Checks with a wrong password, and the like."""
    limited: int = 0
    """Requests beyond a limit."""
    foreign: int = 0
    """Not STUN, from nobody's path."""
    malformed: int = 0
    unknown: int = 0
    """Checks that name nobody."""
    unsent: int = 0
    """Answers that could not be sent."""

    @property
    def dropped(self) -> int:
        """Everything that got no answer and reached nobody."""
        return self.limited + self.foreign + self.malformed + self.unknown + self.unsent


@dataclass(slots=True)
class _Entry:
    """What is kept of a peer."""

    ufrags: list[str]
    checks: Bucket


@dataclass(slots=True)
class _Owned:
    """What is kept of a path."""

    peer: Peer
    path: Path
    checked: float


class Demultiplexer:
    """Knows peers by username fragment and by path. ``stun_per_second``: plain binding requests
    answered per source network."""

    def __init__(self, stun_per_second: int) -> None:
        self._plain = Buckets(rate=stun_per_second, burst=stun_per_second)
        self._checks = Buckets(rate=_CHECKS_PER_SECOND, burst=_CHECKS_PER_SECOND)
        self._peers: dict[Peer, _Entry] = {}
        self._by_ufrag: dict[str, Peer] = {}
        self._owned: dict[Hashable, _Owned] = {}
        self.counters = Counters()

    def add(self, peer: Peer, now: float) -> None:
        """Answer checks for ``peer``."""
        rate = _PEER_CHECKS_PER_SECOND
        self._peers[peer] = _Entry([], Bucket(rate, 2 * rate, now))
        self.renew(peer)

    def renew(self, peer: Peer) -> None:
        """Its credentials are others now: an ICE restart."""
        entry = self._peers.get(peer)
        if entry is None:  # it has ended
            return
        self._forget_ufrags(entry)
        former = peer.ice.former
        entry.ufrags = [peer.ice.local.ufrag, *([former.ufrag] if former else [])]
        self._by_ufrag.update(dict.fromkeys(entry.ufrags, peer))

    def remove(self, peer: Peer) -> None:
        entry = self._peers.pop(peer, None)
        if entry is not None:
            self._forget_ufrags(entry)
        for path in peer.ice.paths():
            self.release(path)

    def release(self, path: Path) -> None:
        """It is nobody's any more."""
        owned = self._owned.pop(path.key, None)
        if owned is not None:
            owned.peer.ice.forget(path)
            path.close()

    def peers(self) -> list[Peer]:
        return list(self._peers)

    def has_owner(self, key: Hashable) -> bool:
        return key in self._owned

    def receive(
        self, datagram: bytes, key: Key, path_of: Callable[[Key], Path], now: float
    ) -> None:
        """``path_of`` makes the path of a key that nobody owns yet."""
        owned = self._owned.get(key)
        if not datagram:
            self.counters.malformed += 1
        elif datagram[0] <= _LARGEST_STUN_BYTE:
            path = path_of(key) if owned is None else owned.path
            self._receive_stun(datagram, path, owned, now)
        elif owned is None:
            self.counters.foreign += 1
        else:
            owned.peer.on_datagram(datagram, owned.path, now)

    def _receive_stun(self, datagram: bytes, path: Path, owned: _Owned | None, now: float) -> None:
        is_plain = len(datagram) <= _PLAIN_REQUEST
        if not (
            self._may_ask_plainly(path, now) if is_plain else self._may_check(path, owned, now)
        ):
            self.counters.limited += 1
        elif not is_binding_request(datagram):
            self.counters.malformed += 1
        elif is_plain:
            self._answer_plainly(datagram, path)
        else:
            self._read_check(datagram, path, owned, now)

    def _may_ask_plainly(self, path: Path, now: float) -> bool:
        return not self._plain.take(network_of(path.source[0]), now)

    def _may_check(self, path: Path, owned: _Owned | None, now: float) -> bool:
        """A peer's own paths have a limit of their own: neighbours cannot use it up."""
        if owned is not None and owned.peer in self._peers:
            return not self._peers[owned.peer].checks.take(now)
        return not self._checks.take(network_of(path.source[0]), now)

    def _answer_plainly(self, request: bytes, path: Path) -> None:
        if path.send(binding_success(request, *path.source[:2])):
            self.counters.answered += 1
        else:  # no route back, or the send buffer is full: the browser asks again
            self.counters.unsent += 1

    def _read_check(self, request: bytes, path: Path, owned: _Owned | None, now: float) -> None:
        try:
            check = read_check(request)
        except ValueError:
            self.counters.malformed += 1
            return
        if check is not None:
            self._answer_check(check, len(request), path, owned, now)
        elif self._may_ask_plainly(path, now):
            self._answer_plainly(request, path)
        else:
            self.counters.limited += 1

    def _answer_check(
        self, check: Check, size: int, path: Path, owned: _Owned | None, now: float
    ) -> None:
        peer = self._by_ufrag.get(check.to)
        if peer is None or not self._is_free(peer, owned, now):
            self.counters.unknown += 1
            return
        answer, is_valid = peer.ice.on_check(check, path, now)
        if is_valid:
            self._own(peer, path, owned, now)
            self.counters.checks += 1
        else:
            self.counters.refused += 1
        # Whoever has not shown the password gets no more than was sent.
        if (is_valid or len(answer) <= size) and not path.send(answer):
            self.counters.unsent += 1

    def _is_free(self, peer: Peer, owned: _Owned | None, now: float) -> bool:
        """May ``peer`` have this path? Not while it is somebody else's: a participant who forges
        the source address of another must not take the other's packets away."""
        return owned is None or owned.peer is peer or now - owned.checked >= _OWNED_SECONDS

    def _own(self, peer: Peer, path: Path, owned: _Owned | None, now: float) -> None:
        if owned is not None and owned.peer is not peer:
            owned.peer.ice.forget(path)
        self._owned[path.key] = _Owned(peer, path, now)
        if len(self._peers[peer].ufrags) > 1 and peer.ice.former is None:
            self.renew(peer)  # the former credentials have served
        peer.on_path(path, now)
        for surplus in peer.ice.surplus():
            self.release(surplus)

    def _forget_ufrags(self, entry: _Entry) -> None:
        for ufrag in entry.ufrags:
            self._by_ufrag.pop(ufrag, None)
