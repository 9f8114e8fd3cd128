"""What our own pages send, read without ``Request.post()``: a bounded stream, known fields only."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

MAX_FORM: Final = 16 * 1024
"""Bytes, as they are sent (a password of 1,024 characters may be 12 KiB percent-encoded)."""

UPLOAD_SECONDS: Final = 120.0
"""For a file to arrive: 8 MB at 560 kbit/s."""
SILENT_SECONDS: Final = 30.0
"""Without a byte of a large file, after which its sender is given up."""
MAX_DROPPED: Final = 64 << 20
"""Bytes of a file that is too large which are read and dropped: browsers show no answer before they
have sent theirs."""

_TYPE: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_FILE_TYPE: Final = "multipart/form-data"

_MAX_AROUND: Final = 4 * 1024
"""Bytes around a file: boundaries, its name and type."""
_BOUNDARY: Final = re.compile(
    r'(?ai)multipart/form-data *; *boundary=("?)([A-Za-z0-9()+_,./:=?-]{1,70})\1'
)
"""RFC 2046 5.1.1, without the space and the apostrophe that it allows and no browser sends."""
_DISPOSITION: Final = re.compile(rb'(?i)form-data; name="([^"\r\n]*)"; filename="[^\r\n]*')
_PART_HEADERS: Final = frozenset({b"content-disposition", b"content-type", b"content-length"})
"""Any other would say that the bytes mean something else than what they are."""

T = TypeVar("T")


async def read_form(request: web.Request, *fields: str) -> dict[str, str]:
    """The fields of a form; those that were not sent are ``""``.

    Raises: HTTPUnsupportedMediaType, HTTPRequestEntityTooLarge, and HTTPBadRequest for an unknown
    field, one that came twice, or what is no text.
    """
    if request.content_type != _TYPE:
        raise web.HTTPUnsupportedMediaType
    body = await _read(request)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=len(fields),
        )
    except ValueError as error:  # UnicodeDecodeError is one
        raise web.HTTPBadRequest from error
    sent = dict(pairs)
    if len(sent) != len(pairs) or not sent.keys() <= set(fields):
        raise web.HTTPBadRequest
    return {name: sent.get(name, "") for name in fields}


async def read_json(request: web.Request, form: type[T]) -> T:
    """What a script of ours sent, as that type.

    Raises: HTTPUnsupportedMediaType, HTTPRequestEntityTooLarge, and HTTPBadRequest for anything
    that is not of the type.
    """
    if request.content_type != _JSON:
        raise web.HTTPUnsupportedMediaType
    try:
        return msgspec.json.decode(await _read(request), type=form)
    except (msgspec.DecodeError, RecursionError) as error:
        raise web.HTTPBadRequest from error


async def read_upload(request: web.Request, field: str, max_bytes: int) -> bytes | None:
    """The one file that a form sends in ``field``, empty when none was chosen; ``None`` when it has
    more than ``max_bytes``, of which no more than these were ever in memory. The name and type that
    the sender gives it are not even read.

    Raises: HTTPUnsupportedMediaType, HTTPRequestTimeout, and HTTPBadRequest for anything beside the
    file.
    """
    found = _BOUNDARY.fullmatch(request.headers.get("Content-Type", ""))
    if found is None:
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > MAX_DROPPED:
        return None
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            body = await _read_or_drop(request, max_bytes + _MAX_AROUND)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    file = _only_file(body, found[2].encode(), field.encode()) if body is not None else None
    return None if file is None or len(file) > max_bytes else file


async def stream_upload(request: web.Request, field: str) -> AsyncIterator[bytes]:
    """As ``read_upload``, for a file that is too large for the memory: a piece at a time, as it
    comes. It is whole only when this ends without raising.

    Raises: as ``read_upload``; ClientError and ConnectionError when the sender is gone.
    """
    found = _BOUNDARY.fullmatch(request.headers.get("Content-Type", ""))
    if found is None:
        raise web.HTTPUnsupportedMediaType
    first, between = b"--" + found[2].encode() + b"\r\n", b"\r\n--" + found[2].encode()
    head, buffer = await _read_head(request, first)
    if not _is_file_of(head, field.encode()):
        raise web.HTTPBadRequest
    while (at := buffer.find(between)) < 0:
        # The end may be in two pieces.
        done = max(0, len(buffer) - len(between))
        if done:
            yield bytes(buffer[:done])
            del buffer[:done]
        buffer += await _next_chunk(request)
    if at:
        yield bytes(buffer[:at])
    del buffer[:at]
    await _check_end(request, buffer, between + b"--")


async def _read_head(request: web.Request, first: bytes) -> tuple[bytes, bytearray]:
    """The headers of the first part, and what came after them already."""
    buffer = bytearray()
    while (at := buffer.find(b"\r\n\r\n")) < 0:
        if len(buffer) > _MAX_AROUND:
            raise web.HTTPBadRequest
        buffer += await _next_chunk(request)
    head = bytes(buffer[:at])
    if not head.startswith(first):
        raise web.HTTPBadRequest
    return head.removeprefix(first), buffer[at + 4 :]


async def _check_end(request: web.Request, buffer: bytearray, end: bytes) -> None:
    """Raises: HTTPBadRequest for another part, or anything else after the last one."""
    while len(buffer) <= len(end) + 2:
        chunk = await _read_chunk(request)
        if not chunk:
            break
        buffer += chunk
    if bytes(buffer) not in {end, end + b"\r\n"}:
        raise web.HTTPBadRequest


async def _next_chunk(request: web.Request) -> bytes:
    """Raises: HTTPBadRequest when it ended too early."""
    chunk = await _read_chunk(request)
    if not chunk:
        raise web.HTTPBadRequest
    return chunk


async def _read_chunk(request: web.Request) -> bytes:
    """Nothing at the end. Raises: HTTPRequestTimeout for a sender who says nothing."""
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            return await request.content.readany()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


async def _read_or_drop(request: web.Request, most: int) -> bytes | None:
    """All of it, or ``None`` when it is more than ``most``."""
    body, length = bytearray(), 0
    async for chunk in request.content.iter_any():
        length += len(chunk)
        if length > MAX_DROPPED:
            break
        if length > most:
            body.clear()
        else:
            body += chunk
    return bytes(body) if length <= most else None


def _only_file(body: bytes, boundary: bytes, field: bytes) -> bytes:
    """What stands between the first boundary and the last (RFC 7578 4.1).

    Raises: HTTPBadRequest unless that is exactly one file of that field.
    """
    first, between = b"--" + boundary + b"\r\n", b"\r\n--" + boundary
    inner = body.removesuffix(b"\r\n").removesuffix(between + b"--").removeprefix(first)
    lengths = len(first) + len(between) + 2
    is_one = len(body.removesuffix(b"\r\n")) == len(inner) + lengths and between not in inner
    head, empty_line, file = inner.partition(b"\r\n\r\n")
    if not (is_one and empty_line and _is_file_of(head, field)):
        raise web.HTTPBadRequest
    return file


def _is_file_of(head: bytes, field: bytes) -> bool:
    """The headers of a part."""
    if len(head) > _MAX_AROUND:
        return False
    lines = [line.partition(b": ") for line in head.split(b"\r\n")]
    headers = {name.lower(): value for name, _, value in lines}
    said = _DISPOSITION.fullmatch(headers.get(b"content-disposition", b""))
    fits = len(headers) == len(lines) and headers.keys() <= _PART_HEADERS
    return fits and said is not None and said[1] == field


async def _read(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_FORM:
            raise web.HTTPRequestEntityTooLarge(max_size=MAX_FORM, actual_size=len(body))
    return bytes(body)
