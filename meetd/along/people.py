"""People in an archive are numbers in the order in which they appear, beside a name as text."""

from meetd.core.ids import new_id


class Numbers:
    """Of participant ids, while an archive is written."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, participant: str) -> int:
        return self._known.setdefault(participant, len(self._known) + 1)


class Ids:
    """Participant ids that were nobody's before, for numbers, while an archive is read."""

    def __init__(self) -> None:
        self._known: list[str] = []

    def of(self, number: int) -> str:
        """Raises: ValueError for a number that nobody has who appeared before, and that is not the
        next one."""
        if number > len(self._known) + 1:
            raise ValueError("somebody who did not appear yet")
        if number == len(self._known) + 1:
            self._known.append(new_id())
        return self._known[number - 1]
