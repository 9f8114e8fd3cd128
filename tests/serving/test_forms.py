"""Forms are read in one way, or refused."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from meetd.serving import forms
from meetd.serving.forms import MAX_FORM, read_form, read_upload
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


HEAD = (
    b'Content-Disposition: form-data; name="picture"; filename="a.png"\r\nContent-Type: image/png'
)
"""Of a part, as browsers write it."""


class Sent:
    """A request with a file, as far as ``read_upload`` looks at it."""

    def __init__(self, body: bytes, boundary: str = "edge", said: int | None = None) -> None:
        self.headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        self.content_length = said
        self.content = self
        self._body = body

    async def iter_any(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), 1_000):
            yield self._body[start : start + 1_000]


def part(file: bytes, head: bytes = HEAD) -> bytes:
    return b"--edge\r\n" + head + b"\r\n\r\n" + file + b"\r\n--edge--\r\n"


async def upload(body: bytes, most: int = 10_000, **sent: str) -> bytes | None:
    return await read_upload(Sent(body, **sent), "picture", most)  # type: ignore[arg-type]


@given(st.binary(max_size=3_000).filter(lambda file: b"\r\n--edge" not in file))
async def test_a_file_is_read_as_it_is(file: bytes) -> None:
    assert await upload(part(file)) == file
    assert await upload(part(file).removesuffix(b"\r\n")) == file


@given(st.binary(max_size=500))
async def test_any_bytes_are_a_file_or_refused(body: bytes) -> None:
    for sent in (body, b"--edge\r\n" + body, part(body, body)):
        with pytest.raises(web.HTTPBadRequest):
            await upload(sent)


OTHER = b'--edge\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--edge--\r\n",
        b"--edge\r\n\r\n--edge--\r\n",
        part(b"x")[:-5],
        part(b"x")[2:],
        b"before" + part(b"x"),
        part(b"x") + b"after",
        OTHER + part(b"x"),
        part(b"x\r\n" + OTHER + HEAD + b"\r\n\r\ny"),
        part(b"x", HEAD.replace(b"picture", b"other")),
        part(b"x", b"Content-Type: image/png"),
        part(b"x", HEAD + b"\r\nContent-Transfer-Encoding: base64"),
        part(b"x", HEAD + b"\r\n" + HEAD),
        part(b"x", HEAD.partition(b"; filename")[0]),
        part(b"x", HEAD.replace(b"a.png", b"a" * 5_000)),
        part(b"x").replace(b"\r\n", b"\n"),
    ],
    ids=[
        *("nothing", "no part", "empty part", "cut at the end", "cut at the start", "before"),
        *("after", "another field before", "another field after", "another field"),
        *("no disposition", "encoded", "headers twice", "no file", "a very long name"),
        "other line ends",
    ],
)
async def test_exactly_one_file_and_nothing_else(body: bytes) -> None:
    with pytest.raises(web.HTTPBadRequest):
        await upload(body)


@pytest.mark.parametrize(
    "kind",
    [
        *("", TYPE["Content-Type"], "multipart/form-data", "multipart/mixed; boundary=edge"),
        *("multipart/form-data; boundary=", f"multipart/form-data; boundary={'x' * 71}"),
        *("multipart/form-data; boundary=a b", "multipart/form-data; boundary=edge; charset=x"),
    ],
)
async def test_another_kind_of_body_is_not_read(kind: str) -> None:
    sent = Sent(part(b"x"))
    sent.headers = {"Content-Type": kind}
    with pytest.raises(web.HTTPUnsupportedMediaType):
        await read_upload(sent, "picture", 10)  # type: ignore[arg-type]


async def test_a_file_that_is_too_large_is_told_apart_and_not_kept() -> None:
    assert await upload(part(b"x" * 10_000)) == b"x" * 10_000
    assert await upload(part(b"x" * 10_001)) is None
    sent = Sent(part(b"x" * 20_000_000))
    tracemalloc.start()
    try:
        assert await read_upload(sent, "picture", 10_000) is None  # type: ignore[arg-type]
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


async def test_what_is_far_too_large_is_not_even_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forms, "MAX_DROPPED", 50_000)
    endless = Sent(b"")

    async def iter_any() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1_000)

    monkeypatch.setattr(endless, "iter_any", iter_any)
    assert await read_upload(endless, "picture", 10_000) is None  # type: ignore[arg-type]
    told = Sent(part(b"x"), said=50_001)
    assert await read_upload(told, "picture", 10_000) is None  # type: ignore[arg-type]


async def test_a_file_that_does_not_come_is_given_up(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "UPLOAD_SECONDS", 0.05)

    async def take(request: web.Request) -> web.Response:
        return web.json_response(len(await read_upload(request, "picture", 10) or b""))

    async def slowly() -> AsyncIterator[bytes]:
        yield b"--edge\r\n"
        await given_up.wait()

    given_up = asyncio.Event()
    client = await serve(web.post("/api/upload", take))
    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    async with client.post("/api/upload", data=slowly(), headers=kind) as answer:
        assert answer.status == 408
        given_up.set()


async def test_only_where_files_are_taken_a_body_may_be_large(serve: Serve) -> None:
    async def take(request: web.Request) -> web.Response:
        return web.json_response(len(await read_upload(request, "picture", 1_000_000) or b""))

    routes = [web.post(path, take) for path in ("/api/upload/{id}", "/api/other/{id}")]
    client = await serve(*routes, uploads=["/api/upload/{id}"])
    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    for path, status in (("/api/upload/1", 200), ("/api/other/1", 413)):
        async with client.post(path, data=part(b"x" * 200_000), headers=kind) as answer:
            assert answer.status == status
    packed = kind | {"Content-Encoding": "gzip"}
    async with client.post("/api/upload/1", data=part(b"x"), headers=packed) as answer:
        assert answer.status == 415
