"""The sections of the offer on which a participant receives: filled, emptied and filled again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Final

from meetd.protocol.relay import Slot
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.subscriber import MAX_SUBSCRIPTIONS
from meetd.relay.forwarding.subscription import Identity
from meetd.relay.forwarding.track import Track
from meetd.relay.session.sending import new_ssrc

Wanted = Mapping[tuple[str, Slot], Track]
"""By participant and slot."""

_FIRST_LETTERS: Final = ascii_lowercase[:20]


@dataclass(frozen=True, slots=True)
class Stream:
    """Somebody's track in a section. A new identity each time: numbers and keys of one SSRC must
    never begin anew (RFC 3711, 9.1)."""

    participant: str
    slot: Slot
    track: Track
    identity: Identity

    @property
    def key(self) -> tuple[str, Slot]:
        return self.participant, self.slot


@dataclass(frozen=True, slots=True)
class Section:
    """``stream``: None while nothing is sent in it."""

    mid: str
    codec: Codec
    stream: Stream | None = None


class Sections:
    """Keeps their order; there are never more than ``MAX_SUBSCRIPTIONS``."""

    def __init__(self) -> None:
        self.all: list[Section] = []

    def change(self, wanted: Wanted) -> bool:
        """Make them carry what is wanted. Returns whether anything is another now."""
        before = list(self.all)
        for place, section in enumerate(self.all):
            stream = section.stream
            if stream is not None and wanted.get(stream.key) is not stream.track:
                self.all[place] = replace(section, stream=None)
        there = {section.stream.key for section in self.all if section.stream is not None}
        for key, track in wanted.items():
            if key not in there:
                self._put(key, track)
        return self.all != before

    def _put(self, key: tuple[str, Slot], track: Track) -> None:
        place = next((place for place, one in enumerate(self.all) if _is_free(one, track)), None)
        if place is None:
            if len(self.all) >= MAX_SUBSCRIPTIONS:
                return  # more than anybody can look at
            place = len(self.all)
            self.all.append(Section(_mid(place), track.codec))
        section = self.all[place]
        identity = Identity(section.mid, *self._new_ssrcs(track.codec))
        self.all[place] = replace(section, stream=Stream(*key, track, identity))

    def _new_ssrcs(self, codec: Codec) -> tuple[int, int]:
        """Of the stream and of its RTX, 0 without."""
        streams = (section.stream for section in self.all)
        used = {s for one in streams if one for s in (one.identity.ssrc, one.identity.rtx_ssrc)}
        fresh: list[int] = []
        while len(fresh) < 2:  # noqa: PLR2004
            ssrc = new_ssrc()
            if ssrc not in used and ssrc not in fresh:
                fresh.append(ssrc)
        return fresh[0], fresh[1] if codec.rtx_payload_type else 0


def _is_free(section: Section, track: Track) -> bool:
    return section.stream is None and section.codec is track.codec


def _mid(place: int) -> str:
    """Two letters, as the canonical head has room for."""
    return _FIRST_LETTERS[place // 26] + ascii_lowercase[place % 26]
