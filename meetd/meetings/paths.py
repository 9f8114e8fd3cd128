"""How media travels between each two participants of a meeting."""

from collections.abc import Iterator

from meetd.protocol.media import PathChanged, PathState


class Paths:
    """The last state that either end reported, per pair. A pair nobody reported has none.

    Today every path is direct; choosing the relay for a pair that failed belongs here.
    """

    def __init__(self) -> None:
        self._states: dict[frozenset[str], PathState] = {}

    def report(self, reporter: str, other: str, state: PathState) -> bool:
        """Take a report. Returns whether it changes anything."""
        pair = frozenset((reporter, other))
        changed = self._states.get(pair) != state
        self._states[pair] = state
        return changed

    def forget(self, participant: str) -> None:
        """The participant left."""
        for pair in [pair for pair in self._states if participant in pair]:
            del self._states[pair]

    def seen_by(self, participant: str) -> Iterator[PathChanged]:
        """The paths of one participant."""
        for pair, state in self._states.items():
            if participant in pair:
                (other,) = pair - {participant}
                yield PathChanged(participant=other, path="direct", state=state)
