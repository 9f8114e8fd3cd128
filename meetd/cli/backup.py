"""``meetd backup``: now, or list what there is. The server may run."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from meetd.cli.acts import print_data, print_table
from meetd.cli.options import add_common_options, data_directory, settings_from
from meetd.cli.progress import progress
from meetd.cli.restore import made_by
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.core.times import day_and_time
from meetd.storage.directory import DataDirectory, StorageError

if TYPE_CHECKING:
    from meetd.lifecycle.proof import Prover


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "backup",
        help="back everything up now, or list the backups",
        description="Write an archive of this moment, verify it by restoring it, and remove what is"
        " too old. The server may run, with meetings. Only the recovery key opens the archives:"
        " meetd keys export FILE writes it, and meetd restore uses it.",
    )
    parser.add_argument(
        "act", nargs="?", choices=("now", "list"), default="now", help="now (default), or list"
    )
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="folder to write to, or to list (default: [backup] directory, else backups in the data"
        " directory; and the bucket, if there is one)",
    )
    add_common_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    # Imported late: a wrong configuration is told at once.
    from meetd.lifecycle.problem import BackupProblem, of_disk  # noqa: PLC0415

    settings = settings_from(options)
    directory = DataDirectory(data_directory(settings))
    try:
        act = _list if options.act == "list" else _now
        return act(options, settings, directory)
    except (BackupProblem, StorageError) as problem:
        print(f"meetd: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"meetd: {of_disk(error, 'looking at the backups')}", file=sys.stderr)
    return 1


def _now(options: argparse.Namespace, settings: Settings, directory: DataDirectory) -> int:
    from meetd.lifecycle.problem import ClockDoubted  # noqa: PLC0415
    from meetd.lifecycle.runs import back_up, prune_backups  # noqa: PLC0415

    depots = _depots(options, settings, directory)
    clock = SystemClock()
    with progress() as report:
        good = back_up(settings, directory, depots, clock, report)
        try:
            gone = prune_backups(settings, directory, depots, clock, report)
        except ClockDoubted as doubt:
            gone = 0
            print(f"meetd: {doubt}", file=sys.stderr)
    lines = [
        f"Backed up and verified: {each.night}, {each.rows} rows, {each.files} files,"
        f" {each.bytes / 1e6:.1f} MB with the archive, in {depot.where}"
        for each, depot in zip(good, depots, strict=True)
    ]
    lines += [f"Removed what was too old: {gone}."] if gone else []
    facts = [
        msgspec.to_builtins(each) | {"where": depot.where}
        for each, depot in zip(good, depots, strict=True)
    ]
    print_data(options, {"backups": facts, "removed": gone}, "\n".join(lines))
    return 0


def _list(options: argparse.Namespace, settings: Settings, directory: DataDirectory) -> int:
    from meetd.lifecycle.nights import sorted_nights  # noqa: PLC0415

    depots = _depots(options, settings, directory)
    found = [(depot, *sorted_nights(depot, depot.names())) for depot in depots]
    if not any(nights or damaged for _, nights, damaged in found):
        return _tell_of_none(options, depots, directory)
    prover = _prover(settings, directory)
    facts: list[dict[str, Any]] = []
    for depot, nights, damaged in found:
        facts += [{"night": each.name, "damaged": True, "where": depot.where} for each in damaged]
        facts += [
            {
                "night": night.name,
                "madeAt": night.note.made_at,
                "bytes": night.note.size,
                "files": len(night.note.blobs),
                "proven": prover and prover.proves_note(night.name, night.note),
                "where": depot.where,
            }
            for night in nights
        ]
    if options.json:
        print_data(options, facts, "")
    else:
        columns = ("NIGHT", "MADE", "ARCHIVE", "FILES", "MADE BY", "WHERE")
        print_table(columns, [_columns(each) for each in facts])
    return 0


def _tell_of_none(options: argparse.Namespace, depots: list[Any], directory: DataDirectory) -> int:
    """Where was looked, and what to type. Raises: BackupProblem, StorageError where a folder is
    not there at all, because its name is wrong then."""
    from meetd.lifecycle.problem import BackupProblem  # noqa: PLC0415

    if options.to is not None and not options.to.expanduser().is_dir():
        raise BackupProblem(f"{depots[0].where} is not a folder. Name another one with --to.")
    if options.to is None and not directory.database.exists():
        raise StorageError(
            f"There is no data of meetd in {directory.path}, and no backup. Name its folder with"
            " --data, or the folder of the backups with --to."
        )
    places = " or ".join(depot.where for depot in depots)
    sentence = (
        f"There are no backups in {places} yet. meetd backup makes one there; meetd backup list"
        " --to DIR looks into another folder."
    )
    print_data(options, [], sentence)
    return 0


def _prover(settings: Settings, directory: DataDirectory) -> "Prover | None":
    """With the key of this server, where it can be read: a list is wanted most when it cannot."""
    from meetd.lifecycle.problem import BackupProblem  # noqa: PLC0415
    from meetd.lifecycle.proof import Prover  # noqa: PLC0415
    from meetd.lifecycle.recovery import recovery_key  # noqa: PLC0415

    try:
        return Prover(asyncio.run(recovery_key(directory, settings.storage.master_key_file)))
    except (BackupProblem, StorageError) as problem:
        print(f"meetd: Whose the backups are was not checked: {problem}", file=sys.stderr)
        return None


def _columns(facts: dict[str, Any]) -> list[str]:
    if "damaged" in facts:
        return [facts["night"], "damaged", "", "", "", facts["where"]]
    return [
        facts["night"],
        day_and_time(facts["madeAt"]),
        f"{facts['bytes'] / 1e6:.1f} MB",
        str(facts["files"]),
        made_by(proven=facts["proven"]),
        facts["where"],
    ]


def _depots(options: argparse.Namespace, settings: Settings, directory: DataDirectory) -> list[Any]:
    from meetd.lifecycle.depot import LocalDepot  # noqa: PLC0415
    from meetd.lifecycle.depots import depots_of  # noqa: PLC0415

    if options.to is not None:
        return [LocalDepot(options.to.expanduser().resolve())]
    return depots_of(settings, directory.path)
