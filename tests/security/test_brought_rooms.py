"""An archive that somebody brings is a stranger's file: whatever is in it, either a whole room
comes of it or nothing at all, and nothing of anybody else's is touched."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetd.along import reading
from meetd.along.arrivals import AT_ONCE
from meetd.along.format import MANIFEST
from meetd.along.reading import Archive, ArchiveRefused, Reason
from meetd.along.unpacking import Owner
from tests.along.conftest import (
    NOTHING,
    Change,
    Place,
    furnished,
    here,
    parts_of,
    rewritten,
    there,
    unchanged,
)
from tests.support.sketch import Sketch

__all__ = ["here", "there"]

CHAT = "chat/1.json"
BOARD = "whiteboards/1/document.yjs"


@pytest.fixture
async def archive(here: Place) -> bytes:
    return await here.pack(await furnished(here))


def refused(data: bytes) -> str:
    """Read to its end, without a server."""
    with pytest.raises(ArchiveRefused) as caught:
        read(data)
    assert caught.value.reason in get_args(Reason)
    return caught.value.reason


def read(data: bytes) -> None:
    opened = Archive(io.BytesIO(data))
    for path in opened.manifest.parts:
        for _piece in opened.pieces(path):
            pass
    for part in range(1, 2 if opened.manifest.messages else 1):
        opened.messages(part)


def zipped(parts: dict[str, bytes], **options: Any) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **options) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return target.getvalue()


@settings(deadline=None)
@given(data=st.binary(max_size=3_000))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert refused(data) == "foreign"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(min_value=0), value=st.integers(min_value=0, max_value=255))
async def test_a_flipped_byte_is_refused_or_changes_nothing(
    archive: bytes, where: int, value: int
) -> None:
    changed = bytearray(archive)
    changed[where % len(archive)] = value
    try:
        read(bytes(changed))
    except ArchiveRefused:
        return
    # What a ZIP says twice, or of no use to us (times, modes): every part is as it was.
    assert parts_of(bytes(changed)) == parts_of(archive)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
async def test_one_that_was_cut_off_is_refused(archive: bytes, share: float) -> None:
    assert refused(archive[: int(len(archive) * share)]) == "foreign"


async def test_anything_before_or_after_it_is_refused(archive: bytes) -> None:
    assert refused(archive + b"x" * 70_000) in {"foreign", "damaged"}


async def test_a_part_that_unpacks_to_more_than_it_says_is_not_unpacked_further(
    archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of the ZIP, the manifest and the part say a few bytes; in it are 64 MB."""
    packed = zipped(parts_of(archive) | {"files/3-large.bin": bytes(64 << 20)}, compression=8)
    at = packed.rindex(b"PK\x01\x02", 0, packed.rindex(b"files/3-large.bin"))
    lying = bytearray(packed)
    manifest = json.loads(parts_of(archive)[MANIFEST])
    said = manifest["parts"]["files/3-large.bin"]["bytes"]
    struct.pack_into("<I", lying, at + 24, said)
    seen = 0
    original = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        nonlocal seen
        piece = original(self, n)
        seen += len(piece)
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    assert refused(bytes(lying)) == "damaged"
    assert seen < 4 << 20


async def test_a_part_that_says_it_is_huge_is_refused_before_it_is_read(
    there: Place, archive: bytes
) -> None:
    """Honest, a kilobyte on the wire, and 200 TB when it is unpacked."""

    def huge(said: Any) -> Any:
        parts = {name: msgspec.to_builtins(part) for name, part in said.parts.items()}
        parts["files/3-large.bin"]["bytes"] = 1 << 47
        return {**msgspec.to_builtins(said), "parts": parts}

    changed = await rewritten(archive, unchanged, huge)
    assert (await there.bring(changed)).trouble == "damaged"
    assert await there.left() == NOTHING


def test_a_list_without_end_is_not_read() -> None:
    entry = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, *[0] * 6, 0, 0, 0, 1, *[0] * 6) + b"a"
    count = (reading.MOST_LISTED // len(entry)) + 10
    listed = entry * count
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, len(listed), 0, 0)
    assert refused(listed + end) in {"foreign", "damaged"}


@pytest.mark.parametrize(
    "name",
    ["../escape", "/etc/passwd", "a/../../b", "a\\b", "C:evil", ".hidden", "a/.b", "ä", "a\nb"],
)
async def test_a_path_that_is_not_ours_is_refused(archive: bytes, name: str) -> None:
    parts = parts_of(archive)
    manifest = json.loads(parts[MANIFEST])
    manifest["files"][0]["path"] = name
    manifest["parts"][name] = manifest["parts"].pop("files/1-plan.txt")
    parts[MANIFEST] = json.dumps(manifest).encode()
    parts[name] = parts.pop("files/1-plan.txt")
    assert refused(zipped(parts)) == "damaged"


async def test_what_the_manifest_does_not_name_is_refused(archive: bytes) -> None:
    parts = parts_of(archive)
    assert refused(zipped(parts | {"files/9-more.txt": b"x"})) == "damaged"
    del parts["index.html"]
    assert refused(zipped(parts)) == "damaged"


@pytest.mark.filterwarnings("ignore:Duplicate name")
async def test_a_part_that_comes_twice_is_refused(archive: bytes) -> None:
    target = io.BytesIO(archive)
    with zipfile.ZipFile(target, "a") as opened:
        opened.writestr("index.html", b"another")
    assert refused(target.getvalue()) == "damaged"


async def test_a_checksum_that_lies_is_refused_and_leaves_nothing(
    there: Place, archive: bytes
) -> None:
    for path in (CHAT, "files/3-large.bin", BOARD):
        parts = parts_of(archive)
        parts[path] = parts[path][:-1] + bytes([parts[path][-1] ^ 1])
        assert (await there.bring(zipped(parts))).trouble == "damaged"
        assert await there.left() == NOTHING


async def test_how_it_is_packed_is_ours_or_it_is_refused(archive: bytes) -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert refused(zipped(parts_of(archive), compression=method)) == "damaged"
    locked = bytearray(zipped(parts_of(archive)))
    at = -1
    while (at := locked.find(b"PK\x01\x02", at + 1)) >= 0:
        locked[at + 8] |= 1
    assert refused(bytes(locked)) == "damaged"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"version": 2}, "newer"),
        ({"version": 2**70}, "newer"),
        ({"version": "1"}, "foreign"),
        ({"format": "another room"}, "foreign"),
        ({"version": 0}, "damaged"),
        ({"surprise": 1}, "damaged"),
        ({"messages": 5}, "damaged"),
        ({"messages": 10**9}, "damaged"),
        ({"files": None}, "damaged"),
    ],
)
async def test_a_foreign_manifest_is_refused(
    archive: bytes, facts: dict[str, Any], reason: str
) -> None:
    changed = await rewritten(
        archive, unchanged, lambda said: {**msgspec.to_builtins(said), **facts}
    )
    assert refused(changed) == reason


def said(change: Callable[[list[dict[str, Any]]], object]) -> Change:
    """Other messages."""

    def changed(parts: dict[str, bytes]) -> None:
        messages = json.loads(parts[CHAT])
        change(messages)
        parts[CHAT] = json.dumps(messages).encode()

    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each[1].update(number=1),
        lambda each: each[0].update(number=2**53),
        lambda each: each.pop(),
        lambda each: each[0].update(by=0),
        lambda each: each[0].update(by=99),
        lambda each: each[0].update(at=-1),
        lambda each: each[0].update(at=10**18),
        lambda each: each[0].update(text="x" * 4_001),
        lambda each: each[0].update(text="x" * 100_000),
        lambda each: each[0].update(name=""),
        lambda each: each[0].update(name="\u202e"),
        lambda each: each[0].update(replyTo=1),
        lambda each: each[3].update(replyTo=4),
        lambda each: each[0].update(author="somebody"),
        lambda each: each[0].update(reactions=[{"emoji": "💣", "by": [1]}]),
        lambda each: each[0].update(reactions=[{"emoji": "👍", "by": [1]}] * 2),
        lambda each: each[0].update(reactions=[{"emoji": "👍", "by": []}]),
        lambda each: each[0].update(reactions=[{"emoji": "👍", "by": [1] * 201}]),
    ],
)
async def test_a_message_that_nobody_can_have_said_is_refused(
    there: Place, archive: bytes, change: Callable[[list[dict[str, Any]]], object]
) -> None:
    assert (await there.bring(await rewritten(archive, said(change)))).trouble == "damaged"
    assert await there.left() == NOTHING


async def test_words_are_cleaned_as_if_somebody_said_them_here(
    there: Place, archive: bytes
) -> None:
    disguise = said(lambda each: each[0].update(text="a\u202eb\x00c", name="Ada\u202e\n"))
    assert (await there.bring(await rewritten(archive, disguise))).trouble is None
    (room,) = await there.rooms()
    (first, *_) = json.loads(parts_of(await there.pack(room))[CHAT])
    assert (first["text"], first["name"]) == ("abc", "Ada")


def deep() -> bytes:
    """An object in an object, and so on, further than anybody draws."""
    sketch, value = Sketch(1), dict[str, Any]()
    for _ in range(9):
        value = {"a": value}
    sketch.objects["a"] = value
    return sketch.updates[-1]


def middle() -> bytes:
    """It goes on from what is not there."""
    sketch = Sketch(1)
    sketch.stroke("a")
    return sketch.stroke("b")


@pytest.mark.parametrize(
    "update",
    [
        b"",
        b"\x01",
        b"\xff" * 50,
        b"\x01\x01\x07\x00\x00\xff\xff\xff\xff\x0f\x00",
        b"\x00\x01\x05\x01\x00\x01",
        bytes(100),
        deep(),
        middle(),
    ],
    ids=["empty", "short", "noise", "huge", "waits", "zeros", "deep", "middle"],
)
async def test_a_document_that_is_no_board_is_refused(
    there: Place, archive: bytes, update: bytes
) -> None:
    changed = await rewritten(archive, lambda parts: parts.update({BOARD: update}))
    assert (await there.bring(changed)).trouble == "damaged"
    assert await there.left() == NOTHING


def adding(more: dict[str, bytes]) -> Change:
    return lambda parts: parts.update(more)


async def test_more_than_the_server_allows_is_refused(there: Place, archive: bytes) -> None:
    for change in (
        {"files/3-large.bin": bytes(1_000_001)},  # of one file
        {"files/3-large.bin": bytes(999_999), "files/1-plan.txt": bytes(999_999),
         "files/2-evil_gnp.html.download": bytes(999_999)},  # of all of them
        {BOARD: bytes(33_000_000)},
    ):  # fmt: skip
        changed = await rewritten(archive, adding(change))
        assert (await there.bring(changed)).trouble == "too_large"
        assert await there.left() == NOTHING


async def test_more_whiteboards_than_the_server_allows_are_refused(
    here: Place, there: Place
) -> None:
    room = await furnished(here)
    for number in range(2):
        await here.server.house.boards.add(room.id, f"More {number}", ("a", "Ada"))
    assert (await there.bring(await here.pack(room))).trouble == "too_large"
    assert await there.left() == NOTHING


async def test_where_there_is_no_room_on_the_disk_nothing_is_begun(
    there: Place, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1 << 20

    monkeypatch.setattr("meetd.along.unpacking.disk_usage", lambda _: Usage)
    assert (await there.bring(archive)).trouble == "full"
    monkeypatch.setattr("meetd.along.arrivals.disk_usage", lambda _: Usage)
    with pytest.raises(ArchiveRefused, match="full"):
        await there.bring(archive)
    assert await there.left() == NOTHING


async def test_one_at_a_time_and_few_of_everybody(there: Place, archive: bytes) -> None:
    arrivals = there.server.house.arrivals
    first = await there.server.stores.arrivals.begin(there.owner)
    assert first is not None
    with pytest.raises(ArchiveRefused, match="busy"):
        await there.bring(archive)
    await there.server.stores.arrivals.fail(first, "failed")
    arrivals._sending = AT_ONCE
    with pytest.raises(ArchiveRefused, match="busy"):
        await there.bring(archive)


async def test_a_sender_who_goes_away_leaves_nothing(there: Place, archive: bytes) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield archive[:5_000]
        raise ConnectionResetError

    arrivals = there.server.house.arrivals
    with pytest.raises(ConnectionResetError):
        await arrivals.receive(there.owner, len(archive), body())
    assert await arrivals.of(there.owner) is None
    assert await there.left() == NOTHING


async def test_more_than_was_said_is_refused_as_it_comes(
    there: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(there.server.house.arrivals, "limit", 10_000)
    with pytest.raises(ArchiveRefused, match="too_large"):
        await there.server.house.arrivals.receive(there.owner, 0, endless())
    assert await there.left() == NOTHING


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(4_096)


async def test_a_room_that_is_being_filled_is_in_no_list(
    there: Place, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at in the middle: it is nobody's, and only its 130 random bits lead there."""
    seen: list[tuple[int, int, str | None]] = []
    stores, boards = there.server.stores, there.server.house.boards
    take_in = boards.take_in

    async def looked(board: Any, update: bytes) -> None:
        room = await stores.rooms.by_id(board.room_id)
        assert room is not None
        owned = len(await stores.rooms.owned_by(there.owner))
        seen.append((len(await there.rooms()), owned, room.owner_id))
        assert await stores.rooms.find("study") is None
        await take_in(board, update)

    monkeypatch.setattr(boards, "take_in", looked)
    assert (await there.bring(archive)).trouble is None
    assert seen == [(0, 0, None)] * 2


async def test_an_account_that_goes_meanwhile_takes_everything_along(
    there: Place, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores, boards = there.server.stores, there.server.house.boards

    async def erased(*_: object) -> None:
        account = await stores.accounts.by_id(there.owner)
        if account is not None:
            await stores.erase(account, actor="operator")

    monkeypatch.setattr(boards, "take_in", erased)
    arrivals = there.server.house.arrivals

    async def body() -> AsyncIterator[bytes]:
        yield archive

    await arrivals.receive(there.owner, len(archive), body())
    await arrivals.finished()
    assert await arrivals.of(there.owner) is None
    assert await there.left() == NOTHING


async def test_the_owner_alone_gets_the_room(there: Place, archive: bytes) -> None:
    """Nothing in an archive says whose a room is, and nobody else's name is taken."""
    stores = there.server.stores
    theirs = await stores.rooms.make_owned("study", there.owner, locked=True)
    arrival = await stores.arrivals.begin(there.owner)
    assert arrival is not None
    with pytest.raises(ArchiveRefused, match="name"):
        await there.server.house.arrivals.take_in(
            arrival, io.BytesIO(archive), Owner(there.owner, "study")
        )
    assert [room.id for room in await there.rooms()] == [theirs.id]


def test_a_stream_that_breaks_in_the_middle_is_damaged() -> None:
    """Of a part that is packed: what is no deflate stream ends in a refusal too."""
    packed = bytearray(zipped({MANIFEST: b"{" * 10_000}, compression=zipfile.ZIP_DEFLATED))
    at = packed.index(MANIFEST.encode()) + len(MANIFEST)
    packed[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(zlib.error):
        zlib.decompress(bytes(packed[at : at + 20]), -15)
    assert refused(bytes(packed)) == "damaged"
