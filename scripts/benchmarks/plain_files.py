"""A server that takes and gives plain files and does nothing else: what files are held against.

``python -m scripts.benchmarks.plain_files FOLDER`` prints its address and ends with its input.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import BinaryIO

from aiohttp import web

PIECE = 1 << 20
"""Bytes per write and read, which are done in a thread, as in the server that is measured."""


class PlainFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def routes(self) -> list[web.RouteDef]:
        return [web.put("/{name}", self.take), web.get("/{name}", self.give)]

    async def take(self, request: web.Request) -> web.Response:
        """On the disk, and safe there."""
        with (self._folder / request.match_info["name"]).open("wb") as file:
            pending = bytearray()
            async for chunk in request.content.iter_any():
                pending += chunk
                if len(pending) >= PIECE:
                    await asyncio.to_thread(file.write, bytes(pending))
                    pending.clear()
            file.write(pending)
            await asyncio.to_thread(_make_safe, file)
        return web.Response(status=204)

    async def give(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with (self._folder / request.match_info["name"]).open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                await response.write(piece)
        await response.write_eof()
        return response


def _make_safe(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


async def main(folder: Path) -> None:
    app = web.Application()
    app.add_routes(PlainFiles(folder).routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
