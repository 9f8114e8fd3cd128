"""A disk that is really full, in a mount of its own: nothing that was there is touched."""

import asyncio
import shutil
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from meetd.core.clock import SystemClock
from meetd.storage.database import Transaction
from meetd.storage.directory import DataDirectory
from meetd.stores import open_stores
from tests.lifecycle.backups import SETTINGS, Archive, everything

UNSHARE = shutil.which("unshare")
_MOUNTED = 'mount -t tmpfs -o size="$1" none "$2" && cp -a "$3/." "$2" && shift 3 && "$@"'


async def in_small_disk(folder: Path, megabytes: int, *command: str) -> tuple[int | None, str]:
    """A command with that folder on a disk of that size; what it changes there is gone after."""
    copy = folder.with_name("copy")
    await asyncio.to_thread(shutil.copytree, folder, copy, dirs_exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *(str(UNSHARE), "-rm", "sh", "-c", _MOUNTED, "sh"),
        *(f"{megabytes}m", str(folder), str(copy), *command),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    return process.returncode, errors.decode()


@pytest.fixture
async def kept(archive: Archive) -> Archive:
    if UNSHARE is None:
        pytest.skip("there is no unshare here")
    await asyncio.to_thread(archive.back_up)
    if (await in_small_disk(archive.folder, 64, "true"))[0] != 0:
        pytest.skip("mounting is not allowed here")
    return archive


def backup_of(archive: Archive) -> tuple[str, ...]:
    """Without looking first whether there is room."""
    run = (
        "import sys, meetd.lifecycle.backup as backup; backup.MARGIN = -10**12;"
        "from meetd.cli import main; sys.exit(main())"
    )
    to = ("--data", str(archive.data), "--to", str(archive.folder))
    return (sys.executable, "-c", run, "backup", *to)


@pytest.mark.parametrize("left", [0, 300_000, 460_000])
async def test_a_backup_onto_a_full_disk_says_so(kept: Archive, left: int) -> None:
    """``left``: bytes of room; for nothing, for half of the archive, for it without the keys."""
    before = everything(kept.data)
    listing = ("sh", "-c", f'"$@"; echo "status $?" >&2; ls "{kept.folder}" >&2', "sh")
    filled = f'head -c 100000000 /dev/zero > "$F"; truncate -s -{left} "$F"; "$@"'
    filler = ("sh", "-c", f'F="{kept.folder}/filler"; {filled}', "sh")
    status, said = await in_small_disk(kept.folder, 3, *listing, *filler, *backup_of(kept))
    assert status == 0
    assert "meetd: The disk is full while writing the backup to" in said
    assert "Make room and start it again." in said
    assert "status 1" in said
    assert said.count(".age") == 2
    assert ".new" not in said
    assert everything(kept.data) == before


async def test_the_same_backup_succeeds_where_there_is_room(kept: Archive) -> None:
    status, said = await in_small_disk(kept.folder, 64, *backup_of(kept))
    assert (status, said) == (0, "")


async def with_an_old_room(data: Path) -> None:
    """One of nobody's that nobody used for long, in which much was said."""
    async with AsyncExitStack() as stack:
        stores = await open_stores(stack, SETTINGS, DataDirectory(data), SystemClock())
        room = await stores.rooms.make("old")
        await stores.rooms.make("new")

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                "WITH RECURSIVE counted(number) AS"
                " (SELECT 1 UNION ALL SELECT number + 1 FROM counted LIMIT 3000)"
                " INSERT INTO messages (room_id, number, posted_at, author, client_id, sealed)"
                " SELECT :room, number, 1, 'a', number, randomblob(500) FROM counted",
                {"room": room.id},
            )
            await transaction.execute("UPDATE rooms SET last_used_at = 1 WHERE name = 'old'", {})

        await stores.database.write(work)


@pytest.mark.parametrize("left", [0, 330_000])
async def test_a_purge_on_a_full_disk_says_so_and_goes_on_where_there_is_room(
    kept: Archive, tmp_path: Path, left: int
) -> None:
    """``left``: bytes of room; for nothing, for a part of what it takes to remove a room."""
    del kept
    data = tmp_path / "old"
    await with_an_old_room(data)
    # Twice with that little room, then with enough.
    filled = f'F="{data}/filler"; head -c 100000000 /dev/zero > "$F"; truncate -s -{left} "$F";'
    again = ' "$@"; echo "status $?" >&2; "$@"; echo "status $?" >&2; rm "$F"; "$@" >&2'
    purge = (sys.executable, "-m", "meetd", "purge", "--data", str(data))
    status, said = await in_small_disk(data, 8, "sh", "-c", filled + again, "sh", *purge)
    assert status == 0
    assert said.count(f"meetd: The disk of {data} is full. Make room on it") == 2
    assert said.count("status 1") == 2
    assert "Traceback" not in said
    assert "Removed, in all: 1." in said
