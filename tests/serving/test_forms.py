"""Forms are read in one way, or refused."""

from urllib.parse import urlencode

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from meetd.serving.forms import MAX_FORM, read_form
from tests.serving.conftest import Serve, error_page, serve

__all__ = ["error_page", "serve"]

TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


class Body:
    """A request as far as ``read_form`` looks at it."""

    content_type = TYPE["Content-Type"]

    def __init__(self, body: bytes) -> None:
        self._chunks = [body[start : start + 7] for start in range(0, len(body), 7)]

    @property
    def content(self) -> "Body":
        return self

    async def iter_any(self):  # type: ignore[no-untyped-def]
        for chunk in self._chunks:
            yield chunk


async def read(body: bytes) -> dict[str, str]:
    return await read_form(Body(body), "a", "b")  # type: ignore[arg-type]


@given(st.text(max_size=200), st.text(max_size=200))
async def test_what_was_typed_is_what_is_read(first: str, second: str) -> None:
    assert await read(urlencode({"a": first, "b": second}).encode()) == {"a": first, "b": second}


@given(st.binary(max_size=300))
async def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        form = await read(body)
    except web.HTTPBadRequest:
        return
    assert form.keys() == {"a", "b"}


@pytest.mark.parametrize("body", [b"", b"a=1", b"b=2&a=1", b"a="])
async def test_fields_that_are_not_sent_are_empty(body: bytes) -> None:
    assert (await read(body)).keys() == {"a", "b"}


@pytest.mark.parametrize("body", [b"c=1", b"a=1&a=2", b"a", b"a=%ff", b"a=\xff", b"a=1&b=2&c=3"])
async def test_unknown_double_and_broken_fields_are_refused(body: bytes) -> None:
    with pytest.raises(web.HTTPBadRequest):
        await read(body)


async def test_a_form_ends_somewhere(serve: Serve) -> None:
    async def take(request: web.Request) -> web.Response:
        return web.json_response(await read_form(request, "a"))

    client = await serve(web.post("/api/form", take))
    for length, status in ((MAX_FORM - 2, 200), (MAX_FORM, 413)):
        async with client.post("/api/form", data=b"a=" + b"x" * length, headers=TYPE) as answer:
            assert answer.status == status
