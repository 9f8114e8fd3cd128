"""``meetd export``: everything kept about an account in one archive; the server is stopped."""

import argparse
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from meetd.cli.acts import Act, add_act_options, print_data, run_act
from meetd.cli.progress import progress
from meetd.config.settings import Settings
from meetd.privacy.archive import write_archive
from meetd.stores import Stores


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "export",
        help="write everything kept about an account into an archive",
        description="Write everything kept about an account into a zip archive: JSON, CSV and"
        " files, in clear. Stop the server first. While it runs, people make their own archive on"
        " the page /account/data.",
    )
    parser.add_argument("email", metavar="E-MAIL")
    parser.add_argument("file", type=Path, metavar="FILE", help="must not be there yet")
    add_act_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return run_writing(options, _export)


def run_writing(options: argparse.Namespace, act: Act) -> int:
    """As ``run_act``, for one that writes ``options.file``: whole, or not at all."""
    try:
        return run_act(options, act)
    except OSError as error:
        print(f"meetd: {options.file} cannot be written: {error.strerror}.", file=sys.stderr)
    finally:
        with suppress(OSError):  # where nothing can be made, nothing was
            part_of(options.file).unlink(missing_ok=True)
    return 1


def is_free(path: Path) -> bool:
    """Nothing is written over; says so."""
    if path.exists():
        print(f"meetd: {path} is there already. Name another file.", file=sys.stderr)
    return not path.exists()


async def _export(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    account = await stores.accounts.by_email(options.email)
    if account is None:
        print("meetd: There is no account with that e-mail address.", file=sys.stderr)
        return 1
    if not is_free(options.file):
        return 1
    part = part_of(options.file)
    with private(part) as file, progress() as report:

        def told(done: int, total: int) -> None:
            report("archive", done, total)

        counts = await write_archive(file, stores.holdings, account.id, told)
    part.rename(options.file)
    rows = sum(counts.values())
    sentence = f"Written: {options.file}, {rows} rows of {len(counts)} kinds."
    print_data(options, {"file": str(options.file), "rows": counts}, sentence)
    return 0


def part_of(path: Path) -> Path:
    """Its name until it is whole."""
    return path.with_name(path.name + ".part")


def private(path: Path) -> io.FileIO:
    """For this user only. Raises: OSError."""
    return io.FileIO(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")
