"""Work in threads: nobody goes on before it is done."""

import asyncio
import threading

import pytest

from meetd.core.threads import to_its_end


class Work:
    """Begins, and ends when it may."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.is_done = False

    def __call__(self) -> str:
        self.begun.set()
        self.go_on.wait(20)
        self.is_done = True
        return "done"


async def test_what_it_gives_is_returned() -> None:
    work = Work()
    work.go_on.set()
    assert await to_its_end(work) == "done"


async def test_however_often_it_is_cancelled_the_thread_comes_to_its_end() -> None:
    work = Work()
    task = asyncio.create_task(to_its_end(work))
    await asyncio.to_thread(work.begun.wait, 20)
    for _ in range(3):
        task.cancel()
        done, _others = await asyncio.wait({task}, timeout=0.02)
        assert not done
    work.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.is_done
