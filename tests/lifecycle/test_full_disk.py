"""A disk that is really full, in a mount of its own: nothing that was there is touched."""

import asyncio
import shutil
import sys

import pytest

from tests.lifecycle.backups import Archive, everything

UNSHARE = shutil.which("unshare")
_MOUNTED = 'mount -t tmpfs -o size="$1" none "$2" && cp -a "$3/." "$2" && shift 3 && "$@"'


async def in_small_disk(archive: Archive, megabytes: int, *command: str) -> tuple[int | None, str]:
    """A command with the backups on a disk of that size; what it changes there is gone after."""
    copy = archive.folder.with_name("copy")
    await asyncio.to_thread(shutil.copytree, archive.folder, copy, dirs_exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *(str(UNSHARE), "-rm", "sh", "-c", _MOUNTED, "sh"),
        *(f"{megabytes}m", str(archive.folder), str(copy), *command),
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
    if (await in_small_disk(archive, 64, "true"))[0] != 0:
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
    status, said = await in_small_disk(kept, 3, *listing, *filler, *backup_of(kept))
    assert status == 0
    assert "meetd: The disk is full while writing the backup to" in said
    assert "Make room and start it again." in said
    assert "status 1" in said
    assert said.count(".age") == 2
    assert ".new" not in said
    assert everything(kept.data) == before


async def test_the_same_backup_succeeds_where_there_is_room(kept: Archive) -> None:
    status, said = await in_small_disk(kept, 64, *backup_of(kept))
    assert (status, said) == (0, "")
