"""What our own pages send, read without ``Request.post()``: a bounded stream, known fields only."""

from typing import Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

MAX_FORM: Final = 16 * 1024
"""Bytes, as they are sent (a password of 1,024 characters may be 12 KiB percent-encoded)."""

_TYPE: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"

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


async def _read(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_FORM:
            raise web.HTTPRequestEntityTooLarge(max_size=MAX_FORM, actual_size=len(body))
    return bytes(body)
