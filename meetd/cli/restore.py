"""``meetd restore``: a night into a new data directory, or in the place of one."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meetd.cli.acts import print_data, print_table
from meetd.cli.options import add_common_options, data_directory, settings_from
from meetd.cli.progress import progress
from meetd.config.settings import Settings
from meetd.content.store import settle_copy
from meetd.core.clock import Clock, SystemClock
from meetd.core.times import day_and_time
from meetd.usage.store import close_month_in

if TYPE_CHECKING:
    from meetd.lifecycle.proof import Prover

_S3 = "s3"
_NAME_IT = "Name the one that meetd backup wrote to: meetd backup list shows where that is."


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "restore",
        help="restore a backup",
        description="Make a data directory, --data, out of a backup. What was deleted after it"
        " stays deleted. Nothing that is there is touched; with --replace it gets another name."
        " meetd keys export wrote the recovery key, and meetd backup list shows where backups"
        " are.",
    )
    parser.add_argument(
        "source", metavar="DIR", help="folder with the backups, or s3: the bucket of [backup]"
    )
    parser.add_argument(
        "--at",
        default="",
        metavar="DATE",
        help="the last one until then, such as 2026-11-22 (default: the last of all)",
    )
    parser.add_argument("--recovery-key", type=Path, metavar="FILE", help="the key that opens it")
    parser.add_argument("--list", action="store_true", help="show the nights, restore nothing")
    parser.add_argument("--dry-run", action="store_true", help="check all of it, keep nothing")
    parser.add_argument(
        "--replace", action="store_true", help="rename the data directory that is there"
    )
    parser.add_argument(
        "--accept-damage", action="store_true", help="leave out files that are damaged"
    )
    parser.add_argument(
        "--accept-unproven",
        action="store_true",
        help="restore what nothing proves that this server made: older backups, or those of"
        " somebody else",
    )
    add_common_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from meetd.lifecycle.problem import BackupProblem, of_disk  # noqa: PLC0415

    settings = settings_from(options)
    try:
        act = _list if options.list else _restore
        return act(options, settings)
    except BackupProblem as problem:
        print(f"meetd: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"meetd: {of_disk(error, 'looking at the backups')}", file=sys.stderr)
    return 1


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from meetd.lifecycle.nights import sorted_nights  # noqa: PLC0415

    depot = _depot(options, settings)
    nights, damaged = sorted_nights(depot, depot.names())
    prover = _prover(options)
    facts: list[dict[str, Any]] = [
        {
            "night": night.name,
            "madeAt": night.note.made_at,
            "files": len(night.note.blobs),
            "proven": prover and prover.proves_note(night.name, night.note),
        }
        for night in nights
    ]
    facts += [{"night": each.name, "damaged": True} for each in damaged]
    if options.json or not facts:
        print_data(options, facts, f"There is no finished backup in {depot.where}. {_NAME_IT}")
    else:
        print_table(("NIGHT", "MADE", "MADE BY"), [_columns(each) for each in facts])
    return 0


def _columns(facts: dict[str, Any]) -> list[str]:
    if "damaged" in facts:
        return [facts["night"], "damaged", ""]
    return [facts["night"], day_and_time(facts["madeAt"]), made_by(proven=facts["proven"])]


def made_by(*, proven: bool | None) -> str:
    """``None``: there is no recovery key at hand to tell."""
    if proven is None:
        return "not checked"
    return "this server" if proven else "unproven"


def _prover(options: argparse.Namespace) -> "Prover | None":
    """With the recovery key, where it is named. Raises: BackupProblem."""
    from meetd.lifecycle.proof import Prover  # noqa: PLC0415
    from meetd.lifecycle.recovery import read_recovery_key  # noqa: PLC0415

    return Prover(read_recovery_key(options.recovery_key)) if options.recovery_key else None


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    from meetd.lifecycle.nights import choose, nights_in  # noqa: PLC0415
    from meetd.lifecycle.place import place_for  # noqa: PLC0415
    from meetd.lifecycle.problem import BackupProblem  # noqa: PLC0415
    from meetd.lifecycle.recovery import read_recovery_key  # noqa: PLC0415
    from meetd.lifecycle.restore import restore  # noqa: PLC0415

    if options.recovery_key is None:
        raise BackupProblem(
            "The recovery key is missing. Name its file with --recovery-key; meetd keys export"
            " wrote it."
        )
    identity = read_recovery_key(options.recovery_key)
    depot = _depot(options, settings)
    night = choose(nights_in(depot, depot.names()), options.at, depot.where)
    target = data_directory(settings)
    with (
        place_for(target, replace=options.replace, dry_run=options.dry_run) as place,
        progress() as report,
    ):
        restored = restore(
            depot,
            night,
            identity,
            place,
            settle=settling(SystemClock()),
            report=report,
            accept_damage=options.accept_damage,
            accept_unproven=options.accept_unproven,
            dry_run=options.dry_run,
        )
    facts = {
        "night": restored.night,
        "madeAt": restored.made_at,
        "rows": restored.rows,
        "deletedAgain": restored.deleted,
        "keys": restored.keys,
        "files": restored.files,
        "bytes": restored.bytes,
        "missing": restored.missing,
        "proven": restored.proven,
        "dryRun": options.dry_run,
        "data": str(target),
        "before": str(place.aside) if place.aside else None,
    }
    print_data(options, facts, _sentence(facts))
    return 0


def settling(clock: Clock) -> Callable[[Path], set[str]]:
    """What is to be done in a copy of the database before a server has it. Returns the files that
    are needed."""

    def settle(database: Path) -> set[str]:
        close_month_in(database, clock.now())
        return settle_copy(database)

    return settle


def _sentence(facts: dict[str, Any]) -> str:
    done = "Could be restored" if facts["dryRun"] else f"Restored to {facts['data']}"
    rows = sum(facts["rows"].values())
    files = f"{facts['files']} files of {facts['bytes'] / 1e6:.1f} MB"
    lines = [f"{done}: {facts['night']}, {rows} rows, {files}, {facts['keys']} keys."]
    if not facts["proven"]:
        lines.append(
            "Nothing proves that this server made it. Before you let anybody in: look at the"
            " accounts (meetd accounts list) and at who is administrator."
        )
    if facts["deletedAgain"]:
        lines.append(f"Deleted after that backup, and so again: {facts['deletedAgain']} rows.")
    if facts["missing"]:
        lines.append(f"Files that are not there: {', '.join(facts['missing'])}.")
    if facts["before"]:
        lines.append(f"What was there is in {facts['before']} now.")
    return "\n".join(lines)


def _depot(options: argparse.Namespace, settings: Settings) -> Any:
    from meetd.lifecycle.depot import LocalDepot  # noqa: PLC0415
    from meetd.lifecycle.problem import BackupProblem  # noqa: PLC0415

    if options.source == _S3 and not settings.backup.s3_bucket:
        raise BackupProblem(
            "No bucket is configured: set [backup] s3_bucket in the configuration file, or name"
            " the folder that meetd backup wrote to."
        )
    if options.source == _S3:
        from meetd.lifecycle.depots import s3_depot_of  # noqa: PLC0415

        return s3_depot_of(settings.backup, data_directory(settings).parent)
    folder = Path(options.source).expanduser().resolve()
    if not folder.is_dir():
        raise BackupProblem(f"{folder} is not a folder. {_NAME_IT}")
    return LocalDepot(folder)
