"""Looks every so often."""

import asyncio
import logging

import pytest

from meetd.core.rounds import Rounds

_log = logging.getLogger("meetd.test")


async def test_looks_again_after_one_that_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    again = asyncio.Event()
    looks = 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise ValueError
        again.set()

    rounds = Rounds("look", 0.001, look, _log)
    rounds.open()
    async with asyncio.timeout(10):
        await again.wait()
    await rounds.close()
    assert "look was given up: ValueError" in caplog.text


async def test_one_look_at_a_time_and_the_last_is_waited_for() -> None:
    inside, most, begun, done = 0, 0, asyncio.Event(), 0

    async def look() -> None:
        nonlocal inside, most, done
        inside += 1
        most = max(most, inside)
        begun.set()
        for _ in range(50):
            await asyncio.sleep(0)
        inside -= 1
        done += 1

    rounds = Rounds("look", 0, look, _log)
    rounds.open()
    async with asyncio.timeout(10):
        await begun.wait()
    await rounds.close()
    assert (most, inside) == (1, 0)
    assert done >= 1
