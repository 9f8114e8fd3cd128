"""Files over HTTP: tus 1.0.0 in, ranges out, and nobody who is not in the room."""

import asyncio
import base64
import hashlib
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from meetd.app import Server
from meetd.content.item import Item
from meetd.content.shelf import Shelf
from meetd.protocol.content import ContentAdded, ContentRemoved, RemoveContent
from meetd.protocol.session import Welcome
from tests.support.guest import Guest, Guests, guests_at
from tests.support.sending import be_impatient
from tests.support.server import running_server, test_settings

MEGABYTE = 1_000_000
SETTINGS = test_settings(
    content={"file_megabytes": 2, "room_megabytes": 3, "server_megabytes": 4},
)
TUS = {"Tus-Resumable": "1.0.0"}
PATCH = TUS | {"Content-Type": "application/offset+octet-stream"}


@dataclass
class Post:
    """Sends and fetches files as one guest of a running server."""

    server: Server
    data: Path
    url: str
    session: aiohttp.ClientSession
    guests: Guests

    async def join(self, name: str, room: str = "study") -> Guest:
        return await self.guests.join(room, name)

    async def ask(
        self, method: str, path: str, guest: Guest | None = None, **kwargs: Any
    ) -> tuple[int, dict[str, str], bytes]:
        headers = kwargs.pop("headers", TUS)
        if guest is not None:
            headers = headers | {"Authorization": f"Bearer {key_of(guest)}"}
        async with self.session.request(
            method, f"{self.url}{path}", headers=headers | {"Origin": self.url}, **kwargs
        ) as response:
            return response.status, dict(response.headers), await response.read()

    async def begin(self, guest: Guest, length: int, name: str = "plan.txt") -> str:
        headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(name)}
        status, answer, body = await self.ask("POST", "/api/v1/uploads", guest, headers=headers)
        assert status == 201, body
        return answer["Location"]

    async def share(self, guest: Guest, plain: bytes, name: str = "plan.txt") -> str:
        """The id of the item."""
        path = await self.begin(guest, len(plain), name)
        headers = PATCH | {"Upload-Offset": "0"}
        status, answer, body = await self.ask("PATCH", path, guest, headers=headers, data=plain)
        assert (status, answer["Upload-Offset"]) == (204, str(len(plain))), body
        return (await guest.seen(ContentAdded, lambda event: event.item.name == name)).item.id

    @asynccontextmanager
    async def half_sent(
        self, guest: Guest, path: str, length: int, data: bytes
    ) -> AsyncIterator[None]:
        """A request that has sent only so much of its body; its connection breaks at the end."""
        host = urlsplit(self.url).netloc
        headers = PATCH | {
            "Host": host,
            "Origin": self.url,
            "Authorization": f"Bearer {key_of(guest)}",
            "Upload-Offset": "0",
            "Content-Length": str(length),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        _, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(f"PATCH {path} HTTP/1.1\r\n{head}\r\n".encode() + data)
        await writer.drain()
        yield
        writer.close()
        await writer.wait_closed()

    async def fetch(
        self, guest: Guest, item: str, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        return await self.ask("GET", f"/api/v1/items/{item}?key={key_of(guest)}", headers=headers)


def key_of(guest: Guest) -> str:
    return [event.content_key for event in guest.events if isinstance(event, Welcome)][-1]


def metadata(name: str, media_type: str = "text/plain") -> str:
    pairs = {"filename": name, "filetype": media_type}
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with (
        running_server(tmp_path, SETTINGS) as (server, url),
        guests_at(url) as guests,
        aiohttp.ClientSession() as session,
    ):
        yield Post(server, tmp_path, url, session, guests)


async def test_a_file_that_somebody_shares_is_everybodys(post: Post) -> None:
    ada, bob = await post.join("Ada"), await post.join("Bob")
    plain = os.urandom(200_000)
    item = await post.share(ada, plain)
    added = (await bob.seen(ContentAdded)).item
    assert (added.id, added.name, added.length, added.author) == (item, "plan.txt", 200_000, ada.id)
    assert (await post.fetch(bob, item))[2] == plain
    carol = await post.join("Carol")
    welcome = await carol.seen(Welcome)
    assert welcome.snapshot.content == (added,)


async def test_whoever_lost_the_last_answer_finds_out_that_it_arrived(post: Post) -> None:
    ada, bob = await post.join("Ada"), await post.join("Bob", "cellar")
    item = await post.share(ada, b"all of it")
    status, answer, _ = await post.ask("HEAD", f"/api/v1/uploads/{item}", ada)
    assert (status, answer["Upload-Offset"], answer["Upload-Length"]) == (200, "9", "9")
    assert (await post.ask("HEAD", f"/api/v1/uploads/{item}", bob))[0] == 404
    await ada.ask(RemoveContent(item=item))
    assert (await post.ask("HEAD", f"/api/v1/uploads/{item}", ada))[0] == 404


async def test_it_goes_on_where_the_connection_broke(post: Post) -> None:
    ada = await post.join("Ada")
    plain = os.urandom(2 * MEGABYTE)
    path = await post.begin(ada, len(plain))
    async with post.half_sent(ada, path, len(plain), plain[:-100_000]), asyncio.timeout(5):
        # until it has read a part of it
        while not any(file.stat().st_size for file in post.data.glob("blobs/*/*")):
            await asyncio.sleep(0)
    offset = 0
    async with asyncio.timeout(5):  # until the server has noticed
        while not offset:
            offset = int((await post.ask("HEAD", path, ada))[1]["Upload-Offset"])
    headers = PATCH | {"Upload-Offset": str(offset)}
    status = 423
    async with asyncio.timeout(5):  # until the broken request is over to its last line
        while status == 423:
            status, _, _ = await post.ask("PATCH", path, ada, headers=headers, data=plain[offset:])
    assert status == 204
    item = (await ada.seen(ContentAdded)).item.id
    assert (await post.fetch(ada, item))[2] == plain


async def test_what_the_server_can_is_asked_without_a_key(post: Post) -> None:
    status, headers, _ = await post.ask("OPTIONS", "/api/v1/uploads", headers={})
    assert status == 204
    assert headers["Tus-Version"] == headers["Tus-Resumable"] == "1.0.0"
    assert headers["Tus-Extension"] == "creation,termination,expiration,checksum"
    assert headers["Tus-Max-Size"] == str(2 * MEGABYTE)


async def test_every_answer_about_an_upload_says_the_version_and_when_it_is_over(
    post: Post,
) -> None:
    ada = await post.join("Ada")
    path = await post.begin(ada, 10)
    seen = []
    for method in ("HEAD", "DELETE", "HEAD"):
        status, headers, _ = await post.ask(method, path, ada)
        assert headers["Tus-Resumable"] == "1.0.0", method
        seen.append((status, headers.get("Upload-Expires", "")[-3:], headers["Cache-Control"]))
    assert seen == [(200, "GMT", "no-store"), (204, "", "no-store"), (404, "", "no-store")]
    status, headers, _ = await post.ask("HEAD", path, ada, headers={"Tus-Resumable": "0.2.2"})
    assert (status, headers["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "9" * 30}, 400),
        ({"Upload-Length": "٣"}, 400),
        ({"Upload-Length": "2000001"}, 413),
        ({"Upload-Metadata": "filename !!!"}, 400),
        ({"Upload-Metadata": "filename " + base64.b64encode(b"\xff").decode()}, 400),
        ({"Upload-Metadata": ""}, 400),
        ({"Upload-Metadata": ",".join(f"k{n} YQ==" for n in range(100))}, 400),
    ],
)
async def test_a_false_beginning_is_refused(
    post: Post, change: dict[str, str], status: int
) -> None:
    ada = await post.join("Ada")
    headers = TUS | {"Upload-Length": "5", "Upload-Metadata": metadata("a.txt")} | change
    assert (await post.ask("POST", "/api/v1/uploads", ada, headers=headers))[0] == status


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Upload-Offset": "3"}, 409),
        ({"Upload-Offset": "x"}, 400),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Upload-Checksum": "md5 " + base64.b64encode(b"x" * 16).decode()}, 400),
        ({"Upload-Checksum": "sha1 " + base64.b64encode(b"x" * 20).decode()}, 460),
    ],
)
async def test_a_false_continuation_changes_nothing(
    post: Post, change: dict[str, str], status: int
) -> None:
    ada = await post.join("Ada")
    path = await post.begin(ada, 10)
    headers = PATCH | {"Upload-Offset": "0"} | change
    assert (await post.ask("PATCH", path, ada, headers=headers, data=b"12345"))[0] == status
    assert (await post.ask("HEAD", path, ada))[1]["Upload-Offset"] == "0"


async def test_a_right_checksum_is_taken(post: Post) -> None:
    ada = await post.join("Ada")
    path = await post.begin(ada, 5)
    digest = base64.b64encode(hashlib.sha256(b"12345").digest()).decode()
    headers = PATCH | {"Upload-Offset": "0", "Upload-Checksum": f"sha256 {digest}"}
    assert (await post.ask("PATCH", path, ada, headers=headers, data=b"12345"))[0] == 204


async def test_more_than_the_room_holds_is_refused_before_it_is_sent(post: Post) -> None:
    ada = await post.join("Ada")
    await post.begin(ada, 2 * MEGABYTE)
    headers = TUS | {"Upload-Length": str(2 * MEGABYTE), "Upload-Metadata": metadata("b.txt")}
    status, _, body = await post.ask("POST", "/api/v1/uploads", ada, headers=headers)
    assert (status, b"RoomContentFull" in body) == (413, True)


async def test_ranges(post: Post) -> None:
    ada = await post.join("Ada")
    plain = os.urandom(100_000)
    item = await post.share(ada, plain)
    status, headers, body = await post.fetch(ada, item, Range="bytes=65530-65545")
    assert (status, body) == (206, plain[65_530:65_546])
    assert headers["Content-Range"] == "bytes 65530-65545/100000"
    assert (await post.fetch(ada, item, Range="bytes=-5"))[2] == plain[-5:]
    assert (await post.fetch(ada, item, Range="bytes=99990-"))[2] == plain[99_990:]
    status, headers, _ = await post.fetch(ada, item, Range="bytes=100000-")
    assert (status, headers["Content-Range"]) == (416, "bytes */100000")
    for strange in ("bytes=5-1", "lines=1-2", "bytes=0-1,5-6", "bytes=x-"):
        assert (await post.fetch(ada, item, Range=strange))[2] == plain
    _, headers, _ = await post.fetch(ada, item)
    assert (await post.fetch(ada, item, **{"If-None-Match": headers["Etag"]}))[0] == 304
    changed = {"Range": "bytes=0-1", "If-Range": '"another"'}
    assert (await post.fetch(ada, item, **changed))[0] == 200


@pytest.mark.parametrize(
    ("media_type", "opened"),
    [
        ("image/png", True),
        ("application/pdf", True),
        ("text/plain", True),
        ("text/html", False),
        ("image/svg+xml", False),
        ("application/xhtml+xml", False),
        ("text/html; charset=utf-8", False),
        ("not a type\r\nX-Evil: 1", False),
    ],
)
async def test_only_what_runs_nothing_is_opened(
    post: Post,
    media_type: str,
    opened: bool,  # noqa: FBT001
) -> None:
    ada = await post.join("Ada")
    name = 'na"me\u202e; drop.html'
    headers = TUS | {"Upload-Length": "1", "Upload-Metadata": metadata(name, media_type)}
    _, answer, _ = await post.ask("POST", "/api/v1/uploads", ada, headers=headers)
    await post.ask(
        "PATCH", answer["Location"], ada, headers=PATCH | {"Upload-Offset": "0"}, data=b"x"
    )
    item = (await ada.seen(ContentAdded)).item
    _, sent, _ = await post.fetch(ada, item.id)
    assert sent["Content-Disposition"].startswith("inline" if opened else "attachment")
    assert sent["Content-Type"].partition(";")[0] == (
        media_type if opened else "application/octet-stream"
    )
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert '"' not in sent["Content-Disposition"]


async def test_a_file_is_removed_by_hosts_and_by_whoever_shared_it(post: Post) -> None:
    ada, bob = await post.join("Ada"), await post.join("Bob")
    item = await post.share(ada, b"plain")
    assert (await bob.refused(RemoveContent(item=item))).refusal.code == "HostsOnly"
    await ada.ask(RemoveContent(item=item))
    assert (await bob.seen(ContentRemoved)).item == item
    assert (await post.fetch(bob, item))[0] == 404
    assert (await ada.refused(RemoveContent(item=item))).refusal.code == "NoSuchItem"


async def test_a_room_with_a_file_in_it_stays(post: Post) -> None:
    ada = await post.join("Ada")
    item = await post.share(ada, b"plain")
    await ada.leave()
    async with asyncio.timeout(5):
        while post.server.gathering.meetings.live or post.server.gathering.meetings.closing:
            await asyncio.sleep(0)
    bob = await post.join("Bob")
    assert [one.id for one in (await bob.seen(Welcome)).snapshot.content] == [item]


async def test_whoever_takes_nothing_of_a_file_is_let_go(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await post.join("Ada")
    item = await post.share(ada, b"of the house")
    find, ended, pieces = Shelf.find, asyncio.Event(), list[bytes]()

    async def large(shelf: Shelf, room_id: str, item_id: str) -> Item:
        return replace(await find(shelf, room_id, item_id), length=24 * MEGABYTE)

    async def read(*_arguments: Any) -> AsyncIterator[bytes]:
        try:
            for _ in range(24):
                pieces.append(bytes(MEGABYTE))
                yield pieces[-1]
        finally:
            ended.set()

    monkeypatch.setattr(Shelf, "find", large)
    monkeypatch.setattr(Shelf, "read", read)
    be_impatient(monkeypatch)
    place = urlsplit(post.url)
    path = f"/api/v1/items/{item}?key={key_of(ada)}"
    with socket.create_connection((place.hostname, place.port)) as unread:
        unread.sendall(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        await asyncio.wait_for(ended.wait(), 20)
    assert len(pieces) < 24
