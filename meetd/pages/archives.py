"""What the pages share that give out archives."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from meetd.core.times import day_and_time
from meetd.privacy.export_store import LASTS, Export
from meetd.privacy.exports import Exports
from meetd.serving.headers import NOTHING
from meetd.storage.blobs import BlobDamaged

ARCHIVE_HEADERS: Final = {
    "Content-Type": "application/zip",
    "Content-Security-Policy": NOTHING,
    "Cache-Control": "no-store",
}
_SILENT_SECONDS: Final = 30.0
_SLOWEST: Final = 8 * 1024
"""Bytes a second, after the first ``_SILENT_SECONDS``: slower, nothing is made for anybody."""


def last_moment(export: Export | None) -> str:
    """Until when it can be fetched."""
    return "" if export is None else day_and_time(export.asked_at + LASTS)


async def send_while_made(
    request: web.Request, response: web.StreamResponse, pieces: AsyncIterator[bytes]
) -> None:
    """Ends early with whoever takes it too slowly, or not at all. Raises: ConnectionResetError."""
    await response.prepare(request)
    try:
        async for piece in pieces:
            async with asyncio.timeout(_SILENT_SECONDS + len(piece) / _SLOWEST):
                await response.write(piece)
        async with asyncio.timeout(_SILENT_SECONDS):
            await response.write_eof()
    except TimeoutError as error:
        if request.transport is not None:
            request.transport.abort()  # closed, it would keep what was not read yet
        raise ConnectionResetError from error


async def send_archive(
    request: web.Request, exports: Exports, export: Export, name: str
) -> web.StreamResponse:
    """A whole archive as a download. ``name``: letters, digits, ``-``, ``_`` and ``.`` only.

    Raises: BlobDamaged when it is not there as it was written; another one has to be asked for.
    """
    pieces = exports.read(export)
    try:
        first = await anext(pieces)
    except BlobDamaged:  # archives are in no backup: gone after a restore
        await exports.forget(export)
        raise
    response = web.StreamResponse(headers=ARCHIVE_HEADERS)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.content_length = export.length
    await response.prepare(request)
    await response.write(first)
    async for piece in pieces:
        await response.write(piece)
    await response.write_eof()
    return response
