"""Work in the background: bounded, logged without names, ended with the server."""

import asyncio
import logging

import pytest

from meetd.core.errands import Errands

LOG = logging.getLogger("tests.errands")


async def test_too_much_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    errands = Errands("parcels", 2, LOG)
    done: list[int] = []

    async def errand(number: int) -> None:
        done.append(number)

    for number in range(3):
        errands.run(errand(number))
    assert len(errands) == 2
    await errands.finished()
    assert done == [0, 1]
    assert "too much parcels at a time" in caplog.text
    errands.run(errand(3))
    await errands.finished()
    assert done == [0, 1, 3]


async def test_what_goes_wrong_is_logged_by_its_kind_only(caplog: pytest.LogCaptureFixture) -> None:
    errands = Errands("parcels", 2, LOG)

    async def errand() -> None:
        raise ValueError("ada@example.org")

    errands.run(errand())
    await errands.finished()
    assert "parcels was given up: ValueError" in caplog.text
    assert "ada@example.org" not in caplog.text


async def test_closing_ends_everything() -> None:
    errands = Errands("parcels", 2, LOG)
    ended = asyncio.Event()

    async def errand() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    errands.run(errand())
    await asyncio.sleep(0)  # let it begin
    await errands.close()
    assert ended.is_set()
    assert len(errands) == 0
