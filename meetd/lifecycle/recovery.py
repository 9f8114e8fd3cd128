"""The recovery key: the one secret that opens every backup. An age identity (X25519), made with the
other keys of the server on its first start, so that rotating the master key does not change it."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from meetd.core.clock import SystemClock
from meetd.core.private import Private
from meetd.core.refusals import Refusal
from meetd.lifecycle.problem import BackupProblem
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory
from meetd.storage.key_files import check_keys_are_there
from meetd.storage.master_key import fitting_master_key
from meetd.storage.vault import Vault

PURPOSE: Final = "recovery"
_PREFIX: Final = "age-secret-key-"
_CHARSET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


async def make_recovery_key(vault: Vault) -> None:
    """On the first start."""
    await vault.secret(PURPOSE)


async def recovery_key(directory: DataDirectory, master_key_file: str) -> Private[str]:
    """As ``age`` writes it: ``AGE-SECRET-KEY-1...``. Reads only, so the server may run.

    Raises: BackupProblem, StorageError.
    """
    check_keys_are_there(directory)
    if not directory.keys_database.exists():
        raise BackupProblem(
            f"There are no keys of meetd in {directory.path}. Name its data directory with --data,"
            " or start meetd serve once to make it."
        )
    master = fitting_master_key(directory, master_key_file)
    async with AsyncExitStack() as stack:
        keys = Database(directory.keys_database, readers=1, read_only=True)
        await keys.open()
        stack.push_async_callback(keys.close)
        try:
            return identity_of(await Vault(keys, master, SystemClock()).secret(PURPOSE))
        except Refusal as refusal:  # a key that is not there cannot be made by a reader
            raise BackupProblem(
                "There is no recovery key yet. Start meetd serve of this version once: it makes it."
            ) from refusal


def read_recovery_key(path: Path) -> Private[str]:
    """From the file that ``meetd keys export`` wrote; comments begin with #, as in files of
    ``age-keygen``. Raises: BackupProblem."""
    try:
        lines = path.read_text(encoding="ascii").split()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BackupProblem(
            f"The recovery key {path} cannot be read: {why}. Name the file that meetd keys export"
            " wrote."
        ) from error
    found = [line for line in lines if line.startswith("AGE-SECRET-KEY-1")]
    if len(found) != 1:
        raise BackupProblem(
            f"{path} is not a recovery key. It has one line that begins with AGE-SECRET-KEY-1;"
            " meetd keys export writes it."
        )
    return Private(found[0])


def identity_of(secret: Private[bytes]) -> Private[str]:
    """32 bytes as Bech32 (BIP 173), in capitals as age has it."""
    data = list(_five_bits(secret.reveal()))
    high = [ord(each) >> 5 for each in _PREFIX]
    low = [ord(each) & 31 for each in _PREFIX]
    check = _polymod([*high, 0, *low, *data, *[0] * 6]) ^ 1
    data += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return Private((_PREFIX + "1" + "".join(_CHARSET[each] for each in data)).upper())


def _five_bits(data: bytes) -> Iterator[int]:
    """Eight bits at a time into five, the last filled up with zeros."""
    kept, bits = 0, 0
    for byte in data:
        kept, bits = kept << 8 | byte, bits + 8
        while bits >= 5:  # noqa: PLR2004
            bits -= 5
            yield kept >> bits & 31
    if bits:
        yield kept << 5 - bits & 31


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            check ^= generator if top >> place & 1 else 0
    return check
