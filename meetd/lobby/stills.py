"""Pictures that came with knocks: in memory only, and not for long."""

from collections import OrderedDict

from meetd.lobby.knock import Knock

MOST_AT_A_DOOR = 50
MOST = 200
"""At all doors. The door with the most makes room: a crowd there takes nothing from others."""


class Stills:
    """The newest of every door."""

    def __init__(self) -> None:
        self._doors: dict[str, str] = {}
        self._stills: dict[str, OrderedDict[str, bytes]] = {}

    def keep(self, knock: Knock, still: bytes | None) -> None:
        """Instead of the one before; ``None``: none."""
        self.forget(knock.id)
        if still is None:
            return
        at_door = self._stills.setdefault(knock.door.key, OrderedDict())
        at_door[knock.id] = still
        self._doors[knock.id] = knock.door.key
        if len(at_door) > MOST_AT_A_DOOR:
            self.forget(next(iter(at_door)))
        elif len(self._doors) > MOST:
            fullest = max(self._stills, key=lambda door: len(self._stills[door]))
            self.forget(next(iter(self._stills[fullest])))

    def of(self, knock_id: str) -> bytes | None:
        door = self._doors.get(knock_id)
        return None if door is None else self._stills[door][knock_id]

    def forget(self, knock_id: str) -> None:
        door = self._doors.pop(knock_id, None)
        if door is None:
            return
        del self._stills[door][knock_id]
        if not self._stills[door]:
            del self._stills[door]
