"""Folders made from sources by a build, which say in a file what they were made from."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def hash_of(paths: Iterable[Path], beneath: Path, and_of: str) -> str:
    """Of the files' contents and of their names ``beneath`` a folder, and of a text."""
    total = hashlib.sha256(and_of.encode())
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"\n{path.relative_to(beneath).as_posix()} {content}".encode())
    return total.hexdigest()


def read_stamp(stamp: Path) -> str:
    """Empty where there is none."""
    try:
        return stamp.read_text()
    except OSError:
        return ""
