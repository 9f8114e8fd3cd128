"""What others were bitten by at the doors, one test per lesson. The first words name who it was."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from meetd.core.limits import Buckets
from meetd.core.networks import network_of
from meetd.serving.addresses import Addresses
from meetd.serving.listener import Listener
from tests.serving.conftest import Listen, Serve, error_page, hello, listen, serve, until
from tests.serving.requests import make_request

__all__ = ["error_page", "listen", "serve"]


async def connect(listener: Listener) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", listener.port)


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Has the server hung up without a word?"""
    try:
        async with asyncio.timeout(10):
            return await reader.read() == b""
    except ConnectionError:
        return True


async def test_pipecat_4704_djust_658_a_foreign_page_changes_nothing(serve: Serve) -> None:
    changed = []

    async def change(_request: web.Request) -> web.Response:
        changed.append(1)
        return web.Response(text="changed")

    client = await serve(web.post("/change", change))
    own = f"http://{client.host}:{client.port}"
    foreign = (
        {"Origin": "https://evil.example"},
        {"Origin": own.replace("http:", "https:")},
        {"Origin": f"{own}.evil.example"},
        {"Origin": own + "0"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    )
    for headers in foreign:
        async with client.post("/change", headers=headers) as response:
            assert response.status == 403, headers
    assert not changed
    async with client.post("/change", headers={"Origin": own}) as response:
        assert response.status == 200
    assert changed


async def test_aiohttp_measured_no_request_header_timeout(listen: Listen) -> None:
    """A request line that drips in, byte by byte, is cut off at one deadline for all of it."""
    listener = await listen(header_seconds=0.2)
    reader, writer = await connect(listener)
    closed = asyncio.create_task(is_closed(reader))
    dripped = 0
    while not closed.done():  # each byte alone is in time; together they are not
        writer.write(b"a" if dripped else b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        dripped += 1
        await asyncio.wait([closed], timeout=0.02)
        assert dripped < 400, "a dripping request was left open"
    assert await closed
    assert dripped > 2, "it was cut off before it could drip"
    await until(lambda: listener.connections == 0, "the connection still counts")
    writer.close()


async def test_aiohttp_measured_a_silent_connection_is_closed(listen: Listen) -> None:
    listener = await listen(header_seconds=0.05)
    reader, writer = await connect(listener)
    assert await is_closed(reader)
    writer.close()


async def test_aiohttp_measured_no_cap_on_connections_of_one_address(listen: Listen) -> None:
    listener = await listen(connections_per_address=2)
    inside = [await connect(listener) for _ in range(2)]
    await until(lambda: listener.connections == 2, "two connections were not let in")
    for _ in range(20):
        reader, writer = await connect(listener)
        assert await is_closed(reader)
        writer.close()
    assert listener.connections == 2
    inside[0][1].write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (await inside[0][0].readline()).startswith(b"HTTP/1.1 200")
    for _, writer in inside:
        writer.close()


async def test_aiohttp_measured_a_reverse_proxy_is_not_taken_for_a_flood(listen: Listen) -> None:
    listener = await listen(connections_per_address=1, trusted_proxies=("127.0.0.1/32",))
    connections = [await connect(listener) for _ in range(10)]
    await until(lambda: listener.connections == 10, "the proxy's connections were capped")
    for _, writer in connections:
        writer.close()


def test_galene_0_96_2_a_forged_x_forwarded_for_is_no_way_around_a_limit() -> None:
    addresses = Addresses(("10.0.0.1",))
    buckets = Buckets(rate=1, burst=3, max_keys=100)
    allowed = 0
    for number in range(20):
        request = make_request(("X-Forwarded-For", f"198.51.100.{number}, 203.0.113.66"))
        allowed += buckets.take(network_of(addresses.of(request)), now=0.0) == 0.0
    for number in range(20):
        forged = ("X-Forwarded-For", f"198.51.100.{number}, 203.0.113.66")
        request = make_request(forged, peer="10.0.0.1")
        allowed += buckets.take(network_of(addresses.of(request)), now=0.0) == 0.0
    assert allowed == 6, "three for the connection's address, three for the one our proxy named"


def test_nextcloud_pf36_one_ipv6_household_is_one_key_of_a_limit() -> None:
    keys = {network_of(f"2001:db8:1:2::{number:x}") for number in range(1, 1_000)}
    assert keys == {"2001:db8:1:2::/64"}


async def test_jitsi_2024_44080_no_page_tells_another_where_people_were(serve: Serve) -> None:
    client = await serve(web.get("/room", hello))
    async with client.get("/room") as response:
        assert response.headers["Referrer-Policy"] == "no-referrer"
        policy = directives(response.headers["Content-Security-Policy"])
        own = f"ws://{client.host}:{client.port}"
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'", own]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    everything = {source for sources in policy.values() for source in sources}
    workers = {"service-worker", "frame-worker", "pdf-parser"}
    assert everything <= {"'none'", "'self'", "'script'", "data:", "blob:", own} | workers


def directives(policy: str) -> dict[str, list[str]]:
    return {part.split()[0]: part.split()[1:] for part in policy.split(";")}


async def test_bbb_v6wg_no_text_becomes_script(serve: Serve) -> None:
    client = await serve(web.get("/", hello))
    async with client.get("/") as response:
        policy = directives(response.headers["Content-Security-Policy"])
    assert policy["require-trusted-types-for"] == ["'script'"]
    # The names of three policies: each gives the address of a worker of ours, whatever it is asked.
    assert policy["trusted-types"] == ["service-worker", "frame-worker", "pdf-parser"]


async def test_bbb_3qjg_every_answer_says_nosniff_errors_too(serve: Serve) -> None:
    async def fail(_request: web.Request) -> web.Response:
        raise ZeroDivisionError

    client = await serve(web.get("/", hello), web.get("/fail", fail))
    for method, path, status in (
        ("GET", "/", 200),
        ("GET", "/none", 404),
        ("POST", "/", 405),
        ("GET", "/fail", 500),
    ):
        async with client.request(method, path) as response:
            assert response.status == status
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "camera=(self)" in response.headers["Permissions-Policy"]
            assert "publickey-credentials-get=(self)" in response.headers["Permissions-Policy"]
            assert "geolocation=()" in response.headers["Permissions-Policy"]
            assert response.headers["Server"] == "meetd"
    async with client.get("/", headers={"Expect": "200-maybe"}) as response:
        assert response.status == 417
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_host_header_cannot_write_the_policy(serve: Serve) -> None:
    client = await serve(web.get("/", hello))
    for host in ("a; script-src *", "a 'unsafe-inline'", "a,b"):
        async with client.get("/", headers={"Host": host}) as response:
            assert response.status == 400
            assert "unsafe" not in response.headers["Content-Security-Policy"]
            assert "*" not in response.headers["Content-Security-Policy"]


async def test_https_is_kept_to_only_under_the_public_name(serve: Serve) -> None:
    behind = {"X-Forwarded-Proto": "https", "Host": "meet.example.org"}
    client = await serve(
        web.get("/", hello),
        public_url="https://meet.example.org",
        trusted_proxies=("127.0.0.1",),
    )
    async with client.get("/", headers=behind) as response:
        assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    client = await serve(web.get("/", hello), trusted_proxies=("127.0.0.1",))
    async with client.get("/", headers=behind) as response:
        assert "Strict-Transport-Security" not in response.headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP", "gzip, gzip"])
async def test_aiohttp_cve_2025_69228_nothing_is_unpacked(serve: Serve, encoding: str) -> None:
    read = []

    async def take(request: web.Request) -> web.Response:
        read.append(len(await request.read()))
        return web.Response()

    client = await serve(web.post("/take", take))
    bomb = zlib.compress(b"0" * 10_000_000)
    async with client.post("/take", data=bomb, headers={"Content-Encoding": encoding}) as response:
        assert response.status == 415
    assert not read


async def test_aiohttp_cve_2025_69229_a_large_body_is_not_taken_in(serve: Serve) -> None:
    read = []

    async def take(request: web.Request) -> web.Response:
        read.append(len(await request.read()))
        return web.Response()

    client = await serve(web.post("/api/take", take))
    async with client.post("/api/take", data=b"0" * 70_000) as response:
        assert response.status == 413
        assert json.loads(await response.text())["code"] == "RequestEntityTooLarge"

    async def without_length() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"0" * 10_000

    async with client.post("/api/take", data=without_length()) as response:
        assert response.status == 413
    assert not read
    async with client.post("/api/take", data=b"0" * 60_000) as response:
        assert response.status == 200


async def test_a_long_line_and_many_headers_are_refused(listen: Listen) -> None:
    listener = await listen()
    for request in (
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"a" * 10_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    ):
        reader, writer = await connect(listener)
        writer.write(request)
        assert b" 400 " in await reader.readline()
        rest = (await reader.read()).decode()
        assert "X-Content-Type-Options: nosniff" in rest
        assert "Server: meetd" in rest
        assert "aiohttp" not in rest
        writer.close()


async def test_smuggling_two_lengths_are_refused(listen: Listen) -> None:
    listener = await listen()
    for lengths in (
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: +5\r\n",
    ):
        reader, writer = await connect(listener)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\nhello")
        assert b" 400 " in await reader.readline(), lengths
        writer.close()
