"""A room comes back as it was, on another server, from one archive."""

import hashlib
import json

import pytest

from meetd.along.format import MANIFEST
from meetd.chat.store import Draft, MessageStore
from meetd.chat.visitors import erased
from meetd.core.ids import new_id
from meetd.core.refusals import StorageFull
from meetd.protocol.chat import Mention
from meetd.rooms.room import Room
from tests.along.conftest import NOTHING, SCRIPT, Place, furnished, names_in, parts_of
from tests.support.house import contents, say, say_in_private, share


async def messages(place: Place, room: Room) -> MessageStore:
    stores = place.server.stores
    return MessageStore(stores.database, room.id, await stores.vault.cipher("room", room.id))


async def test_a_room_is_the_same_byte_for_byte_wherever_it_goes(here: Place, there: Place) -> None:
    archive = await here.pack(await furnished(here))
    arrival = await there.bring(archive)
    assert arrival.trouble is None
    (room,) = await there.rooms()
    assert (room.name, room.owner_id, room.locked) == ("study", there.owner, True)
    assert await there.pack(room) == archive
    assert await contents(there.server) == await contents(here.server)
    left = await there.left()
    assert left["content_uploads"] == left["arrivals"] == 0
    assert left["blobs"] == 3


async def test_what_a_message_has_is_there_again(here: Place, there: Place) -> None:
    await there.bring(await here.pack(await furnished(here)))
    (room,) = await there.rooms()
    page = await (await messages(there, room)).page(None, 10)
    first, second, third, fourth = page.messages
    assert [each.number for each in page.messages] == [1, 2, 3, 4]
    assert (second.text, second.edited_at) == (SCRIPT, 1_700_000_001_000)
    assert (third.text, third.deleted) == ("", True)
    assert fourth.reply_to == 2
    assert first.author == third.author != second.author == fourth.author
    ((mark),) = first.reactions
    assert mark.by[0] == second.author
    assert first.author not in {"somebody", "another"}, "an id of the other server"
    assert first.at == 1_700_000_000_001


async def test_what_somebody_had_erased_stays_erased(here: Place, there: Place) -> None:
    room = await furnished(here)
    await (await messages(here, room)).change(1, erased)
    await here.server.stores.boards.forget_authors(("somebody",))
    archive = await here.pack(room)
    parts = parts_of(archive)
    for path in ("chat/1.html", "chat/1.txt", "index.html"):
        assert b"somebody who left" in parts[path]
    assert (await there.bring(archive)).trouble is None
    (brought,) = await there.rooms()
    first, *_ = (await (await messages(there, brought)).page(None, 10)).messages
    assert (first.name, first.text, first.deleted) == ("", "", True)
    makers = [
        board.label.author_name for board in await there.server.house.boards.of_room(brought.id)
    ]
    assert sorted(makers) == ["", "Ada"]
    assert await there.pack(brought) == archive


async def test_what_is_said_next_goes_on_from_there(here: Place, there: Place) -> None:
    await there.bring(await here.pack(await furnished(here)))
    (room,) = await there.rooms()
    await say(there.server, room, "here now")
    page = await (await messages(there, room)).page(None, 10)
    assert page.messages[-1].number == 5


async def test_the_manifest_names_everything_with_its_checksum(here: Place) -> None:
    archive = await here.pack(await furnished(here))
    parts = parts_of(archive)
    manifest = json.loads(parts.pop(MANIFEST))
    assert manifest["parts"].keys() == parts.keys()
    for path, part in manifest["parts"].items():
        assert part["bytes"] == len(parts[path])
        assert part["sha256"] == hashlib.sha256(parts[path]).hexdigest()
    files = {file["path"]: file for file in manifest["files"]}
    assert files.keys() == {
        "files/1-plan.txt",
        "files/2-evil_gnp.html.download",
        "files/3-large.bin",
    }
    assert files["files/2-evil_gnp.html.download"]["name"] == "evil gnp.html"
    assert [board["name"] for board in manifest["whiteboards"]] == ["Plan <b>", "Empty"]
    assert [board["pages"] for board in manifest["whiteboards"]] == [2, 1]


async def test_nothing_in_it_leads_to_anybody(here: Place) -> None:
    room = await furnished(here)
    items = await here.server.stores.content.items(room.id)
    boards = await here.server.house.boards.of_room(room.id)
    everything = b"".join(parts_of(await here.pack(room)).values())
    ids = {here.owner, room.id, "who never wrote", *(item.id for item in items)}
    ids |= {board.id for board in boards} | {item.blob_id for item in items}
    assert [each for each in ids if each.encode() in everything] == []
    assert b"example.org" not in everything


async def test_what_was_said_in_private_is_not_in_it(here: Place) -> None:
    """Not even for the owner, who was told it."""
    room = await furnished(here)
    without = await here.pack(room)
    await say_in_private(here.server, room, here.owner)
    assert await here.pack(room) == without
    await say(here.server, room, "to everybody")
    said = json.loads(parts_of(await here.pack(room))["chat/1.json"])
    assert [each["number"] for each in said] == [1, 2, 3, 4, 5]
    assert said[-1]["text"] == "to everybody"
    assert b"between us" not in b"".join(parts_of(await here.pack(room)).values())


async def test_what_a_message_mentions_is_named(here: Place, there: Place) -> None:
    room = await here.server.stores.rooms.make_owned("study", here.owner, locked=True)
    item = await share(here.server, room, "<plan>.txt", b"the plan")
    mention = Mention(item=item.id, name=item.label.name)
    draft = Draft("a", "Ada", "", new_id(), 1, mentions=(mention,))
    await (await messages(here, room)).add(draft)
    archive = await here.pack(room)
    parts = parts_of(archive)
    assert b"Points to: &lt;plan&gt;.txt" in parts["chat/1.html"]
    assert b"  Points to: <plan>.txt\n" in parts["chat/1.txt"]
    assert (await there.bring(archive)).trouble is None
    (brought,) = await there.rooms()
    (message,) = (await (await messages(there, brought)).page(None, 10)).messages
    assert [each.name for each in message.mentions] == ["<plan>.txt"]
    assert message.mentions[0].item != item.id
    assert await there.pack(brought) == archive


async def test_numbers_that_were_cleared_or_others_got_are_not_counted(
    here: Place, there: Place
) -> None:
    room = await furnished(here)
    store = await messages(here, room)
    await store.clear()
    await say(here.server, room, "after")
    archive = await here.pack(room)
    (said,) = json.loads(parts_of(archive)["chat/1.json"])
    assert said["number"] == 1
    assert (await there.bring(archive)).trouble is None


async def test_a_long_chat_is_in_parts(here: Place, there: Place) -> None:
    room = await here.server.stores.rooms.make_owned("long", here.owner, locked=True)
    for number in range(501):
        await say(here.server, room, f"message {number}")
    archive = await here.pack(room)
    assert {"chat/1.html", "chat/2.html", "chat/2.json", "chat/2.txt"} <= set(names_in(archive))
    parts = parts_of(archive)
    assert b'href="../chat/2.html"' in parts["chat/1.html"]
    assert b'href="../chat/1.html"' in parts["chat/2.html"]
    assert (await there.bring(archive)).trouble is None
    (brought,) = await there.rooms()
    assert await there.pack(brought) == archive


async def test_a_file_that_is_damaged_is_left_out_and_named(here: Place, there: Place) -> None:
    room = await furnished(here)
    item = (await here.server.stores.content.items(room.id))[2]
    path = here.server._directory.blobs / item.blob_id[:2] / item.blob_id
    damaged = bytearray(path.read_bytes())
    damaged[-100] ^= 1
    path.write_bytes(damaged)
    archive = await here.pack(room)
    parts = parts_of(archive)
    assert json.loads(parts[MANIFEST])["leftOut"] == ["large.bin"]
    assert b"large.bin" in parts["index.html"]
    assert (await there.bring(archive)).trouble is None
    (_, files), *_ = (await contents(there.server)).values()
    assert files.keys() == {"plan.txt", "evil gnp.html"}


async def test_an_empty_room_and_both_languages(here: Place, there: Place) -> None:
    room = await here.server.stores.rooms.make_owned("empty", here.owner, locked=True)
    archive = await here.pack(room, "nl")
    assert names_in(archive) == ["index.html", MANIFEST]
    index = parts_of(archive)["index.html"].decode()
    assert '<html lang="nl">' in index
    assert "Er is niets gezegd." in index
    assert (await there.bring(archive)).trouble is None


async def test_a_name_that_is_taken_gets_a_number(here: Place) -> None:
    archive = await here.pack(await furnished(here))
    for _ in range(2):
        assert (await here.bring(archive)).trouble is None
    names = [room.name for room in await here.rooms()]
    assert names == ["study", "study-2", "study-3"]


async def test_the_pages_hold_nothing_that_runs(here: Place) -> None:
    parts = parts_of(await here.pack(await furnished(here)))
    pages = [content.decode() for name, content in parts.items() if name.endswith(".html")]
    assert len(pages) == 2
    for page in pages:
        assert "default-src 'none'" in page
        assert "<script" not in page
        assert "http:" not in page
        assert "https:" not in page
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;"
        in parts["chat/1.html"].decode()
    )
    index = parts["index.html"].decode()
    assert '<a href="files/1-plan.txt">' in index
    assert 'href="files/2-' not in index, "a page of somebody's is not linked"
    assert "Plan &lt;b&gt;" in index


async def test_nothing_half_made_is_left_when_the_disk_is_full(
    here: Place, there: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await here.pack(await furnished(here))

    async def full(*_: object) -> None:
        raise StorageFull

    monkeypatch.setattr(there.server.house.intake, "receive", full)
    assert (await there.bring(archive)).trouble == "full"
    assert await there.left() == NOTHING
