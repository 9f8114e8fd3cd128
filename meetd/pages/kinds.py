"""What is kept of somebody, in words: the same on the page of an account and on that of a browser
without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from meetd.core.holdings import Attachment, Until
from meetd.core.periods import Months, Span
from meetd.core.times import day_and_time
from meetd.pages.retention_page import period_in_words
from meetd.pages.words import Words

SHOWN: Final = 20
"""Rows of each kind on the page; the archive has all."""


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
            [(name, _shown(name, value)) for name, value in row.items() if name != "kind"]
            for row in rows[:SHOWN]
        ],
    )


def _until(until: Until, words: Words) -> str:
    if isinstance(until, (Span, Months)):
        return words("my_data.until_period", period=period_in_words(until, words))
    return words(f"my_data.until_{until}")


def _shown(name: str, value: Any) -> str:
    """As people read it: times, names of files."""
    if isinstance(value, Attachment):
        return value.name
    is_time = name == "at" or name.endswith(("_at", "At"))
    return day_and_time(value) if is_time and isinstance(value, int) else _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
