"""Uploads: gone on with from anywhere, encrypted as they come, in the room once whole."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetd.content.intake import Checksum
from meetd.content.item import Item, Upload
from meetd.content.store import MAX_ITEMS
from meetd.core.refusals import (
    ChecksumWrong,
    FileNameInvalid,
    FileTooLarge,
    NoSuchItem,
    NoSuchRoom,
    NoSuchUpload,
    RoomContentFull,
    ServerContentFull,
    StorageFailed,
    StorageFull,
    TooManyItems,
    UploadBusy,
    UploadElsewhere,
    UploadTooLong,
)
from meetd.storage.blobs import SEGMENT
from tests.content.conftest import MEGABYTE, UNTOUCHED, Place

ADA = ("ada-participant", "Ada")


async def room(place: Place, name: str = "kitchen") -> str:
    return (await place.rooms.make(name)).id


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def begin(place: Place, room_id: str, length: int, name: str = "plan.pdf") -> Upload:
    begun = await place.intake.begin(
        room_id, name=name, media_type="application/pdf", length=length, author=ADA
    )
    assert isinstance(begun, Upload)
    return begun


async def share(place: Place, room_id: str, plain: bytes, name: str = "plan.pdf") -> Item:
    upload = await begin(place, room_id, len(plain), name)
    item = await place.intake.receive(upload, 0, stream(plain))
    assert isinstance(item, Item)
    return item


async def read(place: Place, item: Item, start: int = 0, stop: int | None = None) -> bytes:
    end = item.length if stop is None else stop
    return b"".join([piece async for piece in place.shelf.read(item, start, end)])


async def test_a_file_sent_at_once_is_in_the_room(place: Place) -> None:
    plain = os.urandom(3 * SEGMENT + 11)
    added: list[Item] = []
    place.intake.on_added(added.append)
    item = await share(place, await room(place), plain)
    assert await place.shelf.items(item.room_id) == [item] == added
    assert await read(place, item) == plain
    assert await read(place, item, SEGMENT - 2, SEGMENT + 2) == plain[SEGMENT - 2 : SEGMENT + 2]
    assert (item.label.name, item.label.media_type) == ("plan.pdf", "application/pdf")


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    length=st.integers(1, 3 * SEGMENT + 5),
    cuts=st.lists(st.integers(0, 3 * SEGMENT + 5), max_size=5),
)
async def test_wherever_it_stops_it_goes_on(place: Place, length: int, cuts: list[int]) -> None:
    plain = os.urandom(length)
    room_id = await room(place)
    state: Upload | Item = await begin(place, room_id, length)
    for stop in [*sorted(cut for cut in cuts if cut < length), length]:
        assert isinstance(state, Upload)
        # Found anew, as after a restart of the server.
        state = await place.intake.find(room_id, state.id)
        state = await place.intake.receive(
            state, state.received, stream(plain[state.received : stop])
        )
    assert isinstance(state, Item)
    assert await read(place, state) == plain
    await place.shelf.remove(state)


async def test_an_empty_file_is_a_file(place: Place) -> None:
    item = await place.intake.begin(
        await room(place), name="empty.txt", media_type="text/plain", length=0, author=ADA
    )
    assert isinstance(item, Item)
    assert await read(place, item) == b""


async def test_a_half_one_is_not_listed_and_stands_nowhere_in_clear(place: Place) -> None:
    secret = b"what was said behind closed doors. "
    plain = secret * (SEGMENT // len(secret) * 3)
    room_id = await room(place)
    upload = await begin(place, room_id, len(plain) + 1, "minutes of the board.txt")
    await place.intake.receive(upload, 0, stream(plain))
    assert await place.shelf.items(room_id) == []
    for path in place.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret[:16] not in content, path
            assert b"minutes of the board" not in content, path


async def test_a_request_that_is_behind_is_told_where_it_goes_on(place: Place) -> None:
    upload = await begin(place, await room(place), 10)
    await place.intake.receive(upload, 0, stream(b"12345"))
    for offset in (0, 4, 6):
        with pytest.raises(UploadElsewhere) as caught:
            await place.intake.receive(upload, offset, stream(b"67890"))
        assert caught.value.offset == 5


async def test_more_than_announced_is_refused_and_what_was_kept_stays(place: Place) -> None:
    upload = await begin(place, await room(place), 10)
    await place.intake.receive(upload, 0, stream(b"12345"))
    with pytest.raises(UploadTooLong):
        await place.intake.receive(upload, 5, stream(b"678", b"901"))
    item = await place.intake.receive(upload, 5, stream(b"67890"))
    assert isinstance(item, Item)
    assert await read(place, item) == b"1234567890"


async def test_two_requests_at_once_do_not_mix(place: Place) -> None:
    upload = await begin(place, await room(place), 10)
    first, more = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        first.set()
        yield b"12345"
        await more.wait()
        yield b"67890"

    sending = asyncio.ensure_future(place.intake.receive(upload, 0, slow()))
    await first.wait()
    with pytest.raises(UploadBusy):
        await place.intake.receive(upload, 0, stream(b"something"))
    with pytest.raises(UploadBusy):
        await place.intake.give_up(upload)
    more.set()
    item = await sending
    assert isinstance(item, Item)
    assert await read(place, item) == b"1234567890"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_wrong_checksum_keeps_nothing_of_the_request(place: Place, algorithm: str) -> None:
    assert algorithm in {"sha1", "sha256"}
    plain = os.urandom(2 * SEGMENT)
    room_id = await room(place)
    upload = await begin(place, room_id, len(plain))
    right = Checksum(algorithm, hashlib.new(algorithm, plain).digest())  # type: ignore[arg-type]
    with pytest.raises(ChecksumWrong):
        await place.intake.receive(upload, 0, stream(plain[:-1] + b"x"), right)
    with pytest.raises(ChecksumWrong):  # broken off
        await place.intake.receive(upload, 0, stream(plain[:-1]), right)
    assert (await place.intake.find(room_id, upload.id)).received == 0
    item = await place.intake.receive(upload, 0, stream(plain), right)
    assert isinstance(item, Item)
    assert await read(place, item) == plain


async def test_the_same_file_twice_is_kept_once_and_removed_with_the_last(place: Place) -> None:
    plain = os.urandom(SEGMENT + 1)
    room_id = await room(place)
    first, second = await share(place, room_id, plain), await share(place, room_id, plain, "b.pdf")
    assert len(place.files) == 1
    await place.shelf.remove(first)
    assert await read(place, second) == plain
    await place.shelf.remove(second)
    assert place.files == []
    assert await place.shelf.items(room_id) == []


async def test_the_same_file_in_two_rooms_is_two_files(place: Place) -> None:
    """Nobody learns from the disk that two rooms hold the same."""
    plain = os.urandom(100)
    for name in ("kitchen", "cellar"):
        await share(place, await room(place, name), plain)
    assert len(place.files) == 2


async def test_an_item_of_another_room_is_not_there(place: Place) -> None:
    item = await share(place, await room(place), b"plain")
    other = await room(place, "cellar")
    with pytest.raises(NoSuchItem):
        await place.shelf.find(other, item.id)
    upload = await begin(place, item.room_id, 5)
    with pytest.raises(NoSuchUpload):
        await place.intake.find(other, upload.id)


async def test_limits_count_what_is_on_its_way(place: Place) -> None:
    kitchen, cellar = await room(place), await room(place, "cellar")
    with pytest.raises(FileTooLarge):
        await begin(place, kitchen, 8 * MEGABYTE + 1)
    await begin(place, kitchen, 8 * MEGABYTE)
    with pytest.raises(RoomContentFull) as caught:
        await begin(place, kitchen, 3 * MEGABYTE)
    assert (caught.value.limit, caught.value.used) == (10 * MEGABYTE, 8 * MEGABYTE)
    with pytest.raises(ServerContentFull):
        await begin(place, cellar, 8 * MEGABYTE)
    for _ in range(MAX_ITEMS):
        await begin(place, cellar, 1)
    with pytest.raises(TooManyItems):
        await begin(place, cellar, 1)


async def test_a_room_that_is_gone_takes_nothing(place: Place) -> None:
    with pytest.raises(NoSuchRoom):
        await begin(place, "no-such-room", 1)


@pytest.mark.parametrize("name", ["", " ", "..", "/", "\u202e", "x" * 10_000])
async def test_a_name_that_says_nothing_is_refused(place: Place, name: str) -> None:
    with pytest.raises(FileNameInvalid):
        await begin(place, await room(place), 1, name)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\plan.pdf", "plan.pdf"),
        ("two\nlines.txt", "two lines.txt"),
        ("gpj\u202e\u200f.exe", "gpj.exe"),
        ("é.txt", "é.txt"),
    ],
)
async def test_a_name_is_shown_without_its_tricks(place: Place, sent: str, shown: str) -> None:
    upload = await begin(place, await room(place), 1, sent)
    assert upload.label.name == shown


async def test_a_very_long_name_keeps_its_ending(place: Place) -> None:
    upload = await begin(place, await room(place), 1, "x" * 4_000 + ".tar.gz")
    assert len(upload.label.name) == 200
    assert upload.label.name.endswith("x.tar.gz")


async def test_given_up_is_gone(place: Place) -> None:
    room_id = await room(place)
    upload = await begin(place, room_id, 10)
    await place.intake.receive(upload, 0, stream(b"12345"))
    await place.intake.give_up(upload)
    assert place.files == []
    with pytest.raises(NoSuchUpload):
        await place.intake.receive(upload, 5, stream(b"67890"))
    with pytest.raises(NoSuchUpload):
        await place.intake.give_up(upload)


async def test_what_nobody_goes_on_with_is_over_after_a_day(place: Place) -> None:
    room_id = await room(place)
    upload = await begin(place, room_id, 10)
    await place.intake.receive(upload, 0, stream(b"12345"))
    item = await share(place, room_id, b"stays")
    await place.intake.sweep()
    assert (await place.intake.find(room_id, upload.id)).received == 5
    place.clock.forward(seconds=UNTOUCHED / 1_000 + 1)
    await place.intake.sweep()
    with pytest.raises(NoSuchUpload):
        await place.intake.find(room_id, upload.id)
    assert await read(place, item) == b"stays"
    assert len(place.files) == 1


async def test_files_of_a_room_that_was_deleted_are_swept(place: Place) -> None:
    kept = await place.rooms.make("kitchen")
    await share(place, kept.id, b"goes with its room")
    await place.rooms.delete(kept)
    place.clock.forward(seconds=UNTOUCHED / 1_000 + 1)
    await place.intake.sweep()
    assert place.files == []


async def test_killed_between_the_file_and_its_row_it_is_sent_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = os.urandom(SEGMENT + 5)
    room_id = await room(place)
    upload = await begin(place, room_id, len(plain))
    upload_2 = await place.intake.receive(upload, 0, stream(plain[:-2]))
    assert isinstance(upload_2, Upload)

    async def killed(*_: object) -> Item:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(place.store, "complete", killed)
        with pytest.raises(asyncio.CancelledError):
            await place.intake.receive(upload, upload_2.received, stream(plain[-2:]))
    assert await place.shelf.items(room_id) == []
    found = await place.intake.find(room_id, upload.id)
    item = await place.intake.receive(found, found.received, stream(plain[found.received :]))
    assert isinstance(item, Item)
    assert await read(place, item) == plain


@pytest.mark.parametrize(
    ("error", "refusal"),
    [(OSError(28, "full"), StorageFull), (OSError(5, "broken"), StorageFailed)],
)
async def test_a_full_or_broken_disk_costs_the_request_only(
    place: Place, monkeypatch: pytest.MonkeyPatch, error: OSError, refusal: type[Exception]
) -> None:
    room_id = await room(place)
    upload = await begin(place, room_id, 10)
    await place.intake.receive(upload, 0, stream(b"12345"))

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(refusal):
            await place.intake.receive(upload, 5, stream(b"67890"))
    item = await place.intake.receive(upload, 5, stream(b"67890"))
    assert isinstance(item, Item)
    assert await read(place, item) == b"1234567890"
