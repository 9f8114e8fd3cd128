"""``meetd keys``: the recovery key, which opens every backup; new keys."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from meetd.cli.acts import add_act, print_data, run_act
from meetd.cli.found_room import find_room
from meetd.cli.options import data_directory, settings_from
from meetd.cli.progress import progress
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.core.files import write_whole
from meetd.lifecycle.tidying import SPARE_DAYS
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.master_key import rotate_master_key
from meetd.stores import Stores, room_keys_of

_TEXT = """\
# The recovery key of a meetd server. It opens every backup of it, alone: keep it apart from them,
# on paper or on another machine, and where nobody else reads it (docs/backup.md).
# meetd restore DIR --recovery-key FILE --data NEW, or: age -d -i FILE 2026-11-22T021500.000Z.age
{key}
"""


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "keys",
        help="export the recovery key, change other keys",
        description="The recovery key, which opens every backup, and new keys for the server and"
        " its rooms. docs/backup.md says which key opens what.",
    )
    acts = parser.add_subparsers(metavar="ACTION", required=True)
    export = add_act(acts, "export", _export, "write the recovery key, which opens every backup")
    export.add_argument("file", type=Path, metavar="FILE", help="a new file, with mode 0600")
    help_text = "change the master key; while the server runs, on the page /admin/jobs"
    add_act(acts, "rotate", lambda options: run_act(options, _rotate), help_text)
    help_text = (
        "change the key of a room and encrypt everything in it anew, while the server is stopped;"
        " while it runs, its owner does it on the page of the room. Killed or failed, it is gone on"
        " with by the next start of the server, or by saying it again with --finish"
    )
    room = add_act(acts, "rotate-room", lambda options: run_act(options, _rotate_room), help_text)
    room.add_argument("name", metavar="NAME", help="of the room")
    room.add_argument("--finish", action="store_true", help="make no new key, only go on")


async def _rotate(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    directory = DataDirectory(data_directory(settings))
    configured = settings.storage.master_key_file
    count = await rotate_master_key(stores.vault, directory, configured)
    told = f"There is a new master key, and it wraps {count} keys. The recovery key stays the same."
    print_data(options, {"keys": count}, told)
    return 0


async def _rotate_room(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    from meetd.lifecycle.job import JobFailed  # noqa: PLC0415

    room = await find_room(stores.rooms, options.name)
    if room is None:
        return 1
    keys = room_keys_of(settings, stores, SystemClock())
    if not options.finish and not await keys.change(room.id):
        print(f"meetd: Nothing was ever kept in {room.name}, so it has no key.", file=sys.stderr)
        return 1
    try:
        with progress() as report:
            keys.on_step(lambda step: report("room keys", step.done, step.total))
            facts = await keys.run_one(room.id)
    except JobFailed as failure:
        print(f"meetd: {failure}", file=sys.stderr)
        return 1
    days = settings.backup.keep_days + SPARE_DAYS
    told = (
        f"{room.name} has a new key. Encrypted anew: {facts['things']}; to follow, because they are"
        f" still on their way: {facts['waiting']} files. The former key opens older backups of the"
        f" room until they are gone; it is destroyed {days} days after it was replaced."
    )
    print_data(options, {"id": room.id, "name": room.name, **facts}, told)
    return 0


def _export(options: argparse.Namespace) -> int:
    from meetd.lifecycle.problem import BackupProblem  # noqa: PLC0415

    settings = settings_from(options)
    try:
        write_recovery_key(settings, DataDirectory(data_directory(settings)), options.file)
    except (BackupProblem, StorageError) as problem:
        print(f"meetd: {problem}", file=sys.stderr)
        return 1
    told = f"The recovery key is in {options.file}. Move it to where the backups are not."
    print_data(options, {"file": str(options.file)}, told)
    return 0


def write_recovery_key(settings: Settings, directory: DataDirectory, file: Path) -> None:
    """Raises: BackupProblem, StorageError."""
    from meetd.lifecycle.problem import BackupProblem, of_disk  # noqa: PLC0415
    from meetd.lifecycle.recovery import recovery_key  # noqa: PLC0415

    if file.exists():
        raise BackupProblem(f"{file} is there already. Name a new file.")
    key = asyncio.run(recovery_key(directory, settings.storage.master_key_file))
    try:
        write_whole(file, _TEXT.format(key=key.reveal()).encode())
    except OSError as error:
        raise of_disk(error, f"writing {file}") from error
