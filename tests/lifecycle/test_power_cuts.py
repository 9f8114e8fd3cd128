"""The power is cut while people meet, and while backups, purges and changes of keys go on: what was
not made safe on the disk is gone, and nothing that was acknowledged is among it. ``scripts/crash
power`` runs it with more cuts."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.content.test_crash import Sender, files_of
from tests.content.test_mixed_crash import PATIENCE, Ledger, check, use_until_killed
from tests.lifecycle.test_life_crash import (
    APART,
    Mark,
    check_archives,
    check_databases,
    mark_of,
    server_on,
    stage_of,
)
from tests.meetings.test_drawing import make_board
from tests.support.guest import guests_at
from tests.support.power import PowerDisk
from tests.support.process import ServerProcess
from tests.support.server import prepare_data

CUTS = int(os.environ.get("MEETD_TEST_POWER_CUTS", "4"))
MEGABYTES = 768
LATEST = 23
"""Hundredths of a second after a stage began, at most, until the power goes."""

_log = logging.getLogger(__name__)


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[PowerDisk]:
    disk = PowerDisk(tmp_path / "disk", MEGABYTES)
    if os.geteuid() != 0 or not await disk.make():
        pytest.skip("only root may mount a disk of its own, where there are loop devices")
    yield disk
    await disk.off()


async def test_what_is_not_synced_is_really_lost(disk: PowerDisk) -> None:
    """So that the next test can fail."""
    for name in ("synced", "not-synced"):
        with (disk.folder / name).open("wb") as file:
            file.write(bytes(10_000))
            file.flush()
            if name == "synced":
                os.fsync(file.fileno())
    folder = os.open(disk.folder, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    (disk.folder / "late").write_bytes(b"never safe")
    disk.cut()
    await disk.on_again()
    assert (disk.folder / "synced").read_bytes() == bytes(10_000)
    assert not (disk.folder / "late").exists()
    left = disk.folder / "not-synced"
    assert not left.exists() or left.read_bytes() == b""


async def test_it_comes_back_beside_whoever_saw_it_before(disk: PowerDisk) -> None:
    """In a mount namespace, of which other tests make some, the file system of before goes on."""
    path = disk.folder / "file"
    path.write_bytes(b"safe")
    await disk.sync()
    apart = await asyncio.create_subprocess_exec(
        *("unshare", "--mount", "sh", "-c", "echo there; exec cat"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert apart.stdout is not None
    assert await apart.stdout.readline() == b"there\n"
    disk.cut()
    await disk.on_again()
    assert path.read_bytes() == b"safe"
    path.write_bytes(b"anew")
    await disk.sync()
    await apart.communicate(b"")
    assert path.read_bytes() == b"anew"


async def test_what_a_test_says_is_written_though_nobody_waited(disk: PowerDisk) -> None:
    """And so survives, in part: the page of a file that was there before."""
    old, new = bytes(200 * 4096), b"\xff" * 200 * 4096
    path = disk.folder / "file"
    path.write_bytes(old)
    (disk.folder / "named").touch()
    await disk.sync()
    with path.open("r+b") as file:
        # Page by page, as SQLite does: what was written together is kept together in the cache.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        for start in range(0, len(new), 4096):
            os.pwrite(file.fileno(), new[:4096], start)
    (disk.folder / "named").rename(disk.folder / "renamed")
    written = disk.write_some(1)
    disk.cut(journal=True)
    await disk.on_again()
    left = path.read_bytes()
    pages = [left[start : start + 4096] for start in range(0, len(left), 4096)]
    assert pages.count(new[:4096]) == written
    assert pages.count(old[:4096]) == 200 - written
    assert 50 < written < 150
    assert (disk.folder / "renamed").exists()


@pytest.mark.timeout(100 * CUTS)
async def test_a_power_cut_loses_nothing_that_was_acknowledged(
    disk: PowerDisk, tmp_path: Path
) -> None:
    data = disk.folder / "data"
    await prepare_data(data)
    await disk.sync()
    server, ledger, marks = server_on(data), Ledger(Sender(files_of(0))), list[Mark]()
    await server.start()
    try:
        await _meet_through_cuts(disk, server, ledger, marks)
    finally:
        _signal(server, signal.SIGKILL)  # or the disk could not be taken away
        await server.wait()
    check_databases(data)
    await check_archives(data, marks, ledger, tmp_path)


async def _meet_through_cuts(
    disk: PowerDisk, server: ServerProcess, ledger: Ledger, marks: list[Mark]
) -> None:
    async with guests_at(server.url) as guests:
        ledger.board = await make_board(await guests.join("study", "Ada"))
    assert await server.stop() == 0
    for cut in range(CUTS):
        what, _ = stage_of(cut)
        await server.start(BEGIN=what, KILL_AT="1000000")
        await check(server.url, ledger)
        marks.append(mark_of(ledger))

        await use_until_killed(server.url, ledger, partial(_cut_power, disk, server, cut))
        await disk.on_again()
        _log.info("power cut %d, in %s: %s", cut + 1, what, ledger.counts)
    await server.start()
    await check(server.url, ledger)
    assert await server.stop() == 0


async def _cut_power(disk: PowerDisk, server: ServerProcess, cut: int) -> None:
    os.kill(server.pid, signal.SIGUSR1)
    with suppress(TimeoutError):  # the stage may be over before
        await asyncio.wait_for(server.wait(), cut * APART % LATEST / 100)
    if cut & 1:
        disk.write_some(cut)
    # The machine stops with its disk: nobody is told any more that it failed.
    _signal(server, signal.SIGSTOP)
    await _is_stopped(server.pid)
    disk.cut(journal=bool(cut & 2))
    _signal(server, signal.SIGKILL)
    await server.wait()


def _signal(server: ServerProcess, number: signal.Signals) -> None:
    """To it and to all who work for it. Who has ended needs none."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, number)


async def _is_stopped(pid: int) -> None:
    """Its loop runs no more."""
    async with asyncio.timeout(PATIENCE):
        while _state(pid) not in {"T", "Z", ""}:
            await asyncio.sleep(0.001)


def _state(pid: int) -> str:
    """``T`` for stopped, ``Z`` for ended and not waited for, nothing for gone; see proc(5)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""
