"""``meetd export``: everything kept about an account in one archive; the server is stopped."""

import argparse
import asyncio
import io
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from meetd.cli.acts import Act, add_act_options, print_data, run_act
from meetd.cli.found_account import find_account
from meetd.cli.progress import progress
from meetd.config.settings import Settings
from meetd.core.files import nameless, sync_folder
from meetd.privacy.archive import LEFT_OUT, write_archive
from meetd.privacy.space import NoSpace, check_space
from meetd.stores import Stores


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "export",
        help="write everything kept about an account into an archive",
        description="Write everything kept about an account into a zip archive: JSON, CSV and"
        " files, in clear. Stop the server first. While it runs, people make their own archive on"
        " the page /account/data.",
    )
    parser.add_argument("email", metavar="E-MAIL", help="of the account")
    parser.add_argument("file", type=Path, metavar="FILE", help="must not be there yet")
    add_act_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return run_writing(options, _export)


def run_writing(options: argparse.Namespace, act: Act) -> int:
    """As ``run_act``, for one that writes ``options.file``; says why it could not be written."""
    try:
        return run_act(options, act)
    except OSError as error:
        print(f"meetd: {options.file} cannot be written: {error.strerror}.", file=sys.stderr)
    except NoSpace as lack:
        print(
            f"meetd: {options.file} needs up to {lack.needed / 1e6:.0f} MB of free space"
            f" there; {lack.free / 1e6:.0f} MB are free. Make room, or name a file on another"
            " disk.",
            file=sys.stderr,
        )
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("meetd: Interrupted; nothing was written.", file=sys.stderr)
    return 1


def is_free(path: Path) -> bool:
    """Nothing is written over; says so."""
    if path.exists():
        print(f"meetd: {path} is there already. Name another file.", file=sys.stderr)
        return False
    return True


async def _export(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    account = await find_account(stores.accounts, options.email)
    if account is None or not is_free(options.file):
        return 1
    free = shutil.disk_usage(options.file.parent).free
    await check_space(stores.holdings, account.id, free)
    counts = await _write(stores, account.id, options.file)
    rows = sum(counts.values())
    sentence = f"Written: {options.file}, {rows} rows of {len(counts)} kinds."
    print_data(options, {"file": str(options.file), "rows": counts}, sentence)
    return told_of_damage(counts.get(LEFT_OUT, 0), "csv/left-out.csv in it names")


async def _write(stores: Stores, account_id: str, target: Path) -> dict[str, int]:
    """Whole or not at all. Raises: OSError."""
    with (
        until_whole(target) as file,
        nameless(target.parent) as scratch,
        progress() as report,
    ):

        def told(done: int, total: int) -> None:
            report("archive", done, total)

        return await write_archive(file, scratch, stores.holdings, account_id, told)


def told_of_damage(left_out: int, what_names: str) -> int:
    """Returns the exit status: not everything is there that was asked for. ``what_names``: the
    part of the archive that tells which files they are, with its verb."""
    if not left_out:
        return 0
    print(
        f"meetd: Files that are damaged and not in the archive: {left_out}. {what_names} them; a"
        " backup may still have them (meetd restore).",
        file=sys.stderr,
    )
    return 1


@contextmanager
def until_whole(target: Path) -> Iterator[io.FileIO]:
    """A file beside it, for this user only, that gets its name at the end; whatever ends it before,
    Ctrl-C and SIGTERM included, nothing stays. Raises: OSError."""
    part = target.with_name(target.name + ".part")
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - it is run in one
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        with _private(part) as file:
            yield file
            os.fsync(file.fileno())
        part.rename(target)
        sync_folder(target.parent)
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
        with suppress(OSError):  # where nothing can be made, nothing was
            part.unlink(missing_ok=True)


def _private(path: Path) -> io.FileIO:
    """Raises: OSError."""
    return io.FileIO(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")
