"""What stands before a door is shown: the room's picture, or else its owner's, as it is now."""

from meetd.images.reencoding import Image
from meetd.images.store import Owner
from meetd.protocol.door import DoorSeen
from tests.support.door import Street
from tests.support.guest import Guest

SMALL = Image(b"RIFF, nearly", 3, 2)


async def keep(street: Street, owner: Owner) -> str:
    """The address of a new picture."""
    await street.server.house.images.store.keep(owner, SMALL)
    return await street.server.house.images.path(owner)


def picture_of(guest: Guest) -> str:
    """As that guest was told last."""
    return [event.picture for event in guest.events if isinstance(event, DoorSeen)][-1]


async def sees(guest: Guest, picture: str) -> None:
    await guest.until(lambda: picture_of(guest) == picture, f"{guest.name} does not see {picture}")


async def test_the_picture_of_the_room_comes_before_that_of_its_owner(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    own, of_room = Owner("account", ada.id), Owner("room", room.id)
    _, seen = await street.look("study", "Bob")
    assert seen.picture == ""
    of_ada = await keep(street, own)
    _, seen = await street.look("study", "Bob")
    assert seen.picture == of_ada != ""
    of_study = await keep(street, of_room)
    _, seen = await street.look("study", "Bob")
    assert seen.picture == of_study != of_ada
    assert of_study.startswith(f"/pictures/rooms/{room.id}/")


async def test_who_stands_at_the_door_sees_it_change(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    own, of_room = Owner("account", ada.id), Owner("room", room.id)
    bob, eve = await street.knock("study", "Bob"), (await street.look("study", "Eve"))[0]
    store = street.server.house.images.store
    of_ada = await keep(street, own)
    for guest in (bob, eve):
        await sees(guest, of_ada)
    for _ in range(2):
        of_study = await keep(street, of_room)
        for guest in (bob, eve):
            await sees(guest, of_study)
    await store.remove(of_room)
    for guest in (bob, eve):
        await sees(guest, of_ada)
    await store.remove(own)
    for guest in (bob, eve):
        await sees(guest, "")


async def test_it_goes_with_the_room_and_changes_with_its_owner(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    room = await street.room("study", ada)
    of_ada = await keep(street, Owner("account", ada.id))
    of_bob = await keep(street, Owner("account", bob.id))
    eve, seen = await street.look("study", "Eve")
    assert seen.picture == of_ada
    grants = street.server.stores.grants
    also = await grants.handing_over(room, ada, stays=False)
    room = await street.server.stores.rooms.transfer(room, bob.id, also)
    await sees(eve, of_bob)
    await street.server.stores.rooms.delete(room)
    await sees(eve, "")


async def test_a_picture_of_somebody_else_changes_nothing(street: Street) -> None:
    ada, bob = await street.account("Ada"), await street.account("Bob")
    await street.room("study", ada)
    eve, _ = await street.look("study", "Eve")
    await keep(street, Owner("account", bob.id))
    of_ada = await keep(street, Owner("account", ada.id))
    await sees(eve, of_ada)
    assert [event.picture for event in eve.events if isinstance(event, DoorSeen)] == ["", of_ada]


async def test_a_reception_shows_the_picture_of_its_account(street: Street) -> None:
    ada = await street.account("Ada")
    guest, seen = await street.look("ada", "Bob", kind="reception")
    assert seen.picture == ""
    picture = await keep(street, Owner("account", ada.id))
    await sees(guest, picture)
    await street.server.house.images.store.remove(Owner("account", ada.id))
    await sees(guest, "")


async def test_a_reception_without_a_picture_looks_like_one_of_nobody(street: Street) -> None:
    """Only who chose to be seen there is told apart from a name that nobody has."""
    await street.account("Ada")
    _, of_ada = await street.look("ada", "Bob", kind="reception")
    _, of_nobody = await street.look("nobody", "Bob", kind="reception")
    assert of_ada == of_nobody


async def test_nothing_of_a_blocked_account_is_shown(street: Street) -> None:
    ada = await street.account("Ada")
    room = await street.room("study", ada)
    picture = await keep(street, Owner("account", ada.id))
    etag = picture.rpartition("/")[2]
    assert await street.server.house.images.get_shown(Owner("account", ada.id), etag) is not None
    await street.server.stores.accounts.block(ada, actor="operator")
    _, seen = await street.look("study", "Bob")
    assert seen.picture == ""
    assert await street.server.house.images.get_shown(Owner("account", ada.id), etag) is None
    of_room = await keep(street, Owner("room", room.id))
    _, seen = await street.look("study", "Bob")
    assert seen.picture == of_room != ""
