"""What a hand-written page gets of somebody over a while."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.browser.people import until
from tests.browser.relay_page import Member

SCRIPT = (Path(__file__).parent / "watch.js").read_text()
RECOVERY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Report:
    """Of somebody's microphone and camera. ``concealed``: the share of sound that was made up;
    ``silence`` and ``gap``: seconds; ``frames`` per second; ``height`` that was seen longest."""

    concealed: float
    silence: float
    frames: float
    height: int
    gap: float


async def watch(member: Member) -> None:
    """To be called once, before the others."""
    await member.page.evaluate(SCRIPT)


async def report(member: Member, of: Member, seconds: float) -> Report:
    """Of the next ``seconds``."""
    await member.page.evaluate("watch.start()")
    await asyncio.sleep(seconds)
    seen: list[dict[str, Any]] = await member.page.evaluate("watch.finish()")
    streams = {one["slot"]: one for one in seen if one["participant"] == of.id}
    sound, picture = streams["microphone"], streams["camera"]
    heights: dict[str, int] = picture["heights"]
    return Report(
        concealed=sound["concealed"],
        silence=sound["gap"] / 1_000,
        frames=picture["perSecond"],
        height=int(max(heights, key=lambda height: heights[height])),
        gap=picture["gap"] / 1_000,
    )


async def recovery(member: Member, of: Member) -> str:
    """How long it takes until ten more pictures have come."""
    before, began = (await member.decoded(of, "camera"))["count"], time.monotonic()

    async def moves() -> bool:
        return bool((await member.decoded(of, "camera"))["count"] >= before + 10)

    try:
        await until(moves, "it stands still", within=RECOVERY_SECONDS)
    except AssertionError:
        return "not"
    return f"{time.monotonic() - began:.1f} s"
