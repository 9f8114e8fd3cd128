"""``meetd check-config``: is the configuration right, and what is in force?"""

import argparse
import sys
from typing import Any

import msgspec

from meetd.cli.options import add_common_options, data_directory, settings_from
from meetd.config.explaining import in_force
from meetd.config.loading import DEFAULT_FILES, file_to_read
from meetd.config.settings import Settings


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "check-config",
        help="check the configuration and print what is in force",
        description="Check file and environment, and print which file was read and what is in"
        " force. Exit status 2 when something is wrong.",
    )
    add_common_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of TOML")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    settings = settings_from(options)
    values = msgspec.to_builtins(settings)
    values["storage"]["data"] = str(data_directory(settings))
    if options.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(values)).decode() + "\n")
        return 0
    sys.stdout.write(f"# {_where(options)}\n\n")
    sys.stdout.write(in_force(msgspec.convert(values, Settings)))
    return 0


def _where(options: argparse.Namespace) -> str:
    file = file_to_read(options.config)
    if file is None:
        return f"No file was read: there is no {DEFAULT_FILES[0]}, and --config names none."
    return f"Read from {file.resolve()}; the environment wins over it."
