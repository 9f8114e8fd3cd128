"""A session description as lines (RFC 8866, 5): what it says, without what that means."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

MAX_LENGTH: Final = 48_000
_MAX_LINES: Final = 4_000
_MAX_LINE: Final = 2_000
_MEDIA: Final = re.compile(
    r"(audio|video|application) (\d{1,5}) (UDP/TLS/RTP/SAVPF) ((?:\d{1,3} ?){1,64})", re.ASCII
)
_MISSING: Final[tuple[str, ...]] = ()

Attributes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Section:
    """One ``m=`` line and what follows it. ``formats``: payload types, the preferred first."""

    kind: str
    formats: tuple[int, ...]
    attributes: Attributes

    def values(self, name: str) -> tuple[str, ...]:
        """Of every ``a=<name>:``; an attribute without a value has an empty one."""
        return self.attributes.get(name, _MISSING)

    def value(self, name: str) -> str:
        """Of the only one. Raises: ValueError."""
        return only(self.attributes, name)


@dataclass(frozen=True, slots=True)
class Described:
    """A whole description."""

    attributes: Attributes
    sections: tuple[Section, ...]


def only(attributes: Attributes, name: str) -> str:
    """The value of an attribute that has to be there once. Raises: ValueError."""
    values = attributes.get(name, _MISSING)
    if len(values) != 1:
        raise ValueError(f"a={name} is not there once")
    return values[0]


def read(sdp: str, max_sections: int) -> Described:
    """Sections beyond ``max_sections`` are an error. Raises: ValueError."""
    session, *media = _split(_lines(sdp))
    if len(media) > max_sections:
        raise ValueError("too many sections")
    return Described(_attributes(session), tuple(_section(lines) for lines in media))


def read_first(sdp: str) -> Described:
    """As ``read``, with the first section only, however many there are."""
    session, *media = _split(_lines(sdp))
    return Described(_attributes(session), tuple(_section(lines) for lines in media[:1]))


def _lines(sdp: str) -> list[str]:
    if len(sdp) > MAX_LENGTH:
        raise ValueError("description is too long")
    lines = sdp.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(lines) > _MAX_LINES or lines[0] != "v=0":
        raise ValueError("not a session description")
    for line in lines:
        if len(line) > _MAX_LINE or line[1:2] != "=" or not line.isprintable():
            raise ValueError("a line that is none")
    return lines


def _split(lines: Iterable[str]) -> list[list[str]]:
    """The session's lines, then those of each section."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            parts.append([])
        parts[-1].append(line)
    return parts


def _section(lines: list[str]) -> Section:
    found = _MEDIA.fullmatch(lines[0][2:])
    if found is None:
        raise ValueError("a section that is not DTLS-SRTP")
    formats = tuple(int(number) for number in found[4].split())
    return Section(found[1], formats, _attributes(lines[1:]))


def _attributes(lines: Iterable[str]) -> Attributes:
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if line.startswith("a="):
            name, _, value = line[2:].partition(":")
            found[name] = (*found.get(name, ()), value)
    return found
