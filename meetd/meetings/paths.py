"""How media between each two participants of a meeting travels, and why. No I/O and no clock: times
are arguments, in seconds.

A pair begins with the direct path. It goes to the relay when either end says that the direct path
failed or is bad, when the meeting outgrows direct paths, or when the server relays always; and
back when the reason is gone. What carries media is kept until the other path is connected at both
ends.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from meetd.protocol.media import PathChanged, PathKind, PathState, ReportPath, WhyPath

RelayRule = Literal["when needed", "always", "never"]
Reported = Literal["connecting", "connected", "degraded", "failed"]

SHRUNK_SECONDS: Final = 10.0
"""So long a meeting must be small again before it goes back to direct paths: people who come and
go shall not move everybody each time."""
RETRY_SECONDS: Final = (60.0, 300.0, 1_800.0)
"""After that the direct path of a pair that had none is tried again; the last one repeats. Networks
change, and trying costs nobody anything: the relay goes on meanwhile."""
REFUSED_SECONDS: Final = 30.0
"""How long nobody is sent to a relay that had no room for them."""

_Ends = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """To be told to both ends."""

    ends: _Ends
    path: PathKind
    state: PathState
    why: WhyPath

    def told_to(self, end: str) -> PathChanged:
        """As one end hears it."""
        first, second = self.ends
        other = second if end == first else first
        return PathChanged(participant=other, path=self.path, state=self.state, why=self.why)


_Verdict = tuple[PathKind, PathState, WhyPath]
_NO_REPORTS: Final[Mapping[tuple[PathKind, str], Reported]] = MappingProxyType({})


@cache
def _verdict(path: PathKind, state: PathState, why: WhyPath) -> _Verdict:
    """One object for each: a large room has more than a thousand pairs."""
    return path, state, why


@dataclass(slots=True)
class _Pair:
    """``trouble``: what is wrong with the direct path, as long as it is believed. ``is_relayed``:
    the relay carries or is to carry media, also while the direct path is being built."""

    path: PathKind = "direct"
    why: WhyPath = ""
    trouble: WhyPath = ""
    is_relayed: bool = False
    reports: Mapping[tuple[PathKind, str], Reported] = field(default_factory=lambda: _NO_REPORTS)
    tries: int = 0
    retry_at: float = float("inf")
    told: _Verdict | None = None

    def state(self, path: PathKind) -> PathState:
        """As both ends together say."""
        said = [state for (of, _), state in self.reports.items() if of == path]
        if "failed" in said or "degraded" in said:
            return "failed"
        return "connected" if said == ["connected"] * 2 else "connecting"

    def forget(self, path: PathKind) -> None:
        """What was said about a path that there is no more."""
        self.reports = {key: said for key, said in self.reports.items() if key[0] != path}

    def has(self, path: PathKind) -> bool:
        """Is there such a path now, carrying media or being built?"""
        if path == "relayed":
            return self.is_relayed
        return self.path == "direct" or self.state("relayed") != "connected"


class Paths:
    """Decides. Every method that changes something returns what to tell."""

    def __init__(self, rule: RelayRule, mesh_limit: int) -> None:
        """``mesh_limit``: participants up to whom paths are direct."""
        self._rule = rule
        self._mesh_limit = mesh_limit
        self._of: dict[str, dict[str, _Pair]] = {}
        self._refused: dict[str, float] = {}
        self._is_crowded = False
        self._shrunk_at = float("inf")

    def arrive(self, participant: str, now: float) -> list[Change]:
        """Somebody has a seat, or is back on it."""
        if participant in self._of:
            return []
        pairs = {other: _Pair() for other in self._of}
        for other, pair in pairs.items():
            self._of[other][participant] = pair
        self._of[participant] = pairs
        return self._decide_all(now)

    def leave(self, participant: str, now: float) -> list[Change]:
        self._refused.pop(participant, None)
        for other in self._of.pop(participant):
            del self._of[other][participant]
        return self._decide_all(now)

    def report(self, reporter: str, report: ReportPath, now: float) -> list[Change]:
        """What one end says. Of a path that there is not, nothing is believed."""
        pair = self._of.get(reporter, {}).get(report.participant)
        if pair is None or not pair.has(report.path):
            return []
        pair.reports = {**pair.reports, (report.path, reporter): report.state}
        if report.path == "direct" and report.state in {"failed", "degraded"}:
            pair.trouble = "failed" if report.state == "failed" else "degraded"
        return self._decide([((reporter, report.participant), pair)], now)

    def refuse(self, participant: str, now: float) -> list[Change]:
        """The relay has no room for what they send."""
        self._refused[participant] = now + REFUSED_SECONDS
        return self._decide_all(now)

    def due(self, now: float) -> list[Change]:
        """What is to be done by now; to be called at ``next_due``."""
        for participant in [one for one, until in self._refused.items() if until <= now]:
            del self._refused[participant]
        for _, pair in self._pairs():
            if pair.retry_at <= now:
                pair.trouble, pair.retry_at = "", float("inf")
        return self._decide_all(now)

    @property
    def next_due(self) -> float:
        """Infinity: never."""
        retries = (pair.retry_at for _, pair in self._pairs())
        return min((self._shrunk_at, *self._refused.values(), *retries))

    def relayed_with(self, participant: str) -> Iterator[str]:
        """Whom the relay carries media to and from."""
        for other, pair in self._of.get(participant, {}).items():
            if pair.is_relayed:
                yield other

    def is_relayed(self, participant: str) -> bool:
        return any(True for _ in self.relayed_with(participant))

    def seen_by(self, participant: str) -> Iterator[PathChanged]:
        """The paths of one participant, as they were last told."""
        for other, pair in self._of.get(participant, {}).items():
            if pair.told is not None:
                yield Change((participant, other), *pair.told).told_to(participant)

    def _pairs(self) -> Iterator[tuple[_Ends, _Pair]]:
        """Each once."""
        for one, pairs in self._of.items():
            yield from (((one, other), pair) for other, pair in pairs.items() if one < other)

    def _decide_all(self, now: float) -> list[Change]:
        self._count(now)
        return self._decide(self._pairs(), now)

    def _decide(self, pairs: Iterable[tuple[_Ends, _Pair]], now: float) -> list[Change]:
        changes = []
        for ends, pair in pairs:
            self._move(ends, pair, now)
            verdict = _verdict(pair.path, pair.state(pair.path), pair.why)
            has_news = bool(pair.reports) or pair.told is not None or pair.is_relayed
            if has_news and verdict is not pair.told:
                pair.told = verdict
                changes.append(Change(ends, *verdict))
        return changes

    def _count(self, now: float) -> None:
        """Are there too many for direct paths?"""
        if self._rule != "when needed":
            return
        if len(self._of) > self._mesh_limit:
            self._is_crowded, self._shrunk_at = True, float("inf")
        elif self._is_crowded:
            self._shrunk_at = min(self._shrunk_at, now + SHRUNK_SECONDS)
            if self._shrunk_at <= now:
                self._is_crowded, self._shrunk_at = False, float("inf")

    def _reason(self, ends: _Ends, pair: _Pair) -> WhyPath:
        """To relay that pair; empty: none."""
        if self._rule != "when needed":
            return "setting" if self._rule == "always" else ""
        if any(end in self._refused for end in ends):
            return ""
        return "crowd" if self._is_crowded else pair.trouble

    def _move(self, ends: _Ends, pair: _Pair, now: float) -> None:
        has_healed = pair.state("direct") == "connected" and pair.state("relayed") != "connected"
        if pair.trouble and has_healed:
            pair.trouble, pair.retry_at = "", float("inf")
        reason = self._reason(ends, pair)
        if reason:
            self._relay(pair, reason, now)
        elif pair.path == "relayed":
            self._return(pair)
        self._end_other(pair)

    def _relay(self, pair: _Pair, reason: WhyPath, now: float) -> None:
        if pair.trouble and pair.retry_at == float("inf"):
            pair.retry_at = now + RETRY_SECONDS[min(pair.tries, len(RETRY_SECONDS) - 1)]
            pair.tries += 1
        pair.path, pair.why, pair.is_relayed = "relayed", reason, True

    def _return(self, pair: _Pair) -> None:
        """To the direct path. A relay that carries nothing is not kept for it."""
        pair.path, pair.why = "direct", ""
        relayed = {state for (path, _), state in pair.reports.items() if path == "relayed"}
        if "connected" not in relayed:
            pair.is_relayed = False
            pair.forget("relayed")

    def _end_other(self, pair: _Pair) -> None:
        """Once both ends have the path that they should, the other is over."""
        if pair.state(pair.path) == "connected":
            pair.forget("relayed" if pair.path == "direct" else "direct")
            pair.is_relayed = pair.path == "relayed"
