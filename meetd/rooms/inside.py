"""Who is in a meeting now, and who went lately: known at once, whatever is still to be written."""


class Inside:
    """By participant id. Times in milliseconds since the Unix epoch."""

    def __init__(self) -> None:
        self._here: set[str] = set()
        self._left: dict[str, int] = {}
        """In the order of leaving."""

    def __contains__(self, participant_id: str) -> bool:
        return participant_id in self._here

    def left_at(self, participant_id: str) -> int | None:
        """When they went; ``None`` for whoever is in, or went long ago."""
        return self._left.get(participant_id)

    def came(self, participant_id: str) -> None:
        self._here.add(participant_id)
        self._left.pop(participant_id, None)

    def comes_back(self, participant_id: str) -> None:
        """On the threshold: not in yet, and not gone any more."""
        self._left.pop(participant_id, None)

    def went(self, participant_id: str, now: int) -> None:
        self._here.discard(participant_id)
        self._left.pop(participant_id, None)
        self._left[participant_id] = now

    def forget_before(self, cutoff: int) -> None:
        """Of whoever went before then nothing has to be known."""
        while self._left:
            participant_id, at = next(iter(self._left.items()))
            if at > cutoff:
                return
            del self._left[participant_id]
