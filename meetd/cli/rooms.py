"""``meetd rooms``: list, delete, take along and bring back, while the server is stopped."""

import argparse
import sys
from typing import Any

from meetd.accounts.accounts import Accounts
from meetd.audit.entry import OPERATOR
from meetd.cli import along
from meetd.cli.acts import Act, add_act, is_sure, print_data, print_table, run_act
from meetd.cli.found_room import find_room
from meetd.config.settings import Settings
from meetd.core.refusals import RoomHeld
from meetd.core.times import day_and_time
from meetd.rooms.also import audit_line
from meetd.rooms.room import Room
from meetd.stores import Stores


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "rooms",
        help="list, delete, export and import rooms",
        description="Work on the rooms of a data directory. Stop the server first: the directory"
        " is used by one process at a time. While it runs, owners delete their rooms on the page"
        " /account/rooms, and take them along.",
    )
    acts = parser.add_subparsers(metavar="ACTION", required=True)
    _act(acts, "list", _list, "list all rooms")
    delete = _act(acts, "delete", _delete, "delete a room and its key; nothing brings it back")
    delete.add_argument("name", metavar="NAME", help="as meetd rooms list shows it")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    along.add_to(acts)


def _act(acts: Any, name: str, act: Act, help_text: str) -> argparse.ArgumentParser:
    return add_act(acts, name, lambda options: run_act(options, act), help_text)


async def _list(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    owners = await _user_names(stores.accounts)
    found = [_facts(room, owners) async for room in stores.rooms.all()]
    if options.json:
        print_data(options, found, "")
    elif not found:
        print("There are no rooms yet. They are made on the pages of the server.")
    else:
        print_table(("ROOM", "OWNER", "DOOR", "LAST USED"), [_columns(facts) for facts in found])
    return 0


async def _delete(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    room = await find_room(stores.rooms, options.name)
    if room is None or not is_sure(options, f"Delete {room.name} with everything in it?"):
        return 1
    try:
        await stores.rooms.delete(room, audit_line(stores.audit, "room-deleted", OPERATOR, room))
    except RoomHeld:
        print("meetd: There is a legal hold on it. meetd holds lift ends that.", file=sys.stderr)
        return 1
    print_data(options, {"id": room.id, "name": room.name, "deleted": True}, "Deleted.")
    return 0


async def _user_names(accounts: Accounts) -> dict[str, str]:
    return {account.id: account.user_name async for account in accounts.all()}


def _facts(room: Room, owners: dict[str, str]) -> dict[str, Any]:
    """What ``--json`` prints. Times in milliseconds since the Unix epoch."""
    return {
        "id": room.id,
        "name": room.name,
        "owner": owners.get(room.owner_id) if room.owner_id else None,
        "locked": room.locked,
        "lastUsedAt": room.last_used_at,
    }


def _columns(facts: dict[str, Any]) -> list[str]:
    return [
        facts["name"],
        facts["owner"] or "nobody",
        "locked" if facts["locked"] else "open",
        day_and_time(facts["lastUsedAt"]),
    ]
