"""What the pages share that give out archives."""

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


def last_moment(export: Export | None) -> str:
    """Until when it can be fetched."""
    return "" if export is None else day_and_time(export.asked_at + LASTS)


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
