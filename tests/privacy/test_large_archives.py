"""Archives of somebody with very much: little memory, room looked for first, and whole but for what
is damaged."""

import asyncio
import errno
import io
import json
import shutil
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest

from meetd.accounts.account import Account
from meetd.app import Server
from meetd.core.files import nameless
from meetd.core.holdings import Attachment, ImpersonalHolding, Until
from meetd.core.refusals import ItemDamaged
from meetd.pages import my_data_page
from meetd.privacy import archive as archive_module
from meetd.privacy.archive import write_archive
from meetd.privacy.space import MARGIN, NoSpace, check_space
from tests.pages.test_account_pages import browser, server
from tests.pages.test_my_data import PAGE, archive_of, person
from tests.support.house import share
from tests.support.people import Browser

__all__ = ["browser", "server"]

ROWS = 4_000
LETTER = "x" * 4_000
ALL = ROWS * len(LETTER)
"""Bytes of all rows: 16 MB."""


class Counted(dict[str, Any]):
    """A row that is counted as long as somebody holds it."""

    alive: ClassVar[int] = 0
    most: ClassVar[int] = 0

    def __init__(self, **values: Any) -> None:
        super().__init__(values)
        Counted.alive += 1
        Counted.most = max(Counted.most, Counted.alive)

    def __del__(self) -> None:
        Counted.alive -= 1


class Chatty(ImpersonalHolding):
    """Somebody in whose rooms very much was said; of two kinds, one after the other."""

    tables: frozenset[str] = frozenset()
    kinds: Mapping[str, Until] = {"message": "room", "remark": "room"}

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        del person
        for number in range(ROWS):
            yield Counted(kind=("message", "remark")[number % 2], number=number, text=LETTER)


class Nowhere(io.RawIOBase):
    """A target that keeps nothing and only counts."""

    length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.length += len(data)
        return len(data)


def nothing(done: int, total: int) -> None:
    del done, total


@pytest.fixture(autouse=True)
def _from_zero() -> None:
    Counted.alive = Counted.most = 0


async def test_rows_are_never_in_memory_all_at_once(tmp_path: Path) -> None:
    with nameless(tmp_path) as scratch:
        tracemalloc.start()
        try:
            counts = await write_archive(Nowhere(), scratch, [Chatty()], "ada", nothing)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert counts == {"message": ROWS // 2, "remark": ROWS // 2}
        # A few rows by name, and pieces of a few hundred of them, of 16 MB.
        assert Counted.most <= 3
        assert most < ALL // 4
        scratch.seek(0)
        assert b"xxxxxxxx" not in scratch.read(), "in clear on the disk"
    assert list(tmp_path.iterdir()) == []


async def test_what_waited_on_the_disk_is_in_the_archive(tmp_path: Path) -> None:
    target = io.FileIO(tmp_path / "all.zip", "w")
    with target, nameless(tmp_path) as scratch:
        await write_archive(target, scratch, [Chatty()], "ada", nothing)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        kept = json.loads(archive.read("account.json"))
        assert [row["number"] for row in kept["message"]] == list(range(0, ROWS, 2))
        assert {row["text"] for row in kept["remark"]} == {LETTER}
        lines = archive.read("csv/remark.csv").decode().splitlines()
        assert lines[0] == "number,text"
        assert len(lines) == ROWS // 2 + 1


async def test_the_page_holds_what_it_shows_and_no_more() -> None:
    rows, counts = await my_data_page._first_rows(Chatty(), "ada")
    assert {kind: len(of_kind) for kind, of_kind in rows.items()} == {"message": 20, "remark": 20}
    assert counts == {"message": ROWS // 2, "remark": ROWS // 2}
    assert Counted.most <= 2 * 20 + 2


class OneFile(ImpersonalHolding):
    """Of 4 GB, and one row to tell of it."""

    tables: frozenset[str] = frozenset()
    length = 4_000_000_000

    async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
        def unread() -> AsyncIterator[bytes]:
            raise AssertionError("read before there is room for it")

        del person
        yield {"kind": "file", "file": Attachment("film", self.length, unread)}


async def test_room_is_looked_for_before_anything_is_read() -> None:
    await check_space([OneFile()], "ada", OneFile.length + MARGIN + 1_000)
    with pytest.raises(NoSpace) as refused:
        await check_space([OneFile()], "ada", OneFile.length)
    assert refused.value.needed > OneFile.length + MARGIN
    with pytest.raises(NoSpace):
        await check_space([Chatty()], "ada", MARGIN + 2 * ALL)


class Usage(NamedTuple):
    total: int
    used: int
    free: int


async def test_too_little_room_is_said_and_nothing_stays(
    server: tuple[Server, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person(server[0], browser)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, MARGIN))
        await browser.post(f"{PAGE}/archive")
        await server[0].house.exports.finished()
        for language, words in (("en", "too little free space"), ("nl", "te weinig vrije ruimte")):
            assert words in (await browser.get(PAGE, **{"Accept-Language": language})).text
    assert files_of_archives(server[0]) == []
    await archive_of(server[0], browser)


async def test_a_disk_that_fills_up_meanwhile_is_said_and_nothing_stays(
    server: tuple[Server, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person(server[0], browser)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(archive_module, "_write_tables", full)
        await browser.post(f"{PAGE}/archive")
        await server[0].house.exports.finished()
        assert "too little free space" in (await browser.get(PAGE)).text
    assert files_of_archives(server[0]) == []
    await archive_of(server[0], browser)


def files_of_archives(server: Server) -> list[Path]:
    return [path for path in server._directory.exports.rglob("*") if path.is_file()]


async def furnished(server: Server, browser: Browser) -> Account:
    account = await person(server, browser)
    room = await server.stores.rooms.make_owned("study", account.id, locked=True)
    for name in ("first.txt", "second.txt", "third.txt"):
        await share(server, room, name, name.encode() * 20_000)
    return account


@pytest.mark.parametrize("how", ["gone", "changed"])
async def test_a_damaged_file_is_left_out_and_said(
    server: tuple[Server, str], browser: Browser, how: str
) -> None:
    await furnished(server[0], browser)
    blobs = sorted(server[0]._directory.blobs.glob("??/*"), key=lambda path: path.stat().st_size)
    damaged = blobs[1]  # the first and the third are equally long
    if how == "gone":
        damaged.unlink()
    else:
        whole = damaged.read_bytes()
        damaged.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    archive = await archive_of(server[0], browser)
    kept = json.loads(archive.read("account.json"))
    (left_out,) = kept["left out"]
    files = {row["name"]: row["file"] for row in kept["file"]}
    assert files.pop(left_out["name"]) is None
    for name, in_archive in files.items():
        assert archive.read(in_archive) == name.encode() * 20_000
    assert sum(name.startswith("files/") for name in archive.namelist()) == 2
    assert b"Not in it: 1 of your files" in archive.read("README.txt")
    assert left_out["name"] in archive.read("csv/left-out.csv").decode()
    for language, words in (("en", "not in the archive: 1."), ("nl", "archief zitten: 1.")):
        assert words in (await browser.get(PAGE, **{"Accept-Language": language})).text


async def test_a_file_that_breaks_off_while_it_is_written_is_said_too(tmp_path: Path) -> None:
    reads = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal reads
        reads += 1
        yield b"the beginning"
        if reads == 2:
            raise ItemDamaged

    class Dying(ImpersonalHolding):
        tables: frozenset[str] = frozenset()

        async def export_for(self, person: str) -> AsyncIterator[dict[str, Any]]:
            del person
            yield {"kind": "file", "file": Attachment("film", 50, pieces)}
            yield {"kind": "file", "file": None}

    with io.FileIO(tmp_path / "all.zip", "w") as target, nameless(tmp_path) as scratch:
        counts = await write_archive(target, scratch, [Dying()], "ada", nothing)
    assert counts == {"left out": 1, "file": 2}
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert json.loads(archive.read("account.json"))["left out"][0]["cut off"] == "files/1-film"


async def test_one_that_is_given_up_waits_for_the_thread_that_writes(tmp_path: Path) -> None:
    """Nothing is closed under it: no error but the end itself."""
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Slow(Nowhere):
        def write(self, data: Any) -> int:
            loop.call_soon_threadsafe(begun.set)
            return super().write(data)

    with nameless(tmp_path) as scratch:
        writing = asyncio.create_task(write_archive(Slow(), scratch, [Chatty()], "ada", nothing))
        await begun.wait()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
