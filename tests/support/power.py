"""A disk whose power is cut: an ext4 of its own on a loop device, which is told to stop at once.

Whatever was not made safe by then is gone, as far as the kernel had not written it by itself; what
is left is what its journal makes of it at the next mount. That is the file system's own way to
test this (``EXT4_IOC_SHUTDOWN`` without flushing the log, as xfstests does), so nothing of the
server, of SQLite or of the kernel's cache is played by a test. Needs root and loop devices.
"""

import asyncio
import fcntl
import os
import struct
from pathlib import Path

_SHUTDOWN = 0x8004587D
"""``_IOR('X', 125, __u32)``, linux/fs/ext4/ext4.h."""
_NO_FLUSH = struct.pack("I", 2)
_PATIENCE = 30
"""Seconds until those who were killed have let go of their files."""
_OPTIONS = "loop,noauto_da_alloc"
"""ext4 writes a file by itself that takes the place of another one; other file systems do not."""


class PowerDisk:
    """``folder`` is on it while it is on."""

    def __init__(self, image: Path, megabytes: int) -> None:
        self._image = image
        self._megabytes = megabytes
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

    def cut(self) -> None:
        """From now on nothing reaches the disk any more. Who has files open gets errors."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, _NO_FLUSH)
        finally:
            os.close(descriptor)

    async def sync(self) -> None:
        """Everything on it is safe."""
        await _run("sync", "--file-system", str(self.folder))

    async def off(self) -> None:
        """As soon as nobody has files open there."""
        async with asyncio.timeout(_PATIENCE):
            while not await _does("umount", str(self.folder)):
                await asyncio.sleep(0.05)

    async def on_again(self) -> None:
        """After a cut."""
        await self.off()
        assert await self.on(), "the disk does not come back"


async def _run(*command: str) -> None:
    assert await _does(*command), f"{command[0]} failed"


async def _does(*command: str) -> bool:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait() == 0
