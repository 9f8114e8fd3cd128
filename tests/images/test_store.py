"""One image per account and room, encrypted, gone with whom it belongs to."""

from pathlib import Path

import pytest

from meetd.accounts.identity import check_identity
from meetd.app import Server
from meetd.core.refusals import ImageUnreadable
from meetd.images.holdings import ImageHolding
from meetd.images.reencoding import Image
from meetd.images.store import Owner
from tests.images.pictures import GREEN, RED, decoded, encoded, near, plain

SMALL = Image(b"RIFF, nearly", 3, 2)


async def account(server: Server, email: str = "ada@example.org") -> Owner:
    identity = check_identity(email, "Ada", "Lovelace", "")
    added = await server.stores.accounts.joining.add(identity, None, administrator=False)
    return Owner("account", added.id)


async def room(server: Server, name: str = "kitchen") -> Owner:
    return Owner("room", (await server.stores.rooms.make(name)).id)


async def count(server: Server) -> int:
    return int((await server.stores.database.read("SELECT count(*) AS n FROM images"))[0]["n"])


async def test_what_was_set_is_given(server: Server) -> None:
    for owner, side in ((await account(server), 512), (await room(server), 1_600)):
        etag = await server.house.images.set(owner, encoded(plain(size=(2_000, 1_000)), "JPEG"))
        image = await server.house.images.get(owner)
        assert image is not None
        assert (image.etag, image.width, image.height) == (etag, side, side // 2)
        assert decoded(image.webp).size == (side, side // 2)
        assert "RIFF" not in repr(image)


async def test_a_new_one_takes_the_place_of_the_old_and_a_refused_one_does_not(
    server: Server,
) -> None:
    owner = await account(server)
    first = await server.house.images.set(owner, encoded(plain(colour=RED), "PNG"))
    second = await server.house.images.set(owner, encoded(plain(colour=GREEN), "PNG"))
    assert first != second
    with pytest.raises(ImageUnreadable):
        await server.house.images.set(owner, b"<svg/>")
    image = await server.house.images.get(owner)
    assert image is not None
    assert image.etag == second
    assert near(decoded(image.webp).convert("RGB").getpixel((5, 5)), GREEN)
    assert await count(server) == 1


async def test_removed_and_missing(server: Server) -> None:
    owner = await room(server)
    assert await server.house.images.get(owner) is None
    await server.house.images.store.keep(owner, SMALL)
    assert await server.house.images.remove(owner)
    assert not await server.house.images.remove(owner)
    assert await server.house.images.get(owner) is None


async def test_an_account_and_a_room_of_one_id_are_two(server: Server) -> None:
    owner = await account(server)
    await server.house.images.store.keep(owner, SMALL)
    assert await server.house.images.get(Owner("room", owner.id)) is None
    assert not await server.house.images.remove(Owner("room", owner.id))
    assert await count(server) == 1


async def test_it_goes_with_its_account_and_its_room(server: Server) -> None:
    owner, place, other = await account(server), await room(server), await room(server, "hall")
    for each in (owner, place, other):
        await server.house.images.store.keep(each, SMALL)
    found = await server.stores.accounts.by_id(owner.id)
    assert found is not None
    await server.stores.accounts.erase(found, actor="operator")
    kitchen = await server.stores.rooms.find("kitchen")
    assert kitchen is not None
    await server.stores.rooms.delete_unused(kitchen)
    rows = await server.stores.database.read("SELECT room_id FROM images")
    assert [row["room_id"] for row in rows] == [other.id]


async def test_nothing_is_kept_for_whom_is_gone_and_no_key_stays(server: Server) -> None:
    for gone in (Owner("account", "nobody"), Owner("room", "nowhere")):
        assert await server.house.images.store.keep(gone, SMALL) is None
        assert gone.id not in await server.stores.vault.owners(gone.kind)
    assert await count(server) == 0


async def test_the_holding_shows_and_erases_what_is_theirs(server: Server) -> None:
    owner, other = await account(server), await account(server, "bob@example.org")
    place = await room(server)
    for each in (owner, other, place):
        await server.house.images.store.keep(each, SMALL)
    holding = ImageHolding(server.house.images.store)
    (row,) = [row async for row in holding.export_for(owner.id)]
    assert b"".join([piece async for piece in row["file"].read()]) == SMALL.webp
    assert (row["width"], row["height"]) == (3, 2)
    assert await holding.erase_for(owner.id) == 1
    assert await holding.erase_for(owner.id) == 0
    assert [row async for row in holding.export_for(owner.id)] == []
    assert holding.sweeps == ()
    assert await count(server) == 2


async def test_nothing_of_it_can_be_read_on_the_disk(server: Server, tmp_path: Path) -> None:
    await server.house.images.store.keep(await room(server), Image(b"RIFF and a face", 1, 1))
    for file in tmp_path.iterdir():
        if file.is_file():
            assert b"and a face" not in file.read_bytes(), file.name
