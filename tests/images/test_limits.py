"""What is too much, broken or aimed at a decoder is refused, and costs no more than it may."""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Pillow

from meetd.core.refusals import ImagesBusy, ImageTooLarge, ImageUnreadable
from meetd.images import reencode_process, reencoding
from meetd.images.reencoding import (
    AT_ONCE,
    MAX_BYTES,
    PERSONAL,
    WAITING,
    Image,
    Reencoder,
)
from tests.images.pictures import BLUE, bomb, encoded, plain, png

ROOT = Path(__file__).parents[2]


async def test_too_many_bytes_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(ImageTooLarge) as caught:
        await Reencoder(program=tmp_path / "missing.py").reencode(b"\0" * (MAX_BYTES + 1), 512)
    assert caught.value.facts() == {"megabytes": 8, "megapixels": 40}


def webp(*, lossless: bool, frames: int = 1) -> bytes:
    """100 megapixels."""
    image = plain(size=(10_000, 10_000))
    more = [plain(size=image.size, colour=BLUE)] * (frames - 1)
    return encoded(
        image, "WEBP", lossless=lossless, method=0, save_all=frames > 1, append_images=more
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: webp(lossless=True),
        lambda: webp(lossless=False),
        lambda: webp(lossless=True, frames=2),
    ],
    ids=["lossless", "lossy", "animated"],
)
async def test_webp_too(make: Callable[[], bytes]) -> None:
    """Pillow would decode it while reading the header."""
    data = make()
    assert reencode_process.webp_pixels(data) == 100_000_000
    with pytest.raises(ImageTooLarge):
        await Reencoder().reencode(data, PERSONAL)


@pytest.mark.parametrize(
    "data",
    [png(60_000, 60_000), png(2**31 - 1, 2**31 - 1), png(40_000_001, 1), bomb(7_000)],
    ids=["huge", "largest", "long", "bomb"],
)
async def test_too_many_pixels_are_refused_from_the_header(data: bytes) -> None:
    assert len(data) < 300_000
    with pytest.raises(ImageTooLarge):
        await Reencoder().reencode(data, PERSONAL)


async def test_every_cut_is_refused() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        whole = encoded(Pillow.effect_noise((120, 90), 80).convert("RGB"), kind)
        for length in (0, 20, len(whole) // 2):
            with pytest.raises(ImageUnreadable):
                await Reencoder().reencode(whole[:length], PERSONAL)


@pytest.mark.parametrize(
    "program",
    [
        "while True: pass",
        "import time; time.sleep(600)",
        "import sys; sys.stdin.buffer.read(); import time; time.sleep(600)",
        "import os, time; os.fork(); time.sleep(600)",
        "import os, time; os.fork() and os._exit(0); time.sleep(600)",
    ],
    ids=["busy", "asleep", "silent", "forked", "left behind"],
)
async def test_what_takes_too_long_is_killed_with_its_group(tmp_path: Path, program: str) -> None:
    mark = tmp_path / "pid"
    script = tmp_path / "program.py"
    script.write_text(f"import os\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\n{program}\n")
    with pytest.raises(ImageUnreadable):
        await Reencoder(script, seconds=1).reencode(encoded(plain(), "PNG"), PERSONAL)
    group = mark.read_text()
    # It was killed; under load the kernel needs a moment to let go of it.
    for _ in range(200):
        if group not in groups():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("something of it still runs")


def groups() -> set[str]:
    """Process groups in which something runs; who has ended but was not collected does not."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if fields[0] not in {"Z", "X"}:
            found.add(fields[2])
    return found


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.exit(0)",
        "import sys; sys.stdout.buffer.write(b'<svg onload=alert(1)>' * 9)",
        "import sys; sys.stdout.buffer.write(bytes(8) + b'RIFF\\0\\0\\0\\0WEBP')",
        "import sys; sys.stdout.buffer.write(b'\\xff' * 8 + b'RIFF\\0\\0\\0\\0WEBP')",
        "import sys; sys.stdin.buffer.read()\nwhile True: sys.stdout.buffer.write(bytes(65536))",
        "import os; os.abort()",
        "import sys; sys.exit(12)",
        "import os; os.close(0)",
    ],
    ids=["nothing", "svg", "no size", "huge", "endless", "crash", "no Pillow", "deaf"],
)
async def test_a_process_that_was_taken_over_is_not_believed(tmp_path: Path, program: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(program)
    with pytest.raises(ImageUnreadable):
        await Reencoder(script, seconds=20).reencode(b"\0" * 1_000_000, PERSONAL)


async def test_two_at_a_time_some_wait_and_more_are_refused(tmp_path: Path) -> None:
    running = tmp_path / "running"
    running.mkdir()
    script = tmp_path / "program.py"
    script.write_text(
        "import os, pathlib, sys, time\n"
        f"folder = pathlib.Path({str(running)!r})\n"
        "(folder / str(os.getpid())).touch()\n"
        f"while not pathlib.Path({str(tmp_path / 'go')!r}).exists(): time.sleep(0.01)\n"
        "sys.exit(11)\n"
    )
    reencoder = Reencoder(script)
    asked = [
        asyncio.create_task(reencoder.reencode(b"x", PERSONAL)) for _ in range(AT_ONCE + WAITING)
    ]
    async with asyncio.timeout(20):
        while len(list(running.iterdir())) < AT_ONCE:
            await asyncio.sleep(0.01)
    with pytest.raises(ImagesBusy):
        await reencoder.reencode(b"x", PERSONAL)
    assert len(list(running.iterdir())) == AT_ONCE
    (tmp_path / "go").touch()
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(result) for result in results} == {ImageUnreadable}
    with pytest.raises(ImageUnreadable):
        await reencoder.reencode(b"x", PERSONAL)


async def test_who_goes_away_leaves_nothing_running(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    script = tmp_path / "program.py"
    script.write_text(
        f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    reencoder = Reencoder(script)
    asked = asyncio.create_task(reencoder.reencode(b"x", PERSONAL))
    async with asyncio.timeout(20):
        while not (mark.exists() and mark.read_text()):
            await asyncio.sleep(0.01)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert mark.read_text() not in groups(), "it still runs"


LIMITED = f"""
import resource, runpy, sys
sys.path.insert(0, {str(ROOT / "meetd" / "images")!r})
import reencode_process
assert "PIL" not in sys.modules
reencode_process.limit_resources()
assert "PIL" not in sys.modules
reencode_process.load_pillow()
"""


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("bytearray(1 << 30)", "MemoryError"),
        ("open('/etc/passwd')", "OSError"),
        ("import socket; socket.socket()", "OSError"),
        ("import os; os.pipe()", "OSError"),
        ("resource.setrlimit(resource.RLIMIT_CPU, (99, 99))", "ValueError"),
        ("import multiprocessing", "OSError"),
    ],
)
async def test_in_the_process_next_to_nothing_is_possible(act: str, error: str) -> None:
    script = f"import socket\n{LIMITED}\n{act}"
    result = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-B", "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    # Where memory is over, Python 3.13 has none left for a last line of its own.
    assert error in result.stderr, result.stderr


async def test_limits_are_set_before_pillow_is_loaded() -> None:
    names = ("AS", "CPU", "NOFILE", "FSIZE", "CORE", "NPROC")
    wanted = ", ".join(f"resource.getrlimit(resource.RLIMIT_{name})[1]" for name in names)
    script = LIMITED.replace("reencode_process.load_pillow()", f"print([{wanted}])")
    result = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-B", "-c", script],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == f"{[768 << 20, 20, 64, 0, 0, 0]}\n"


def test_the_same_exit_statuses_on_both_sides() -> None:
    for name in ("TOO_LARGE", "UNREADABLE", "NO_PILLOW"):
        assert getattr(reencoding, name) == getattr(reencode_process, name)


async def test_a_limit_that_is_lower_already_stays() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    script = LIMITED.replace(
        "reencode_process.limit_resources()",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)); reencode_process.limit_resources();"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE))",
    )
    result = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-B", "-c", script],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "(32, 32)\n"
    assert resource.getrlimit(resource.RLIMIT_CORE)[1] == hard


def test_an_image_in_a_traceback_shows_no_bytes() -> None:
    assert repr(Image(b"secret", 1, 2)) == "Image(width=1, height=2)"
