"""An archive of everything kept about somebody: JSON and CSV of every kind of row, and files."""

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import IO, TYPE_CHECKING, Any, Final, cast

from meetd.core.holdings import Attachment

if TYPE_CHECKING:
    from zipfile import ZipFile

Report = Callable[[int, int], None]
"""How far it is, and of how many."""

_README: Final = (
    "Everything that this server keeps about you, at the moment when the archive was made.\r\n"
    "{name}.json holds all of it; the folder csv holds the same as tables, the folder files what"
    " was kept as files.\r\nTimes are in milliseconds since 1 January 1970, UTC.\r\n"
)
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_MOST: Final = 100
"""Characters of a file name."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""

Row = dict[str, Any]
Source = Callable[[], AsyncIterator[Row]]
"""Rows of one holding."""


async def write_archive(
    target: io.RawIOBase, sources: Sequence[Source], report: Report, name: str
) -> dict[str, int]:
    """Into ``target``, which is only written to; ``name``: of the file with all rows. Returns how
    many rows there are of each kind."""
    # Imported with the first archive: an idle server does without.
    from zipfile import ZIP_DEFLATED, ZipFile  # noqa: PLC0415

    kinds: dict[str, list[Row]] = {}
    with ZipFile(cast("IO[bytes]", target), "w", ZIP_DEFLATED) as archive:
        for number, source in enumerate(sources):
            report(number, len(sources))
            async for row in source():
                plain = await _with_files(archive, row)
                kinds.setdefault(plain.pop("kind"), []).append(plain)
        await asyncio.to_thread(_write_tables, archive, kinds, name)
    return {kind: len(rows) for kind, rows in kinds.items()}


async def _with_files(archive: "ZipFile", row: Row) -> Row:
    """The row, with the name in the archive in the place of what is a file."""
    plain: Row = {}
    for key, value in row.items():
        is_file = isinstance(value, Attachment)
        plain[key] = await _add_file(archive, value) if is_file else value
    return plain


async def _add_file(archive: "ZipFile", attachment: Attachment) -> str:
    number = sum(name.startswith("files/") for name in archive.namelist()) + 1
    cleaned = _NOT_IN_NAMES.sub("_", attachment.name).lstrip(".")[-_MOST:]
    name = f"files/{number}-{cleaned}"
    with archive.open(name, "w", force_zip64=True) as file:
        async for piece in attachment.read():
            await asyncio.to_thread(file.write, piece)
    return name


def _write_tables(archive: "ZipFile", kinds: dict[str, list[Row]], name: str) -> None:
    archive.writestr("README.txt", _README.format(name=name))
    archive.writestr(f"{name}.json", json.dumps(kinds, ensure_ascii=False, indent=1))
    for kind, rows in kinds.items():
        archive.writestr(f"csv/{kind.replace(' ', '-')}.csv", table(rows))


def table(rows: Sequence[Row]) -> str:
    """CSV (RFC 4180) of rows that may have different columns."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [cells(columns), *(cells([row.get(column) for column in columns]) for row in rows)]
    return "".join(lines)


def cells(values: Sequence[Any]) -> str:
    """One line of CSV, with its end."""
    text = io.StringIO()
    csv.writer(text).writerow([_cell(value) for value in values])
    return text.getvalue()


def _cell(value: Any) -> str:
    """What a spreadsheet shows and does not run."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    is_formula = isinstance(value, str) and text.startswith(_FORMULA)
    return f"'{text}" if is_formula else text
