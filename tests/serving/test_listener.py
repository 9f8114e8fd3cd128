"""Listening: the URL, errors that say what to do, the gate, and stopping."""

import asyncio
import resource
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector, web

from meetd.core.clock import SystemClock
from meetd.serving import listener as listening
from meetd.serving.listener import Listener, ListenError
from meetd.serving.self_signed import own_certificate
from tests.serving.conftest import Listen, until

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def connect(listener: Listener) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", listener.port)


async def answered(listener: Listener) -> bool:
    """Does a new connection get an answer?"""
    reader, writer = await connect(listener)
    try:
        writer.write(REQUEST)
        return (await reader.readline()).startswith(b"HTTP/1.1 200")
    except ConnectionError:
        return False
    finally:
        writer.close()


async def test_port_0_picks_a_free_one_and_the_url_opens(listen: Listen) -> None:
    listener = await listen()
    assert listener.url == f"http://127.0.0.1:{listener.port}"
    async with ClientSession() as session, session.get(listener.url) as response:
        assert await response.text() == "hello"


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - closed again at once
async def test_every_address_is_shown_as_one_that_opens(listen: Listen, host: str) -> None:
    listener = await listen(host=host)
    assert listener.url == f"http://127.0.0.1:{listener.port}"
    assert await answered(listener)


async def test_ipv6_stands_in_brackets(listen: Listen) -> None:
    listener = await listen(host="::1")
    assert listener.url == f"http://[::1]:{listener.port}"


async def test_the_public_url_is_the_url(listen: Listen) -> None:
    listener = await listen(public_url="https://meet.example.org/")
    assert listener.url == "https://meet.example.org"


async def test_a_port_in_use_is_named_with_what_to_do(listen: Listen) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port} is already in use.*--port"):
            await listen(port=port)


async def test_an_address_of_another_machine_is_named(listen: Listen) -> None:
    with pytest.raises(ListenError, match=r"does not have the address 192\.0\.2\.1"):
        await listen(host="192.0.2.1")


def test_a_port_without_the_right_says_how_to_get_it() -> None:
    sentence = listening._sentence("127.0.0.1", 80, PermissionError(13, "denied"))
    assert "127.0.0.1:80" in sentence
    assert "CAP_NET_BIND_SERVICE" in sentence


async def test_the_limit_of_open_files_is_raised(listen: Listen) -> None:
    await listen()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == hard


async def test_connections_that_end_make_room(listen: Listen) -> None:
    listener = await listen(connections_per_address=1)
    for _ in range(3):
        assert await answered(listener)
        await until(lambda: listener.connections == 0, "the connection still counts")


async def test_everybody_together_leaves_files_for_the_database(listen: Listen) -> None:
    listener = await listen()
    listener._crowd.limit = 0
    assert not await answered(listener)


async def test_a_pause_between_requests_is_not_a_slow_request(listen: Listen) -> None:
    listener = await listen(header_seconds=0.05)
    reader, writer = await connect(listener)
    gate = next(iter(listener._crowd._inside))
    writer.write(REQUEST)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    assert gate._deadline is None
    assert not listener._gates
    writer.close()


@pytest.mark.parametrize("is_file", [False, True])
async def test_whoever_takes_nothing_is_let_go_where_nobody_waits_for_it(
    listen: Listen,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    *,
    is_file: bool,
) -> None:
    """There may be as many as somebody likes: nothing is in the log."""
    monkeypatch.setattr(listening, "UNREAD_SECONDS", 0.2)
    file = tmp_path / "long"
    file.write_bytes(bytes(32 << 20))

    async def long(_request: web.Request) -> web.StreamResponse:
        if is_file:
            return web.FileResponse(file)
        return web.Response(body=file.read_bytes())

    listener = await listen(web.get("/long", long))
    with socket.create_connection(("127.0.0.1", listener.port)) as unread:
        unread.sendall(REQUEST.replace(b"/ ", b"/long ", 1))
        await until(lambda: listener.connections == 1, "nobody came")
        await until(lambda: listener.connections == 0, "the connection still counts")
    await listener.close()
    assert not caplog.records


async def test_garbage_gets_a_short_answer_and_nothing_in_the_log(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    listener = await listen()
    reader, writer = await connect(listener)
    writer.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.0 400")
    writer.close()
    assert not caplog.records


async def test_stopping_waits_for_a_request_in_progress(listen: Listen) -> None:
    going, gone_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        going.set()
        await gone_on.wait()
        return web.Response(text="done")

    listener = await listen(web.get("/slow", slow))
    async with ClientSession() as session:
        answer = asyncio.create_task(session.get(listener.url + "/slow"))
        await going.wait()
        closing = asyncio.create_task(listener.close())
        gone_on.set()
        async with await answer as response:
            assert await response.text() == "done"
        await closing


async def test_stopping_does_not_wait_for_ever(listen: Listen) -> None:
    """Idle, half-open and stuck connections: all are closed within the promised 5 seconds."""
    going = asyncio.Event()

    async def stuck(_request: web.Request) -> web.Response:
        going.set()
        await asyncio.Event().wait()
        return web.Response()

    listener = await listen(web.get("/stuck", stuck))
    connections = [await connect(listener) for _ in range(3)]
    connections[1][1].write(b"GET / HTTP/1.1\r\n")
    connections[2][1].write(b"GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await going.wait()
    async with asyncio.timeout(5):
        await listener.close()
    await until(lambda: listener.connections == 0, "a connection outlived the listener")
    for _, writer in connections:
        writer.close()


async def test_https_with_a_certificate_of_our_own(listen: Listen, tmp_path: Path) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    certificate = own_certificate(tmp_path / "tls", names=("localhost",), now=SystemClock().now())
    listener = await listen(web.post("/echo", echo), certificate=certificate)
    assert listener.url == f"https://127.0.0.1:{listener.port}"
    trust = ssl.create_default_context(cafile=tmp_path / "tls" / "certificate.pem")
    async with ClientSession(connector=TCPConnector(ssl=trust)) as session:
        async with session.get(listener.url) as response:
            assert await response.text() == "hello"
        large = bytes(range(256)) * 400
        async with session.post(f"{listener.url}/echo", data=large) as response:
            assert await response.read() == large
        gate = next(iter(listener._crowd._inside))
        tls: Any = gate._transport
        assert len(tls._ssl_protocol._ssl_buffer) == 16_384, (
            "every idle TLS connection costs 256 KiB"
        )


async def test_a_handshake_that_does_not_come_counts_and_leaves_nothing(
    listen: Listen, tmp_path: Path
) -> None:
    certificate = own_certificate(tmp_path / "tls", names=("localhost",), now=SystemClock().now())
    listener = await listen(certificate=certificate)
    _, writer = await connect(listener)
    await until(lambda: listener.connections == 1, "a half-open connection does not count")
    assert not listener._gates, "a handler was made before the handshake"
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    await until(lambda: listener.connections == 0, "a failed handshake still counts")
    writer.close()
    _, writer = await connect(listener)
    await until(lambda: listener.connections == 1, "a half-open connection does not count")
    await listener.close()
    await until(lambda: listener.connections == 0, "a handshake outlived the listener")
    writer.close()


async def test_a_bug_below_the_application_is_logged_without_the_address(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_request: web.Request) -> web.Response:
        raise ZeroDivisionError

    listener = await listen(web.get("/fail", fail))
    async with ClientSession() as session, session.get(listener.url + "/fail") as response:
        assert response.status == 500
    (record,) = [record for record in caplog.records if record.name == "meetd.http"]
    assert record.getMessage() == "a request ended in a bug outside every door"
