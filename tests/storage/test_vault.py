"""Keys: made once, kept wrapped, bound to their place; gone when forgotten."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from meetd.core.clock import SystemClock
from meetd.core.private import Private
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.master_key_source import load_master_key
from meetd.storage.vault import Vault
from tests.support.server import prepare_data


@pytest.fixture
async def keys(tmp_path: Path) -> AsyncIterator[Database]:
    await prepare_data(tmp_path)
    database = Database(DataDirectory(tmp_path).keys_database)
    await database.open()
    yield database
    await database.close()


def vault_over(keys: Database, tmp_path: Path) -> Vault:
    return Vault(keys, load_master_key(DataDirectory(tmp_path), ""), SystemClock())


async def test_a_room_keeps_its_key_over_a_restart(keys: Database, tmp_path: Path) -> None:
    sealed = (await vault_over(keys, tmp_path).cipher("room", "a")).seal(b"said", "place")
    assert (await vault_over(keys, tmp_path).cipher("room", "a")).open(sealed, "place") == b"said"


async def test_every_room_has_a_key_of_its_own(keys: Database, tmp_path: Path) -> None:
    vault = vault_over(keys, tmp_path)
    sealed = (await vault.cipher("room", "a")).seal(b"said", "place")
    with pytest.raises(InvalidTag):
        (await vault.cipher("room", "b")).open(sealed, "place")


async def test_what_is_sealed_opens_only_in_its_place(keys: Database, tmp_path: Path) -> None:
    cipher = await vault_over(keys, tmp_path).cipher("room", "a")
    sealed = cipher.seal(b"said", "messages/a/1")
    with pytest.raises(InvalidTag):
        cipher.open(sealed, "messages/a/2")
    with pytest.raises(InvalidTag):
        cipher.open(bytes([*sealed[:-1], sealed[-1] ^ 1]), "messages/a/1")


async def test_a_forgotten_key_does_not_come_back(keys: Database, tmp_path: Path) -> None:
    vault = vault_over(keys, tmp_path)
    sealed = (await vault.cipher("room", "a")).seal(b"said", "place")
    await vault.forget("room", "a")
    with pytest.raises(InvalidTag):
        (await vault.cipher("room", "a")).open(sealed, "place")


async def test_a_wrong_master_key_is_told(keys: Database, tmp_path: Path) -> None:
    await vault_over(keys, tmp_path).cipher("server", "way-back")
    wrong = Vault(keys, Private(bytes(32)), SystemClock())
    with pytest.raises(StorageError, match="master key does not fit"):
        await wrong.cipher("server", "way-back")


async def test_a_lost_master_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    await prepare_data(tmp_path)
    directory = DataDirectory(tmp_path)
    directory.master_key.unlink()
    with pytest.raises(StorageError, match="is gone"):
        load_master_key(directory, "")


def test_the_master_key_can_come_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = DataDirectory(tmp_path)
    file = tmp_path / "elsewhere.key"
    file.write_text(base64.b64encode(b"f" * 32).decode())
    assert load_master_key(directory, str(file)).reveal() == b"f" * 32
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "meetd.master-key").write_text(base64.b64encode(b"c" * 32).decode() + "\n")
    assert load_master_key(directory, "").reveal() == b"c" * 32
    monkeypatch.setenv("MEETD_MASTER_KEY", base64.b64encode(b"e" * 32).decode())
    assert load_master_key(directory, "").reveal() == b"e" * 32
    assert not directory.master_key.exists()


@pytest.mark.parametrize("text", ["", "short", "é", base64.b64encode(b"x" * 31).decode()])
def test_what_is_no_key_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.key"
    file.write_text(text)
    with pytest.raises(StorageError, match="master key"):
        load_master_key(DataDirectory(tmp_path), str(file))


@pytest.mark.parametrize("text", ["é", "short", "=" * 44])
def test_a_variable_that_is_no_key_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETD_MASTER_KEY", text)
    with pytest.raises(StorageError, match="MEETD_MASTER_KEY is not a master key") as caught:
        load_master_key(DataDirectory(tmp_path), "")
    assert text not in str(caught.value)


def test_a_file_where_the_folder_of_the_key_belongs_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys").touch()
    with pytest.raises(StorageError, match="keys is a file, but has to be a folder"):
        load_master_key(DataDirectory(tmp_path), "")


def test_a_key_in_a_closed_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def exists(_path: Path) -> bool:  # tests may run as root, whom nothing stops
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", exists)
    with pytest.raises(StorageError, match=r"meetd.master-key cannot be read: Permission denied"):
        load_master_key(DataDirectory(tmp_path), "")


def test_a_key_prints_redacted(tmp_path: Path) -> None:
    key = load_master_key(DataDirectory(tmp_path), "")
    assert f"{key} {key!r}" == "REDACTED REDACTED"
