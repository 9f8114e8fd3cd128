"""``meetd backup``, ``restore`` and ``keys``, as they are typed."""

import json
import re
import stat
from pathlib import Path

from tests.cli.test_commands import meetd, refused
from tests.support.guest import guests_at
from tests.support.process import ServerProcess, serve

ROOM = "cli"


async def typed(*arguments: str) -> str:
    """Standard output of a command that succeeds without a word on standard error."""
    status, out, err = await meetd(*arguments)
    assert (status, err) == (0, ""), err
    return out


def counted(sentence: str) -> tuple[str, ...]:
    """How many rows and files a command says there are."""
    found = re.search(r" (\d+) rows, (\d+) files", sentence)
    assert found, sentence
    return found.groups()


async def test_a_meeting_is_backed_up_while_it_goes_on_and_restored(tmp_path: Path) -> None:
    data, to, key, new = (tmp_path / name for name in ("data", "to", "key", "new"))
    common = ("--data", str(data))
    async with serve(data) as server, guests_at(server.url) as guests:
        ada = await guests.join(ROOM, "Ada")
        await ada.say("before")
        out = await typed("backup", *common, "--to", str(to))
        assert out.startswith("Backed up and verified: 20")
        await ada.say("after")
        exported = await typed("keys", "export", str(key), *common)
        assert exported == f"The recovery key is in {key}. Move it to where the backups are not.\n"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    (night,) = json.loads(await typed("restore", str(to), "--list", "--json"))
    listing = ("restore", str(to), "--list")
    assert "not checked" in await typed(*listing)
    assert "this server" in await typed(*listing, "--recovery-key", str(key))
    restore = ("restore", str(to), "--recovery-key", str(key), "--data", str(new))
    tried = await typed(*restore, "--dry-run")
    assert tried.startswith("Could be restored: ")
    assert not new.exists()
    assert counted(tried) == counted(out), "the same backup, the same number of rows"
    facts = json.loads(await typed(*restore, "--at", night["night"][:10], "--json"))
    assert (facts["rows"]["messages"], facts["dryRun"]) == (1, False)
    restored = ServerProcess(new)
    async with restored.running(), guests_at(restored.url) as guests:
        assert [m.text for m in (await guests.join(ROOM, "Bo")).messages] == ["before"]


async def test_without_a_place_it_is_in_the_data_directory(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serve(data):
        pass
    common = ("--data", str(data))
    assert await typed("backup", "list", *common) == (
        f"There are no backups in {data / 'backups'} yet. meetd backup makes one there; meetd"
        " backup list --to DIR looks into another folder.\n"
    )
    assert json.loads(await typed("backup", "list", *common, "--json")) == []
    facts = json.loads(await typed("backup", *common, "--json"))
    assert facts["backups"][0]["where"] == str(data / "backups")
    night = facts["backups"][0]["night"]
    listed = await typed("backup", "list", *common)
    assert night in listed
    assert "this server" in listed
    (data / "backups" / f"{night}.json").write_bytes(b"")
    for command in (("backup", "list", *common), ("restore", str(data / "backups"), "--list")):
        (line,) = [each for each in (await typed(*command)).splitlines() if night in each]
        assert "damaged" in line
        assert json.loads(await typed(*command, "--json"))[0]["damaged"] is True


async def test_what_cannot_be_done_is_told_with_what_to_do(tmp_path: Path) -> None:
    data = tmp_path / "data"
    message = await refused("backup", "--data", str(data), status=1)
    assert "There are no keys of meetd" in message
    listing = await refused("backup", "list", "--data", str(data), status=1)
    assert f"There is no data of meetd in {data}, and no backup. Name its folder" in listing
    assert not data.exists()
    async with serve(data):
        pass
    key, common = tmp_path / "key", ("--data", str(data))
    await typed("keys", "export", str(key), *common)
    assert "is there already" in await refused("keys", "export", str(key), *common, status=1)
    new = ("--data", str(tmp_path / "new"))
    nowhere = str(tmp_path / "nowhere")
    with_key = ("--recovery-key", str(key))
    assert "is not a folder" in await refused("restore", nowhere, *with_key, *new, status=1)
    empty = str(tmp_path)
    assert "no finished backup" in await refused("restore", empty, *with_key, *new, status=1)
    assert "Name its file with" in await refused("restore", empty, *new, status=1)
    await typed("backup", *common)
    there = ("restore", str(data / "backups"), *with_key, *common)
    assert "There is something in" in await refused(*there, status=1)
    out = await typed(*there, "--replace")
    assert "What was there is in" in out
    async with serve(data):
        pass


async def test_the_master_key_is_changed_while_the_server_is_stopped(tmp_path: Path) -> None:
    data, key = tmp_path / "data", tmp_path / "key"
    common = ("--data", str(data))
    async with serve(data) as server, guests_at(server.url) as guests:
        await (await guests.join(ROOM, "Ada")).say("kept")
        assert "in use by another meetd" in await refused("keys", "rotate", *common, status=1)
    await typed("keys", "export", str(key), *common)
    old = (data / "keys" / "master.key").read_text()
    assert (await typed("keys", "rotate", *common)).startswith("There is a new master key")
    assert (data / "keys" / "master.key").read_text() != old
    again = tmp_path / "again"
    await typed("keys", "export", str(again), *common)
    assert again.read_text() == key.read_text()
    async with serve(data) as server, guests_at(server.url) as guests:
        assert [m.text for m in (await guests.join(ROOM, "Bo")).messages] == ["kept"]


async def test_the_key_of_a_room_is_changed_while_the_server_is_stopped(tmp_path: Path) -> None:
    common = ("--data", str(tmp_path))
    async with serve(tmp_path) as server, guests_at(server.url) as guests:
        await (await guests.join(ROOM, "Ada")).say("before")
        assert "is in use" in await refused("keys", "rotate-room", ROOM, *common, status=1)
    out = await typed("keys", "rotate-room", ROOM, *common)
    assert out.startswith(f"{ROOM} has a new key. Encrypted anew: 1; to follow, ")
    assert "destroyed 32 days after" in out
    facts = json.loads(await typed("keys", "rotate-room", ROOM, *common, "--finish", "--json"))
    assert (facts["name"], facts["things"]) == (ROOM, 0)
    assert "There is no room of that name" in await refused(
        "keys", "rotate-room", "x", *common, status=1
    )
    again = ServerProcess(tmp_path)
    async with again.running(), guests_at(again.url) as guests:
        assert [m.text for m in (await guests.join(ROOM, "Bo")).messages] == ["before"]
