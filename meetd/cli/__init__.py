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
    said = sys.argv[1:] if arguments is None else arguments
    options = parser_of(said[:1]).parse_args(said)
    try:
        status: int = options.run(options)
    except ConfigError as error:
        print(f"meetd: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("meetd: Interrupted.", file=sys.stderr)
        return 1
    return status


def parser_of(first: Sequence[str] = ()) -> argparse.ArgumentParser:
    """``first``: the word that names a command; of every command when it names none."""
    parser = argparse.ArgumentParser(
        prog="meetd",
        description="A meeting place of your own: self-hosted browser meetings.",
        epilog="meetd COMMAND --help says more. Exit status: 0 done, 1 could not be done, 2 wrong"
        " configuration or arguments, before anything was touched.",
    )
    parser.add_argument("--version", action="version", version=f"meetd {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    named = [name for name in _COMMANDS if name in first]
    for name in named or _COMMANDS:
        import_module(f"meetd.cli.{name.replace('-', '_')}").add_to(commands)
    return parser
