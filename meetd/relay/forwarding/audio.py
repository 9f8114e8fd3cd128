"""Who is heard: of all sound tracks of a meeting, the loudest few (RFC 6464, RFC 7667, 3.7)."""

from typing import Final

from meetd.relay.forwarding.track import Track
from meetd.relay.rtp.canonical import NO_LEVEL

LOUDEST: Final = 6
"""More voices at once nobody follows."""
HANGOVER: Final = 2.0
"""Seconds of digital silence after which a track is not sent: a muted microphone goes on at 50
packets per second, to everybody."""

_INTERVAL: Final = 0.05
_SILENCE: Final = 127
_UNKNOWN_LOUDNESS: Final = 60.0
"""In the middle: a publisher that sends no level is still heard."""
_RISE, _FALL = 0.4, 0.05
_ADVANTAGE: Final = 6.0
"""dB by which somebody must be louder than who is heard already: no taking turns mid-word."""


class _Voice:
    __slots__ = ("heard_at", "loudness")

    def __init__(self) -> None:
        self.loudness = 0.0
        self.heard_at = float("-inf")


class Loudest:
    """Opens and closes sound tracks by their levels. One per meeting."""

    def __init__(self, count: int = LOUDEST) -> None:
        self._count = count
        self._voices: dict[Track, _Voice] = {}
        self._audible: set[Track] = set()
        self._rank_at = float("-inf")

    def add(self, track: Track) -> None:
        self._voices[track] = _Voice()

    def remove(self, track: Track) -> None:
        self._voices.pop(track, None)
        self._audible.discard(track)

    def hear(self, track: Track, level: int, now: float) -> None:
        """One packet's level byte. A first word is not cut off: an empty place is taken at once."""
        voice = self._voices.get(track)
        if voice is None:
            return
        loudness = _UNKNOWN_LOUDNESS if level == NO_LEVEL else float(_SILENCE - (level & 0x7F))
        voice.loudness += (loudness - voice.loudness) * (_RISE if loudness else _FALL)
        if loudness:
            voice.heard_at = now
        begins = loudness > 0 and track not in self._audible and len(self._audible) < self._count
        if begins or now >= self._rank_at:
            self.rank(now)

    def rank(self, now: float) -> None:
        """Decide anew who is heard."""
        self._rank_at = now + _INTERVAL
        speaking = [t for t, voice in self._voices.items() if now - voice.heard_at < HANGOVER]
        audible = set(sorted(speaking, key=self._place, reverse=True)[: self._count])
        for track in self._audible - audible:
            track.set_audible(False, now)
        for track in audible - self._audible:
            track.set_audible(True, now)
        self._audible = audible

    def _place(self, track: Track) -> float:
        return self._voices[track].loudness + (_ADVANTAGE if track in self._audible else 0.0)
