"""What is kept of somebody, in words: the same on the page of an account and on that of a browser
without one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from meetd.core.holdings import Attachment, Until
from meetd.core.periods import Months, Span
from meetd.core.times import day_and_time
from meetd.pages.retention_words import period_in_words
from meetd.pages.words import Words

SHOWN: Final = 20
"""Rows of each kind on the page; the archive has all."""


_CAPITAL: Final = re.compile(r"[A-Z]")


@dataclass(frozen=True)
class Kept:
    """One kind of row, in words. ``rows``: the first few, as pairs to read."""

    what: str
    why: str
    until: str
    where: str
    count: int
    rows: Sequence[Sequence[tuple[str, str]]]


def in_words(
    key: str, until: Until, rows: list[dict[str, Any]], count: int, words: Words, where: str = ""
) -> Kept:
    """``key``: of the words; ``where``: path at which somebody changes or removes it."""
    return Kept(
        what=words(key),
        why=words(f"{key}_why"),
        until=_until(until, words),
        where=where,
        count=count,
        rows=[
            [
                (_name(name, words), _shown(name, value, words))
                for name, value in row.items()
                if name != "kind"
            ]
            for row in rows[:SHOWN]
        ],
    )


def _until(until: Until, words: Words) -> str:
    if isinstance(until, (Span, Months)):
        return words("my_data.until_period", period=period_in_words(until, words))
    return words(f"my_data.until_{until}")


def _name(name: str, words: Words) -> str:
    """What it is called in an archive, where there are no words for it."""
    key = f"kept.{_CAPITAL.sub(_lower, name)}"
    return words(key) if key in words else name


def _lower(capital: re.Match[str]) -> str:
    return f"_{capital[0].lower()}"


def _shown(name: str, value: Any, words: Words) -> str:
    """As people read it: times, names of files, words for what is one of a few."""
    if isinstance(value, Attachment):
        return value.name
    if value is None:
        return "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(name, each, words) for each in value)
    is_time = name == "at" or name.endswith(("_at", "At"))
    if is_time and isinstance(value, int):
        return day_and_time(value)
    # What people wrote is in no such section.
    key = f"kept_{name}.{value}".replace(" ", "_")
    return words(key) if key in words else str(value)
