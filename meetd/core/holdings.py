"""The promise every feature makes that keeps something: it can be shown, erased and purged.

``lifecycle`` knows only this protocol, so that no feature can be forgotten; a test demands that
every table of the schema is claimed by exactly one holding.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from meetd.core.periods import Period

Until = Literal["account", "room", "changed", "answered", "ever"] | Period
"""Until when something is kept: the account or the room goes, somebody changes or answers it, for
ever; or so long after its last use."""


@dataclass(frozen=True)
class Attachment:
    """A file in a row that is shown to a person; ``name`` may be anything that people wrote.
    ``length`` in bytes. ``read`` raises ItemDamaged in the place of anything false."""

    name: str
    length: int
    read: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True)
class Sweep:
    """One sort of thing that goes by age. ``due`` counts what ``remove`` would take: what was last
    used before a cutoff (ms since the epoch). ``name`` finds its words."""

    name: str
    period: Period
    due: Callable[[int], Awaitable[int]]
    remove: Callable[[int], Awaitable[int]]


class Holding(Protocol):
    """Anything kept about a person or a room."""

    @property
    def tables(self) -> frozenset[str]:
        """Names of the tables that this feature alone writes."""
        ...

    @property
    def kinds(self) -> Mapping[str, Until]:
        """Of every ``kind`` of row that ``export_for`` yields, until when it is kept."""
        ...

    @property
    def sweeps(self) -> tuple[Sweep, ...]:
        """What goes by age."""
        ...

    def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        """Every row kept about that account, as plain data for the person to read."""
        ...

    async def erase_for(self, person: str) -> int:
        """Remove what is kept about that account. Returns the number of rows."""
        ...


@dataclass(frozen=True)
class Resealed:
    """A step of sealing a room anew. ``seen``: things that were looked at; ``changed``: that were
    still sealed with a former key. ``damaged``: what opens with none. ``waiting``: things that
    cannot be looked at yet."""

    seen: int = 0
    changed: int = 0
    waiting: int = 0
    damaged: tuple[str, ...] = ()


@runtime_checkable
class Resealable(Protocol):
    """A holding of what is sealed with the keys of rooms."""

    async def count_sealed(self, room_id: str) -> int:
        """How many things ``reseal`` looks at."""
        ...

    def reseal(self, room_id: str) -> AsyncIterator[Resealed]:
        """Seal with the newest key whatever is sealed with a former one, step by step; readable
        all the time, and as it was when that fails.

        Raises: StorageFull, StorageFailed.
        """
        ...


@runtime_checkable
class Countable(Protocol):
    """A holding with one kind of row, of which somebody may have very many: how many is known
    without reading them."""

    async def count_for(self, person: str) -> int:
        """How many rows ``export_for`` yields."""
        ...


@dataclass(frozen=True)
class Traces:
    """By what is found what somebody without an account left. ``visitor``: id of their browser;
    ``rooms``: by room id, the participants that they were there; ``spared``: other rooms, in which
    everything stays for now; ``places``: SHA-256 of the proofs of their knocks."""

    visitor: str
    rooms: Mapping[str, tuple[str, ...]]
    spared: frozenset[str] = frozenset()
    places: tuple[bytes, ...] = ()

    @property
    def participants(self) -> tuple[str, ...]:
        return tuple(one for those in self.rooms.values() for one in those)

    def without(self, rooms: Collection[str]) -> "Traces":
        """What was left elsewhere; those stay known by ``spared``."""
        left = {room: those for room, those in self.rooms.items() if room not in rooms}
        spared = self.spared | (self.rooms.keys() & rooms)
        return Traces(self.visitor, left, frozenset(spared), self.places)


@runtime_checkable
class OfVisitors(Protocol):
    """A holding that keeps what people without an account leave."""

    @property
    def visitor_kinds(self) -> Mapping[str, Until]:
        """As ``kinds``, of what ``export_for_visitor`` yields."""
        ...

    def export_for_visitor(self, traces: Traces) -> AsyncIterator[dict[str, Any]]:
        """Every row of theirs, as plain data for the person to read."""
        ...

    async def rename_visitor(self, traces: Traces, name: str) -> int:
        """Their name is another one, wherever it is kept. Returns how often it was changed."""
        ...

    async def erase_visitor(self, traces: Traces) -> int:
        """Remove what they left, or what says that it was they. Returns the number of rows."""
        ...


class ImpersonalHolding:
    """The part of a holding whose rows name no account: nothing to show or erase for a person."""

    kinds: Mapping[str, Until] = {}
    sweeps: tuple[Sweep, ...] = ()

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:  # noqa: ARG002
        nothing: tuple[dict[str, Any], ...] = ()
        for row in nothing:
            yield row

    async def erase_for(self, person: str) -> int:  # noqa: ARG002
        return 0
