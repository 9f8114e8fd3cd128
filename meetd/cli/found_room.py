"""The room that a command names."""

import sys

from meetd.core.refusals import Refusal
from meetd.rooms.names import normalise_room_name
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore


async def find_room(rooms: RoomStore, name: str) -> Room | None:
    """By the name it has now: a former one must not delete what it does not say."""
    try:
        room = await rooms.find(normalise_room_name(name))
    except Refusal:
        room = None
    if room is not None and room.name == normalise_room_name(name):
        return room
    now = f" It is called {room.name} now." if room else ""
    print(
        f"meetd: There is no room of that name.{now} meetd rooms list shows all.", file=sys.stderr
    )
    return None
