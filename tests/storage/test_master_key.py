"""The master key is changed while everything goes on; killed at any point, one key opens all."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from meetd.core.clock import SystemClock
from meetd.core.refusals import StorageFailed
from meetd.storage import master_key
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.key_files import check_keys
from meetd.storage.master_key import fitting_master_key, open_vault, rotate_master_key
from meetd.storage.master_key_source import load_master_key
from meetd.storage.vault import Vault
from tests.support.house import contents, contents_of, furnish
from tests.support.server import prepare_data, running_server

ROOMS = 20


class Killed(BaseException):
    """As far as the process came."""


class Keys:
    """The keys of a data directory, opened anew as after a start."""

    def __init__(self, data: Path) -> None:
        self.directory = DataDirectory(data)
        self._stack = AsyncExitStack()

    async def open(self, configured: str = "") -> Vault:
        await self.close()
        database = Database(self.directory.keys_database)
        await database.open()
        self._stack.push_async_callback(database.close)
        return await open_vault(database, self.directory, configured, SystemClock())

    async def close(self) -> None:
        await self._stack.aclose()


@pytest.fixture
async def keys(tmp_path: Path) -> AsyncIterator[Keys]:
    await prepare_data(tmp_path)
    keys = Keys(tmp_path)
    yield keys
    await keys.close()


async def seal_all(vault: Vault) -> dict[str, bytes]:
    rooms = [f"room-{number}" for number in range(ROOMS)]
    return {room: (await vault.cipher("room", room)).seal(b"said", room) for room in rooms}


async def check_all(vault: Vault, sealed: dict[str, bytes]) -> None:
    for room, text in sealed.items():
        assert (await vault.cipher("room", room)).open(text, room) == b"said"


async def test_everything_opens_after_a_change_and_the_old_key_opens_nothing(keys: Keys) -> None:
    vault = await keys.open()
    old = load_master_key(keys.directory, "")
    sealed = await seal_all(vault)
    assert await rotate_master_key(vault, keys.directory, "") == ROOMS
    await check_all(vault, sealed)
    new = load_master_key(keys.directory, "")
    assert new.reveal() != old.reveal()
    await check_all(await keys.open(), sealed)
    await keys.close()
    assert check_keys(keys.directory.keys_database, new) == ROOMS
    with pytest.raises(StorageError):
        check_keys(keys.directory.keys_database, old)
    assert not list(keys.directory.master_key.parent.glob("*.next"))
    assert keys.directory.master_key.stat().st_mode & 0o077 == 0


async def test_keys_that_are_made_meanwhile_open_afterwards(keys: Keys) -> None:
    vault = await keys.open()
    await seal_all(vault)

    async def make(number: int) -> tuple[str, bytes]:
        name = f"new-{number}"
        return name, (await vault.cipher("room", name)).seal(b"said", name)

    *made, count = await asyncio.gather(
        *(make(number) for number in range(30)), rotate_master_key(vault, keys.directory, "")
    )
    assert isinstance(count, int)
    await check_all(await keys.open(), dict(made))  # type: ignore[arg-type]
    await keys.close()
    master = load_master_key(keys.directory, "")
    assert check_keys(keys.directory.keys_database, master) == ROOMS + 30


@pytest.mark.parametrize("where", ["rotate", "_take_place"])
async def test_killed_in_the_middle_one_of_the_two_opens_all(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    vault = await keys.open()
    sealed = await seal_all(vault)
    target = vault if where == "rotate" else master_key

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(target, where, killed)
        with pytest.raises(Killed):
            await rotate_master_key(vault, keys.directory, "")
    (waiting,) = keys.directory.master_key.parent.glob("*.next")
    fitting = fitting_master_key(keys.directory, "")
    await keys.close()
    assert check_keys(keys.directory.keys_database, fitting) == ROOMS
    await check_all(await keys.open(), sealed)
    assert not waiting.exists()
    assert load_master_key(keys.directory, "").reveal() == fitting.reveal()
    assert await rotate_master_key(await keys.open(), keys.directory, "") == ROOMS


async def test_a_failing_disk_leaves_the_old_key(keys: Keys) -> None:
    vault = await keys.open()
    sealed = await seal_all(vault)
    await keys.close()
    with pytest.raises(StorageFailed):
        await rotate_master_key(vault, keys.directory, "")
    await check_all(await keys.open(), sealed)


async def test_a_key_from_outside_is_changed_with_a_restart(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))
    monkeypatch.setenv("MEETD_MASTER_KEY", old)
    vault = await keys.open()
    sealed = await seal_all(vault)
    with pytest.raises(StorageError, match=r"comes from outside.*MEETD_MASTER_KEY_BEFORE"):
        await rotate_master_key(vault, keys.directory, "")
    monkeypatch.setenv("MEETD_MASTER_KEY", new)
    with pytest.raises(StorageError, match="does not fit the keys"):
        await keys.open()
    monkeypatch.setenv("MEETD_MASTER_KEY_BEFORE", old)
    await check_all(await keys.open(), sealed)
    monkeypatch.delenv("MEETD_MASTER_KEY_BEFORE")
    await check_all(await keys.open(), sealed)
    await keys.close()


async def test_a_file_elsewhere_is_changed_in_its_place(keys: Keys, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "key"
    file.parent.mkdir()
    file.write_text(base64.b64encode(b"k" * 32).decode())
    vault = await keys.open(str(file))
    sealed = await seal_all(vault)
    await rotate_master_key(vault, keys.directory, str(file))
    assert base64.b64decode(file.read_text()) != b"k" * 32
    await check_all(await keys.open(str(file)), sealed)
    await keys.close()


async def test_a_server_goes_on_while_its_key_is_changed(tmp_path: Path) -> None:
    await furnish(tmp_path, 2)
    before = await contents_of(tmp_path)
    async with running_server(tmp_path) as (server, _):
        server.house.routine.scheduler.start("rotate_master_key")
        await server.house.routine.scheduler.turn()
        entry = server.house.routine.scheduler.entry("rotate_master_key")
        assert (entry.outcome, entry.error) == ("done", "")
        server.stores.vault._ciphers.clear()
        assert await contents(server) == before
    assert await contents_of(tmp_path) == before
