"""Running ip and nft."""

import subprocess
from functools import cache

from tests.support.programs import find_program


class CommandError(Exception):
    """A command failed; the message has what it said."""


@cache
def found(name: str) -> str:
    """The whole path of a tool."""
    path = find_program(name)
    assert path, f"{name} is missing"
    return path


def run(name: str, *arguments: str, given: str = "") -> str:
    """What it wrote on standard output. Raises: CommandError."""
    done = subprocess.run(
        [found(name), *arguments], input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"{name} {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
