"""What others were bitten by, as far as files in rooms go. Each test has the name of its lesson."""

import asyncio
import os
from contextlib import AsyncExitStack

import pytest

from tests.api.test_content import PATCH, TUS, Post, key_of, metadata, post

__all__ = ["post"]


async def test_bbb_cve_2022_29232_files_of_other_rooms_are_not_there(post: Post) -> None:
    ada, eve = await post.join("Ada"), await post.join("Eve", "elsewhere")
    item = await post.share(ada, b"plain")
    assert (await post.fetch(eve, item))[0] == 404
    path = await post.begin(ada, 10)
    for method in ("HEAD", "DELETE"):
        assert (await post.ask(method, path, eve))[0] == 404
    headers = PATCH | {"Upload-Offset": "0"}
    assert (await post.ask("PATCH", path, eve, headers=headers, data=b"x"))[0] == 404


@pytest.mark.parametrize("key", ["", "x", "A" * 43, "Ada"])
async def test_unguessable_ids_are_not_enough(post: Post, key: str) -> None:
    ada = await post.join("Ada")
    item = await post.share(ada, b"plain")
    assert (await post.ask("GET", f"/api/v1/items/{item}?key={key}"))[0] == 403
    headers = TUS | {"Upload-Length": "1", "Upload-Metadata": metadata("a")}
    headers |= {"Authorization": f"Bearer {key}"}
    assert (await post.ask("POST", "/api/v1/uploads", headers=headers))[0] == 403


async def test_bbb_cve_2022_29234_a_key_ends_with_the_stay(post: Post) -> None:
    ada, bob = await post.join("Ada"), await post.join("Bob")
    item = await post.share(ada, b"plain")
    path = await post.begin(ada, 10)
    key = key_of(ada)
    await ada.leave()
    await bob.until(lambda: bob.people == ["Bob"], "Ada should be gone")
    assert (await post.ask("GET", f"/api/v1/items/{item}?key={key}"))[0] == 403
    assert (await post.ask("HEAD", path, ada))[0] == 403


async def test_nextcloud_cve_2026_45266_presenter_mode_stops_an_upload_in_the_middle(
    post: Post,
) -> None:
    ada = await post.join("Ada")
    path = await post.begin(ada, 10)
    headers = PATCH | {"Upload-Offset": "0"}
    assert (await post.ask("PATCH", path, ada, headers=headers, data=b"12345"))[0] == 204
    (meeting,) = post.server.gathering.meetings.live
    await post.server.stores.rooms.set_presenter_mode(meeting.room, on=True)
    headers = PATCH | {"Upload-Offset": "5"}
    status, _, body = await post.ask("PATCH", path, ada, headers=headers, data=b"67890")
    assert (status, b"HostsOnly" in body) == (403, True)


async def test_nextcloud_cve_2026_45266_presenter_mode_lets_nobody_take_files_along(
    post: Post,
) -> None:
    ada = await post.join("Ada")
    item = await post.share(ada, b"plain")
    (meeting,) = post.server.gathering.meetings.live
    await post.server.stores.rooms.set_presenter_mode(meeting.room, on=True)
    status, _, body = await post.fetch(ada, item)
    assert (status, b"HostsOnly" in body) == (403, True)
    await post.server.stores.rooms.set_presenter_mode(meeting.room, on=False)
    assert (await post.fetch(ada, item))[2] == b"plain"


async def test_aiohttp_cve_2025_69228_one_address_sends_few_files_at_a_time(post: Post) -> None:
    ada = await post.join("Ada")
    paths = [await post.begin(ada, 2) for _ in range(9)]
    async with AsyncExitStack() as sending:
        for path in paths[:8]:
            await sending.enter_async_context(post.half_sent(ada, path, 2, b"1"))
        headers = PATCH | {"Upload-Offset": "0"}
        async with asyncio.timeout(5):  # until the server has read all of them
            while (
                b"TooManyUploads"
                not in (await post.ask("PATCH", paths[8], ada, headers=headers, data=b""))[2]
            ):
                pass
    async with asyncio.timeout(5):
        while (await post.ask("PATCH", paths[8], ada, headers=headers, data=b"12"))[0] != 204:
            pass


async def test_bbb_3qjg_names_reach_no_path(post: Post) -> None:
    ada = await post.join("Ada")
    await post.share(ada, os.urandom(10), "passwd")
    path = await post.begin(ada, 3, "../../../../etc/cron.d/evil")
    assert ".." not in path
    status, _, _ = await post.ask("HEAD", "/api/v1/uploads/..%2f..%2fmeetd.db", ada)
    assert status == 404
    status, _, _ = await post.ask("GET", f"/api/v1/items/..%2f..%2fmeetd.db?key={key_of(ada)}")
    assert status == 404
