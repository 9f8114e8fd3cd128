"""What the commands share that work on a data directory while the server is stopped."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import msgspec

from meetd.cli.options import add_common_options, data_directory, settings_from
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.core.refusals import StorageFailed, StorageFull
from meetd.storage.directory import DataDirectory, StorageError
from meetd.stores import Stores, open_stores

Act = Callable[[Stores, Settings, argparse.Namespace], Awaitable[int]]
"""Returns the exit status."""


def add_act(
    acts: Any, name: str, run: Callable[[argparse.Namespace], int], help_text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=help_text, description=help_text)
    add_act_options(parser)
    parser.set_defaults(run=run)
    return parser


def add_act_options(parser: argparse.ArgumentParser) -> None:
    add_common_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run_act(options: argparse.Namespace, act: Act, *, makes_data: bool = False) -> int:
    """Open storage, act, close it. ``makes_data``: also where there is none yet.

    Raises: ConfigError, and what the act raises.
    """
    settings = settings_from(options)
    directory = DataDirectory(data_directory(settings))
    try:
        if not makes_data:
            _check_is_there(directory)
        return asyncio.run(_with_stores(settings, directory, options, act))
    except StorageError as error:
        print(f"meetd: {error}", file=sys.stderr)
    except StorageFull:
        print(f"meetd: {directory.out_of_room}", file=sys.stderr)
    except StorageFailed:
        print(
            f"meetd: What is kept in {directory.path} cannot be written. Look at its disk, and at"
            " who may write there, then start this again.",
            file=sys.stderr,
        )
    return 1


def _check_is_there(directory: DataDirectory) -> None:
    """Nobody who looks wants an empty folder made. Raises: StorageError."""
    if not directory.database.exists():
        raise StorageError(
            f"There is no data of meetd in {directory.path}. Name its folder with --data, or start"
            " meetd serve once to make it."
        )


async def _with_stores(
    settings: Settings, directory: DataDirectory, options: argparse.Namespace, act: Act
) -> int:
    """As the server opens them, lock and migrations included."""
    async with AsyncExitStack() as stack:
        stores = await open_stores(stack, settings, directory, SystemClock())
        return await act(stores, settings, options)


def is_sure(options: argparse.Namespace, question: str) -> bool:
    """``--yes``, or a person who says so."""
    if options.yes:
        return True
    if not sys.stdin.isatty():
        print("meetd: This cannot be undone. Say --yes to do it.", file=sys.stderr)
        return False
    if input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}:
        return True
    print("meetd: Nothing was changed.", file=sys.stderr)
    return False


def print_data(options: argparse.Namespace, data: Any, sentence: str) -> None:
    if options.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(data)).decode() + "\n")
    else:
        print(sentence)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """In columns as wide as what is in them."""
    lines = [headings, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())
