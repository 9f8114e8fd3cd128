"""How long the server takes to answer over the WebSocket, asked from a place.

python -m scripts.benchmarks.asking URL SECONDS
"""

import asyncio
import json
import subprocess
import sys
import time
from typing import Final

import aiohttp

from tests.laboratory.network import Place
from tests.laboratory.rough_link import ROOT

_PAUSE_SECONDS: Final = 0.05
_MODULE: Final = "scripts.benchmarks.asking"


async def answers(place: Place, url: str, seconds: float) -> list[float]:
    """Milliseconds from each question to its answer, about twenty per second."""
    process = await asyncio.create_subprocess_exec(
        *(*place.within, sys.executable, "-m", _MODULE, url, str(seconds)),
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    written, _ = await process.communicate()
    took: list[float] = json.loads(written)
    return took


async def _ask(url: str, seconds: float) -> list[float]:
    join = {"type": "Join", "room": "elsewhere", "name": "Dan"}
    media = {"microphone": False, "camera": False, "screen": False}
    async with aiohttp.ClientSession() as session, session.ws_connect(url, ssl=False) as socket:
        await socket.send_json({**join, **media, "ref": 1})
        await _answered(socket, 1)
        took: list[float] = []
        end = time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            ref = len(took) + 2
            await socket.send_json({"type": "Ping", "ref": ref})
            await _answered(socket, ref)
            took.append((time.monotonic() - began) * 1_000)
            await asyncio.sleep(_PAUSE_SECONDS)
    return took


async def _answered(socket: aiohttp.ClientWebSocketResponse, ref: int) -> None:
    while (await socket.receive_json()).get("ref") != ref:
        pass


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_ask(sys.argv[1], float(sys.argv[2])))))
