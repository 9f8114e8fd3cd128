"""What every request walks through, and what comes out of it."""

import logging

import pytest
from aiohttp import ClientPayloadError, web

from meetd.core.refusals import RoomFull
from tests.serving.conftest import Serve, hello


class FrozenClock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> int:
        return 0

    def monotonic(self) -> float:
        return self.seconds


async def refuse(_request: web.Request) -> web.Response:
    raise RoomFull(limit=3)


async def fail(_request: web.Request) -> web.Response:
    raise ZeroDivisionError


async def test_programs_get_a_refusal_as_code_and_facts(serve: Serve) -> None:
    client = await serve(web.get("/api/v1/full", refuse))
    async with client.get("/api/v1/full") as response:
        assert response.status == 409
        assert await response.json() == {"code": "RoomFull", "facts": {"limit": 3}}


async def test_people_get_a_page(serve: Serve) -> None:
    client = await serve(web.get("/full", refuse))
    async with client.get("/full") as response:
        assert response.status == 409
        assert await response.text() == "page: RoomFull {'limit': 3}"


async def test_a_missing_page_and_a_wrong_method(serve: Serve) -> None:
    client = await serve(web.get("/", hello))
    async with client.get("/nothing/here") as response:
        assert (response.status, await response.text()) == (404, "page: NotFound {}")
    async with client.put("/") as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET,HEAD")
    async with client.get("/api/v1/nothing") as response:
        assert await response.json() == {"code": "NotFound", "facts": {}}


async def test_a_bug_is_logged_once_with_the_id_that_the_person_sees(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    client = await serve(web.get("/api/{secret}", fail))
    async with client.get("/api/of-ada?key=1") as response:
        assert response.status == 500
        answer = await response.json()
    record = next(record for record in caplog.records if record.levelno >= logging.ERROR)
    assert vars(record)["fields"] == {
        "incident": answer["facts"]["incident"],
        "route": "/api/{secret}",
    }
    assert len(caplog.records) == 1
    assert "of-ada" not in caplog.text


@pytest.mark.parametrize("late", [ZeroDivisionError(), web.HTTPNotFound(), web.HTTPSeeOther("/")])
async def test_half_an_answer_is_cut_off_and_not_mixed_with_another(
    serve: Serve, late: Exception
) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 100
        await response.prepare(request)
        await response.write(b"half")
        raise late

    client = await serve(web.get("/half", half))
    async with client.get("/half") as response:
        assert await response.content.readexactly(4) == b"half"
        with pytest.raises(ClientPayloadError):
            await response.content.read(1)


async def test_redirects_pass(serve: Serve) -> None:
    async def away(_request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/")

    client = await serve(web.get("/away", away))
    async with client.get("/away", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/")


async def test_too_many_requests_say_when_to_come_back(serve: Serve) -> None:
    clock = FrozenClock()
    client = await serve(web.get("/", hello), clock=clock, requests_per_second=2)
    statuses = []
    for _ in range(21):
        async with client.get("/") as response:
            statuses.append(response.status)
    assert statuses == [200] * 20 + [429]
    async with client.get("/") as response:
        assert response.headers["Retry-After"] == "1"
    clock.seconds += 1
    async with client.get("/") as response:
        assert response.status == 200


async def test_limits_count_people_behind_a_proxy_one_by_one(serve: Serve) -> None:
    client = await serve(
        web.get("/", hello),
        clock=FrozenClock(),
        requests_per_second=1,
        trusted_proxies=("127.0.0.1",),
    )
    for number in range(30):
        async with client.get("/", headers={"X-Forwarded-For": f"203.0.113.{number}"}) as response:
            assert response.status == 200


async def test_a_bug_in_the_error_page_leaves_a_plain_line(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_request: web.Request, _fault: object) -> web.Response:
        raise ZeroDivisionError

    monkeypatch.setattr("tests.serving.conftest.error_page", broken)
    client = await serve()
    async with client.get("/none") as response:
        assert (response.status, await response.text()) == (404, "404 NotFound\n")
    assert "the error page failed" in caplog.text
