"""What is typed: ``meetd serve``, ``check-config``, ``accounts``, ``rooms``, ``audit``, ``backup``,
``restore``, ``keys``, ``purge``, ``holds``,
``export``, ``touched``, ``access-log``. One file per command.

Each returns its exit status: 0 done, 1 could not be done, 2 wrong configuration or arguments,
before anything was touched.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from meetd import __version__
from meetd.config.loading import ConfigError

_COMMANDS: Final = (
    "serve",
    "check-config",
    "accounts",
    "rooms",
    "audit",
    "backup",
    "restore",
    "keys",
    "purge",
    "holds",
    "export",
    "touched",
    "access-log",
)
"""Each is a module; only what is named is imported: an idle server does without the others."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The ``meetd`` command."""
    options = _parse(arguments)
    try:
        status: int = options.run(options)
    except ConfigError as error:
        print(f"meetd: {error}", file=sys.stderr)
        return 2
    return status


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="meetd", description="A meeting place of your own: self-hosted browser meetings."
    )
    parser.add_argument("--version", action="version", version=f"meetd {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    said = sys.argv[1:] if arguments is None else arguments
    named = [name for name in _COMMANDS if [name] == said[:1]]
    for name in named or _COMMANDS:
        import_module(f"meetd.cli.{name.replace('-', '_')}").add_to(commands)
    return parser.parse_args(said)
