"""``meetd rooms export`` and ``meetd rooms import``: a room in one archive, on this server or to
another one; the server is stopped."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from meetd.along.reading import ArchiveRefused
from meetd.along.unpacking import Owner
from meetd.along.writing import Writing
from meetd.app.archiving import check_space_of_room, sources_of
from meetd.app.house import arrivals_of, boards_of, intake_of, usage_of
from meetd.boards.picture import PictureFailed
from meetd.cli.acts import add_act_options, print_data, run_act
from meetd.cli.export import is_free, run_writing, told_of_damage, until_whole
from meetd.cli.found_account import find_account
from meetd.cli.found_room import find_room
from meetd.cli.options import data_directory
from meetd.cli.progress import progress
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.core.refusals import ItemDamaged, Refusal
from meetd.pages.words import Languages
from meetd.rooms.names import normalise_room_name
from meetd.storage.directory import DataDirectory
from meetd.stores import Stores


def add_to(acts: Any) -> None:
    export: argparse.ArgumentParser = acts.add_parser(
        "export",
        help="write a room into an archive",
        description="Write what everybody in a room may see (chat, files, whiteboards) into a zip"
        " archive, in clear. Its index.html opens in a browser without a network.",
    )
    export.add_argument("name", metavar="NAME", help="of the room")
    export.add_argument("file", type=Path, metavar="FILE", help="must not be there yet")
    export.add_argument(
        "--language", choices=("en", "nl"), default="en", help="of its pages (default: en)"
    )
    add_act_options(export)
    export.set_defaults(run=lambda options: run_writing(options, _export))
    bring: argparse.ArgumentParser = acts.add_parser(
        "import",
        help="make a room from an archive",
        description="Make a new room from the archive of one, made here or on another server.",
    )
    bring.add_argument("file", type=Path, metavar="FILE", help="the archive")
    bring.add_argument("--owner", required=True, metavar="E-MAIL", help="whose the room will be")
    bring.add_argument(
        "--name", default="", metavar="NAME", help="of the new room (default: as it was, if free)"
    )
    add_act_options(bring)
    bring.set_defaults(run=lambda options: run_act(options, _import))


async def _export(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    room = await find_room(stores.rooms, options.name)
    if room is None or not is_free(options.file):
        return 1
    boards = boards_of(settings, stores)
    usage = usage_of(stores, boards, intake_of(settings, stores, SystemClock()))
    await check_space_of_room(usage, room.id, shutil.disk_usage(options.file.parent).free)
    words = Languages().named(options.language)
    try:
        with until_whole(options.file) as file, progress() as report:
            writing = Writing(
                room, sources_of(stores), words, lambda done, all_: report("archive", done, all_)
            )
            manifest = await writing.write(file)
    except (ItemDamaged, PictureFailed):
        print("meetd: Something in the room cannot be read. Try it again.", file=sys.stderr)
        return 1
    facts = {
        "file": str(options.file),
        "messages": manifest.messages,
        "files": len(manifest.files),
        "whiteboards": len(manifest.whiteboards),
        "leftOut": manifest.leftOut,
    }
    counts = f"{facts['messages']} messages, {facts['files']} files"
    sentence = f"Written: {options.file}, {counts}, {facts['whiteboards']} whiteboards."
    print_data(options, facts, sentence)
    return told_of_damage(len(manifest.leftOut), "Its index.html names")


async def _import(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    owner = await _owner(stores, options)
    if owner is None:
        return 1
    directory, clock = DataDirectory(data_directory(settings)), SystemClock()
    intake, boards = intake_of(settings, stores, clock), boards_of(settings, stores)
    arrivals = arrivals_of(settings, directory, stores, intake, boards)
    arrival = await stores.arrivals.begin(owner.account_id)
    if arrival is None:
        print(
            "meetd: Another archive of this account is on its way. Start the server to see"
            " what becomes of it.",
            file=sys.stderr,
        )
        return 1
    try:
        with options.file.open("rb") as file:
            room = await arrivals.take_in(arrival, file, owner)
    except ArchiveRefused as refused:
        sentence = Languages().english(f"along.trouble_{refused.reason}")
        print(f"meetd: {sentence}", file=sys.stderr)
        return 1
    except OSError as error:
        await stores.arrivals.fail(arrival, "failed")
        print(f"meetd: {options.file} cannot be read: {error.strerror}.", file=sys.stderr)
        return 1
    finally:
        await boards.close()
    print_data(options, {"id": room.id, "name": room.name}, f"The room is here: {room.name}")
    return 0


async def _owner(stores: Stores, options: argparse.Namespace) -> Owner | None:
    account = await find_account(stores.accounts, options.owner)
    if account is None:
        return None
    try:
        name = normalise_room_name(options.name) if options.name else ""
    except Refusal:
        sentence = Languages().english("error.RoomNameInvalid")
        print(f"meetd: {sentence}", file=sys.stderr)
        return None
    return Owner(account.id, name)
