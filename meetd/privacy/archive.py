"""An archive of everything kept about somebody: JSON and CSV of every kind of row, and files."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final, cast

from meetd.core.holdings import Attachment, Holding
from meetd.core.refusals import ItemDamaged
from meetd.core.threads import to_its_end
from meetd.privacy.spool import Row, Spool

if TYPE_CHECKING:
    from zipfile import ZipFile


Report = Callable[[int, int], None]
"""How far it is, and of how many."""

LEFT_OUT: Final = "left out"
"""The kind of row that tells of a file that is not in the archive."""

_README: Final = (
    "Everything that this server keeps about you, at the moment when the archive was made.\r\n"
    "{name}.json holds all of it; the folder csv holds the same as tables, the folder files what"
    " was kept as files.\r\nTimes are in milliseconds since 1 January 1970, UTC.\r\n"
)
_LACKS: Final = (
    "\r\nNot in it: {count} of your files, which are damaged on the server, or were removed while"
    " the archive was made.\r\ncsv/left-out.csv names them. Ask whoever runs the server whether a"
    " backup still has them.\r\n"
)
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_MOST: Final = 100
"""Characters of a file name."""
_AT_ONCE: Final = 200
"""Rows that are written by one call: calls into threads cost more than they do."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""

Source = Callable[[], AsyncIterator[Row]]
"""Rows of one holding."""

Room = Callable[[], Awaitable[None]]
"""Awaited before more is written."""


async def write_archive(
    target: io.RawIOBase,
    scratch: IO[bytes],
    holdings: Sequence[Holding],
    person: str,
    report: Report,
) -> dict[str, int]:
    """Of an account; see ``write_sources``."""
    sources = [partial(holding.export_for, person) for holding in holdings]
    return await write_sources(target, scratch, sources, "account", report, _always)


async def write_sources(
    target: io.RawIOBase,
    scratch: IO[bytes],
    sources: Sequence[Source],
    name: str,
    report: Report,
    room: Room,
) -> dict[str, int]:
    """Into ``target``, which is only written to; ``scratch`` is an empty file for what waits.
    ``name``: of the file with all rows. ``room``: in ``target``; of what is a file, its source sees
    to that. Returns how many rows there are of each kind.

    Raises: OSError.
    """
    # Imported with the first archive: an idle server does without.
    from zipfile import ZIP_DEFLATED, ZipFile  # noqa: PLC0415

    spool = Spool(scratch)
    with ZipFile(cast("IO[bytes]", target), "w", ZIP_DEFLATED) as archive:
        for number, source in enumerate(sources):
            report(number, len(sources))
            async for row in source():
                await _add_row(archive, spool, row)
        with closing(_write_tables(archive, spool, name)) as steps:
            while await to_its_end(next, steps, False):
                await room()
    return spool.counts()


async def _always() -> None:
    """On a disk there is room, or writing fails."""


async def _add_row(archive: "ZipFile", spool: Spool, row: Row) -> None:
    """With the name in the archive in the place of what is a file."""
    plain: Row = {}
    for key, value in row.items():
        is_file = isinstance(value, Attachment)
        plain[key] = await _add_file(archive, spool, value) if is_file else value
    kind = plain.pop("kind")
    if spool.add(kind, plain):
        await to_its_end(spool.flush, kind)


async def _add_file(archive: "ZipFile", spool: Spool, attachment: Attachment) -> str | None:
    """``None`` for one that cannot be read."""
    # Read through first: what was written into a zip cannot be taken back.
    if not await _is_whole(attachment):
        spool.add(LEFT_OUT, {"name": attachment.name, "bytes": attachment.length})
        return None
    cleaned = _NOT_IN_NAMES.sub("_", attachment.name).lstrip(".")[-_MOST:]
    name = f"files/{len(archive.namelist()) + 1}-{cleaned}"
    with archive.open(name, "w", force_zip64=True) as file:
        try:
            async for piece in attachment.read():
                await to_its_end(file.write, piece)
        except ItemDamaged:  # removed just now, or a disk that is dying
            spool.add(LEFT_OUT, {"name": attachment.name, "cut off": name})
    return name


async def _is_whole(attachment: Attachment) -> bool:
    try:
        async for _ in attachment.read():
            pass
    except ItemDamaged:
        return False
    return True


def _write_tables(archive: "ZipFile", spool: Spool, name: str) -> Generator[bool, None, None]:
    """In steps that do not take long, each of which yields ``True``."""
    kinds = spool.counts()
    lacks = _LACKS.format(count=kinds[LEFT_OUT]) if LEFT_OUT in kinds else ""
    archive.writestr("README.txt", _README.format(name=name) + lacks)
    yield from _write_pieces(archive, f"{name}.json", _as_json(spool))
    for kind in kinds:
        table = f"csv/{kind.replace(' ', '-')}.csv"
        yield from _write_pieces(archive, table, _as_csv(spool, kind))


def _write_pieces(
    archive: "ZipFile", name: str, pieces: Iterator[str]
) -> Generator[bool, None, None]:
    with archive.open(name, "w", force_zip64=True) as file:
        while few := "".join(islice(pieces, _AT_ONCE)):
            file.write(few.encode())
            yield True


def _as_csv(spool: Spool, kind: str) -> Iterator[str]:
    """RFC 4180, of rows that may have different columns; a row at a time."""
    columns = spool.columns(kind)
    yield cells(columns)
    for row in spool.rows(kind):
        yield cells([row.get(column) for column in columns])


def _as_json(spool: Spool) -> Iterator[str]:
    """One object with a list for each kind, a row at a time."""
    yield "{"
    for number, kind in enumerate(spool.counts()):
        yield f"{',' if number else ''}\n {json.dumps(kind)}: ["
        for place, row in enumerate(spool.rows(kind)):
            yield f"{',' if place else ''}\n  {json.dumps(row, ensure_ascii=False)}"
        yield "\n ]"
    yield "\n}\n"


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
