"""What the pages share that give out archives."""

from collections.abc import AsyncGenerator
from typing import Final

from aiohttp import web

from meetd.core.times import day_and_time
from meetd.privacy.export_store import LASTS, Export
from meetd.privacy.exports import Exports
from meetd.serving.headers import NOTHING
from meetd.serving.sending import Sending, anybody
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
    request: web.Request, sending: Sending, exports: Exports, export: Export, name: str
) -> web.StreamResponse:
    """A whole archive as a download. ``name``: letters, digits, ``-``, ``_`` and ``.`` only.

    Raises: BlobDamaged when it is not there as it was written; another one has to be asked for.
    """
    response = web.StreamResponse(headers=ARCHIVE_HEADERS)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.content_length = export.length
    await sending.send(request, response, _pieces(exports, export), anybody)
    return response


async def _pieces(exports: Exports, export: Export) -> AsyncGenerator[bytes, None]:
    """What is damaged is forgotten: archives are in no backup, so one is gone after a restore.
    Raises: BlobDamaged; ConnectionResetError when some of it is out."""
    is_begun = False
    try:
        async for piece in exports.read(export):
            is_begun = True
            yield piece
    except BlobDamaged as error:
        await exports.forget(export)
        if is_begun:
            raise ConnectionResetError from error
        raise
