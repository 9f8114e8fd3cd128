"""A stop or a kill in the middle of an arrival leaves nothing half made, and what became of it is
told for a week."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from meetd.along.reading import ArchiveRefused, Reason
from meetd.core.ids import new_id, new_room_name
from meetd.storage.blobs import BlobFolder
from meetd.storage.database import Transaction
from meetd.storage.sealed_file import SealedFile, SealedReader
from tests.along.conftest import NOTHING, Place, furnished, open_place
from tests.support.house import say, share
from tests.support.server import running_server


async def begun(place: Place, archive: bytes) -> str:
    """As it is on the disk when an archive was taken whole. Returns its id."""
    stores = place.server.stores
    arrival = await stores.arrivals.begin(place.owner)
    assert arrival is not None
    cipher = await stores.vault.cipher("account", place.owner)
    with SealedFile(stores.arrived, arrival.id, cipher) as file:
        file.write(archive)
        await stores.arrivals.note_length(arrival, file.finish())
    return arrival.id


async def test_one_that_waits_is_gone_on_with(here: Place) -> None:
    room = await furnished(here)
    archive = await here.pack(room)
    await here.server.stores.rooms.delete(room)
    await begun(here, archive)
    await here.server.house.arrivals.open()
    await here.server.house.arrivals.finished()
    assert [each.owner_id for each in await here.rooms()] == [here.owner]


async def test_one_that_was_killed_while_it_was_unpacked_leaves_nothing(tmp_path: Path) -> None:
    """What is on the disk at that moment, without the process that wrote it."""
    async with running_server(tmp_path) as running:
        place = await open_place(*running)
        arrival_id = await begun(place, b"never read")
        stores = place.server.stores
        room_id = new_id()
        arrival = await stores.arrivals.of(place.owner)
        assert arrival is not None
        await stores.arrivals.note_room(arrival, room_id)
        room = await stores.rooms.make(new_room_name(), room_id)
        await say(place.server, room, "half of it")
        await share(place.server, room, "half.txt", b"half of it")
        await place.server.house.boards.add(room.id, "Half", ("a", "Ada"))
        assert await place.rooms() == []
        owner = place.owner
    async with running_server(tmp_path) as (server, url):
        place = Place(server, url, owner)
        assert await place.left() == NOTHING
        after = await server.house.arrivals.of(owner)
        assert after is not None
        assert (after.id, after.trouble, after.room_id) == (arrival_id, "interrupted", None)
        assert await server.stores.vault.owners("room", 2**62) == set()


async def test_one_that_was_killed_while_it_was_sent_leaves_nothing(tmp_path: Path) -> None:
    async with running_server(tmp_path) as running:
        place = await open_place(*running)
        arrival = await place.server.stores.arrivals.begin(place.owner)
        assert arrival is not None
        place.server.stores.arrived.grow(arrival.id, 0).__exit__(None, None, None)
        owner = place.owner
    async with running_server(tmp_path) as (server, url):
        assert await Place(server, url, owner).left() == NOTHING
        after = await server.house.arrivals.of(owner)
        assert after is not None
        assert after.trouble == "interrupted"


async def test_an_archive_is_not_in_clear_on_the_disk(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await here.pack(await furnished(here))
    seen: list[bytes] = []
    folder = here.server._directory.arrivals
    take_in = here.server.house.arrivals.take_in

    async def looked(*arguments: object) -> object:
        seen.extend(path.read_bytes() for path in folder.glob("??/*"))
        return await take_in(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(here.server.house.arrivals, "take_in", looked)
    assert (await here.bring(archive)).trouble is None
    (sealed,) = seen
    assert len(sealed) > len(archive)
    assert b"plan" not in sealed
    assert archive[:64] not in sealed


async def test_what_became_of_it_is_told_for_a_week(here: Place) -> None:
    await here.bring(b"no archive")
    arrivals = here.server.house.arrivals

    async def a_week_ago(transaction: Transaction) -> None:
        await transaction.execute("UPDATE arrivals SET ended_at = ended_at - 604800001")

    await here.server.stores.database.write(a_week_ago)
    assert await arrivals.of(here.owner) is None
    assert (await here.server.house.routine.purge.run())["arrivals"] == 1


async def test_every_trouble_has_its_words(here: Place) -> None:
    for language in ("en", "nl"):
        words = here.server.house.languages.named(language)
        for trouble in get_args(Reason):
            assert f"along.trouble_{trouble}" in words


async def test_a_deleted_room_takes_its_archive_along(here: Place) -> None:
    room = await furnished(here)
    exports = here.server.house.exports
    await exports.ask(here.owner, room.id, "en")
    await exports.finished()
    export = await exports.of(here.owner, room.id)
    assert export is not None
    assert export.length
    await here.server.stores.rooms.delete(room)
    assert await exports.of(here.owner, room.id) is None


async def test_a_former_owner_fetches_nothing_and_the_next_one_asks_anew(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive that was asked for and not made yet is not made of somebody else's room."""
    room = await furnished(here)
    exports = here.server.house.exports
    await here.server.stores.exports.ask(here.owner, room.id, "en")

    async def nobodys(_room: str, _account: str) -> None:
        return None

    monkeypatch.setattr(here.server.stores.rooms, "owned", nobodys)
    await exports.open()
    await exports.finished()
    export = await exports.of(here.owner, room.id)
    assert export is not None
    assert export.length is None


async def test_a_sealed_file_is_read_from_anywhere(here: Place, tmp_path: Path) -> None:
    cipher = await here.server.stores.vault.cipher("account", here.owner)
    folder, plain = BlobFolder(tmp_path / "blobs"), bytes(range(256)) * 2_000
    with SealedFile(folder, "ab" * 11, cipher) as file:
        file.write(plain)
        file.finish()
    reader = SealedReader(folder, "ab" * 11, cipher, len(plain))
    for start in (0, 65_535, 300_000, len(plain) - 1, len(plain), len(plain) + 5):
        reader.seek(start)
        found = reader.read(1_000) or b""
        assert found == plain[start : start + 1_000]
        assert reader.tell() == max(start, start + len(found))
    assert reader.seek(-10, 2) == len(plain) - 10
    assert reader.read(-1) == plain[-10:]
    with pytest.raises(ValueError, match="before"):
        reader.seek(-1)


async def test_an_account_that_goes_while_it_sends_leaves_nothing(here: Place) -> None:
    stores, arrivals = here.server.stores, here.server.house.arrivals

    async def body() -> AsyncIterator[bytes]:
        yield bytes(3_000_000)
        account = await stores.accounts.by_id(here.owner)
        assert account is not None
        await stores.erase(account, actor="operator")
        yield bytes(3_000_000)

    with pytest.raises(ArchiveRefused, match="failed"):
        await arrivals.receive(here.owner, 0, body())
    assert await here.left() == NOTHING


async def nothing() -> AsyncIterator[bytes]:
    none: tuple[bytes, ...] = ()
    for piece in none:
        yield piece


async def test_an_empty_upload_is_no_archive(here: Place) -> None:
    arrivals = here.server.house.arrivals
    await arrivals.receive(here.owner, 0, nothing())
    await arrivals.finished()
    arrival = await arrivals.of(here.owner)
    assert arrival is not None
    assert arrival.trouble == "foreign"
