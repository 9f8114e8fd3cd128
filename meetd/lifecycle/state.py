"""When the last good backup was made, for the alarm: a file in the data directory, written by
whoever made one, read by the server."""

from pathlib import Path
from typing import Final

import msgspec

from meetd.core.files import write_whole

_NAME: Final = "backups.json"


class Good(msgspec.Struct, frozen=True):
    """``made_at`` in ms since the Unix epoch; ``bytes`` of the archive and all files."""

    made_at: int
    night: str
    bytes: int
    files: int
    rows: int


class State(msgspec.Struct):
    """``since``: when backups were first looked for (ms since the Unix epoch). ``good``: by
    place."""

    since: int
    good: dict[str, Good] = {}

    def last_good(self, places: list[str]) -> int:
        """The time from which the alarm counts: of the place whose last backup is oldest."""
        return min(
            self.good[place].made_at if place in self.good else self.since for place in places
        )


def load_state(data: Path, now: int) -> State:
    """A damaged one begins anew: the next backup writes it. Raises: OSError."""
    try:
        return msgspec.json.decode((data / _NAME).read_bytes(), type=State)
    except (FileNotFoundError, msgspec.DecodeError):
        state = State(now)
        save_state(data, state)
        return state


def save_state(data: Path, state: State) -> None:
    """Raises: OSError."""
    write_whole(data / _NAME, msgspec.json.encode(state))
