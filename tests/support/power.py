"""A disk whose power is cut: an ext4 of its own on a loop device, which is told to stop at once.

Whatever was not made safe by then is gone, as far as the kernel had not written it by itself; what
is left is what its journal makes of it at the next mount. That is the file system's own way to
test this (``EXT4_IOC_SHUTDOWN``, as in xfstests), so nothing of the server, of SQLite or of the
kernel's cache is played by a test. Needs root and loop devices.

A disk may also have written some of what nobody waited for. Which, a test decides: the journal of
names and sizes or not, and a share of the pages.
"""

import asyncio
import ctypes
import fcntl
import hashlib
import os
import struct
from pathlib import Path

_SHUTDOWN = 0x8004587D
"""``_IOR('X', 125, __u32)``, linux/fs/ext4/ext4.h."""
_LOG_FLUSH, _NO_LOG_FLUSH = 1, 2
_WRITE_AND_WAIT = 7
"""Of sync_file_range(2): it writes pages, and neither sizes nor the disk's cache."""
_PAGE = 4096
_MOST_PIECES = 256
"""Of one file, of which each is written or not."""
_PATIENCE = 30
"""Seconds until those who were killed have let go of their files."""
_OPTIONS = "loop,noauto_da_alloc"
"""ext4 writes a file by itself that takes the place of another one; other file systems do not."""


class PowerDisk:
    """``folder`` is on it while it is on."""

    def __init__(self, image: Path, megabytes: int) -> None:
        self._image = image
        self._megabytes = megabytes
        self._cuts = 0
        self.folder = image.with_suffix(".mounted")

    async def make(self) -> bool:
        """Returns whether that is allowed here."""
        self.folder.mkdir()
        with self._image.open("wb") as file:
            file.truncate(self._megabytes << 20)
        await _run("mkfs.ext4", "-q", "-F", str(self._image))
        return await self.on()

    async def on(self) -> bool:
        """Returns whether it could be mounted; the journal is replayed."""
        return await _does("mount", "-o", _OPTIONS, str(self._image), str(self.folder))

    def cut(self, *, journal: bool = False) -> None:
        """From now on nothing reaches the disk any more; who has files open gets errors.
        ``journal``: names and sizes until now do reach it, though nobody waited for them."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        flags = _LOG_FLUSH if journal else _NO_LOG_FLUSH
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", flags))
        finally:
            os.close(descriptor)

    def write_some(self, seed: int) -> int:
        """About half of the pages of all files reach the disk, though nobody waited for them.
        Returns how many pieces those are."""
        return sum(_write_some(path, seed) for path in self.folder.rglob("*") if path.is_file())

    async def sync(self) -> None:
        """Everything on it is safe."""
        await _run("sync", "--file-system", str(self.folder))

    async def off(self) -> None:
        """As soon as nobody has files open there."""
        async with asyncio.timeout(_PATIENCE):
            while not await _does("umount", str(self.folder)):
                await asyncio.sleep(0.05)

    async def on_again(self) -> None:
        """After a cut: as another image, because whoever runs in a mount namespace of their own may
        keep the file system of before, which would come back as it is, shut down."""
        await self.off()
        former = self._image
        self._cuts += 1
        self._image = former.with_suffix(f".{self._cuts}")
        await _run("cp", "--sparse=always", str(former), str(self._image))
        former.unlink()
        assert await self.on(), "the disk does not come back"


def _write_some(path: Path, seed: int) -> int:
    libc, written = ctypes.CDLL(None, use_errno=True), 0
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # gone meanwhile
        return 0
    try:
        size = os.fstat(descriptor).st_size
        piece = max(1, -(-size // _MOST_PIECES // _PAGE)) * _PAGE
        for start in range(0, size, piece):
            if hashlib.sha256(f"{seed}/{path}/{start}".encode()).digest()[0] & 1:
                place, length = ctypes.c_int64(start), ctypes.c_int64(piece)
                done = libc.sync_file_range(descriptor, place, length, _WRITE_AND_WAIT)
                assert done == 0, os.strerror(ctypes.get_errno())
                written += 1
    finally:
        os.close(descriptor)
    return written


async def _run(*command: str) -> None:
    assert await _does(*command), f"{command[0]} failed"


async def _does(*command: str) -> bool:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait() == 0
