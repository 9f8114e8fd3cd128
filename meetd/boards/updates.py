"""Reads Yjs updates (lib0 encoding, version 1) far enough to know that they are harmless.

Stricter than Yjs, and than ``pycrdt``, which believes what an update says of its own size and takes
gigabytes for four bytes. A board is a few maps from names to plain values: nothing else is let in.
Raises ``UpdateInvalid`` on anything that is not exactly that; never reads beyond the end, never
recurses deeper than ``_DEEPEST``, and takes time and memory in proportion to the bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ROOTS: Final = frozenset({"objects", "places", "board", "parts"})
"""The maps of a board: what was drawn, where it was moved to, the board itself, and images in
parts."""
LONGEST_NAME: Final = 64
"""Bytes of a key."""

_MORE: Final = 0x80
"""In a byte of a number: there is another one."""
_DEEPEST: Final = 6
_MOST: Final = 2**53 - 1
_MOST_CLOCK: Final = 2**31

_GC, _DELETED, _ANY, _SKIP = 0, 1, 8, 10
_HAS_LEFT, _HAS_RIGHT, _HAS_KEY, _CONTENT = 0x80, 0x40, 0x20, 0x1F

_UNDEFINED, _NULL, _INTEGER, _FLOAT32, _FLOAT64, _BIGINT = 127, 126, 125, 124, 123, 122
_FALSE, _TRUE, _STRING, _OBJECT, _ARRAY, _BYTES = 121, 120, 119, 118, 117, 116
_FIXED: Final = {_UNDEFINED: 0, _NULL: 0, _FALSE: 0, _TRUE: 0} | {
    _FLOAT32: 4,
    _FLOAT64: 8,
    _BIGINT: 8,
}


class UpdateInvalid(ValueError):
    """Not an update of a board."""


@dataclass(frozen=True)
class Drawn:
    """What an update adds and needs. Clocks count what one client did, from 0."""

    begins: Mapping[int, int]
    """By client: the first clock it adds."""
    ends: Mapping[int, int]
    """By client: the clock after the last it adds."""
    needs: Mapping[int, int]
    """By client: the last clock it refers to."""


@dataclass
class _Found:
    begins: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    needs: dict[int, int] = field(default_factory=dict)

    def refer(self, client: int, clock: int) -> None:
        self.needs[client] = max(clock, self.needs.get(client, 0))


def read_update(update: bytes) -> Drawn:
    """Raises: UpdateInvalid."""
    reader, found = _Reader(update), _Found()
    for _ in range(reader.count()):
        _read_client(reader, found)
    for _ in range(reader.count()):
        _read_deleted(reader, found)
    if not reader.is_at_end:
        raise UpdateInvalid
    return Drawn(found.begins, found.ends, found.needs)


def read_vector(state: bytes) -> dict[int, int]:
    """A state vector: by client, the clock after the last that is there. Raises: UpdateInvalid."""
    reader = _Reader(state)
    vector = {reader.number(): reader.number() for _ in range(reader.count())}
    if not reader.is_at_end:
        raise UpdateInvalid
    return vector


class _Reader:
    """Walks over bytes."""

    __slots__ = ("_at", "_bytes", "_taken")

    def __init__(self, data: bytes) -> None:
        self._bytes = data
        self._at = self._taken = 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._bytes)

    def taken(self) -> bytes:
        """What was walked over since this was asked for before."""
        start, self._taken = self._taken, self._at
        return self._bytes[start : self._at]

    def byte(self) -> int:
        if self._at >= len(self._bytes):
            raise UpdateInvalid
        self._at += 1
        return self._bytes[self._at - 1]

    def back(self) -> None:
        """By one byte."""
        self._at -= 1

    def number(self, most: int = _MOST) -> int:
        """Seven bits a byte, the lowest first."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if value > most:
                raise UpdateInvalid
            if byte < _MORE:
                return value
            shift += 7

    def count(self) -> int:
        """Of things that follow; each takes a byte at least."""
        return self.number(len(self._bytes) - self._at)

    def skip(self, length: int) -> bytes:
        start, self._at = self._at, self._at + length
        if self._at > len(self._bytes):
            raise UpdateInvalid
        return self._bytes[start : self._at]

    def text(self, longest: int) -> str:
        """UTF-8 with its length in bytes before it."""
        try:
            return self.skip(self.number(longest)).decode()
        except UnicodeDecodeError:
            raise UpdateInvalid from None

    def integer(self) -> None:
        """As ``number``, with a sign in the first byte."""
        byte = self.byte()
        for _ in range(8):
            if byte < _MORE:
                return
            byte = self.byte()
        raise UpdateInvalid


def _read_client(reader: _Reader, found: _Found) -> None:
    structs, client = reader.count(), reader.number()
    start = clock = reader.number(_MOST_CLOCK)
    if client in found.begins or not structs:
        raise UpdateInvalid
    for _ in range(structs):
        clock += _read_struct(reader, found)
    if clock > _MOST_CLOCK:
        raise UpdateInvalid
    found.begins[client], found.ends[client] = start, clock


def _read_struct(reader: _Reader, found: _Found) -> int:
    """Returns by how much the clock goes on."""
    kind = _read_head(reader, found)
    return _length(reader) if kind == _GC else _read_content(reader, kind)


def _read_head(reader: _Reader, found: _Found) -> int:
    """Everything before the content. Returns the kind of that."""
    info = reader.byte()
    if info == _GC:
        return _GC
    if info == _SKIP:
        raise UpdateInvalid
    for flag in (_HAS_LEFT, _HAS_RIGHT):
        if info & flag:
            found.refer(reader.number(), reader.number(_MOST_CLOCK))
    if not info & (_HAS_LEFT | _HAS_RIGHT):
        _read_parent(reader, has_key=bool(info & _HAS_KEY))
    kind = info & _CONTENT
    if kind == _GC:
        raise UpdateInvalid
    return kind


def _read_parent(reader: _Reader, *, has_key: bool) -> None:
    is_root = reader.number() == 1
    if not is_root or not has_key or reader.text(LONGEST_NAME) not in ROOTS:
        raise UpdateInvalid
    reader.text(LONGEST_NAME)


def _read_content(reader: _Reader, kind: int) -> int:
    if kind == _DELETED:
        return _length(reader)
    if kind != _ANY:
        raise UpdateInvalid
    count = reader.count()
    if count != 1:  # the value of one key
        raise UpdateInvalid
    _skip_value(reader, _DEEPEST)
    return count


def _length(reader: _Reader) -> int:
    length = reader.number(_MOST_CLOCK)
    if not length:
        raise UpdateInvalid
    return length


def _skip_value(reader: _Reader, deepest: int) -> None:
    kind = reader.byte()
    if kind in _FIXED:
        reader.skip(_FIXED[kind])
    elif kind == _INTEGER:
        reader.integer()
    elif kind == _STRING:
        reader.text(_MOST)
    elif kind == _BYTES:
        reader.skip(reader.number())
    elif kind in {_OBJECT, _ARRAY} and deepest:
        for _ in range(reader.count()):
            if kind == _OBJECT:
                reader.text(LONGEST_NAME)
            _skip_value(reader, deepest - 1)
    else:
        raise UpdateInvalid


def _read_deleted(reader: _Reader, found: _Found) -> None:
    client = reader.number()
    for _ in range(reader.count()):
        start = reader.number(_MOST_CLOCK)
        found.refer(client, start + _length(reader) - 1)


def in_order(update: bytes) -> bytes:
    """The same update, always in the same bytes: libraries write what has no order (the keys of an
    object, the clients of what was deleted) as it comes. Raises: UpdateInvalid."""
    read_update(update)
    reader = _Reader(update)
    clients = reader.count()
    head = reader.taken()
    drawn = sorted((_client_in_order(reader) for _ in range(clients)), reverse=True)
    deleted = reader.count()
    middle = reader.taken()
    gone = sorted((_deleted_of_client(reader) for _ in range(deleted)), reverse=True)
    blocks = [block for _, block in (*drawn, (0, middle), *gone)]
    return head + b"".join(blocks)


def _client_in_order(reader: _Reader) -> tuple[int, bytes]:
    structs, client = reader.count(), reader.number()
    reader.number()
    parts = [reader.taken()]
    for _ in range(structs):
        kind = _read_head(reader, _Found())
        reader.number()  # how many
        parts.append(reader.taken())
        if kind == _ANY:
            parts.append(_value_in_order(reader))
    return client, b"".join(parts)


def _value_in_order(reader: _Reader) -> bytes:
    kind = reader.byte()
    if kind not in {_OBJECT, _ARRAY}:
        reader.back()
        _skip_value(reader, _DEEPEST)
        return reader.taken()
    count = reader.count()
    head, parts = reader.taken(), []
    for _ in range(count):
        if kind == _OBJECT:
            reader.text(LONGEST_NAME)
        parts.append((reader.taken(), _value_in_order(reader)))
    ordered = sorted(parts) if kind == _OBJECT else parts
    return head + b"".join(name + value for name, value in ordered)


def _deleted_of_client(reader: _Reader) -> tuple[int, bytes]:
    client = reader.number()
    for _ in range(reader.count()):
        reader.number()
        reader.number()
    return client, reader.taken()
