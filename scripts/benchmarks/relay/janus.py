"""A video room of Debian's Janus: started in a folder of its own, spoken to over its WebSocket."""

import asyncio
import itertools
import json
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp

from scripts.benchmarks.relay import sdp
from scripts.benchmarks.relay.load import Receiver, Seats
from scripts.benchmarks.relay.peer import Peer, own_address
from scripts.benchmarks.relay.video import Camera

HOW_TO_GET: Final = "Janus is not installed: apt-get install janus"
_START_SECONDS: Final = 10.0
_ROOM: Final = 1
_UNUSED: Final = {
    "plugins": (
        *("audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip"),
        *("streaming", "textroom", "videocall", "voicemail"),
    ),
    "transports": ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq"),
}
_MAIN: Final = """
general: {{
    configs_folder = "{folder}"
    event_loops = 1
    debug_level = 2
    session_timeout = 0
}}
nat: {{
    ice_lite = true
    ice_enforce_list = "{address}"
}}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
_WEBSOCKET: Final = """
general: {{
    ws = true
    ws_port = {port}
    ws_ip = "127.0.0.1"
    wss = false
}}
"""
_VIDEO_ROOM: Final = """
room-{room}: {{
    description = "load"
    publishers = 10
    videocodec = "vp8"
    audiocodec = "opus"
}}
"""
"""Everything else is as Debian ships it, such as transport-wide congestion control."""


def is_there() -> bool:
    return shutil.which("janus") is not None


@asynccontextmanager
async def seated(data: Path, count: int) -> AsyncIterator[Seats]:
    """One publisher and ``count`` receivers."""
    port = _free_port()
    await asyncio.to_thread(_write, data, port)
    process = await asyncio.create_subprocess_exec(
        *("janus", "--configs-folder", str(data), "--config", str(data / "janus.jcfg")),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session, await _connected(session, port) as socket_:
            seats, peers = await _seat(_Api(socket_), count, process.pid)
            yield seats
            for peer in peers:
                await peer.close()
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _seat(api: "_Api", count: int, pid: int) -> tuple[Seats, list[Peer]]:
    await api.open()
    publisher = Peer()
    feed = await _publish(api, publisher)
    camera = Camera(publisher, "0")
    # All at once: Janus misses the first message of each handshake, and the second is 1 s later.
    offered = [await _receive(api, feed) for _ in range(count)]
    await asyncio.gather(*(peer.connect(offer) for peer, offer in offered))
    peers = [peer for peer, _ in offered]
    receivers = [Receiver(peer, sdp.TRANSPORT_CC, camera.sent) for peer in peers]
    return Seats(camera, publisher, receivers, pid), [publisher, *peers]


async def _publish(api: "_Api", peer: Peer) -> int:
    """Returns Janus' name for what is published."""
    handle = await api.attach()
    joined = await api.ask(handle, {"request": "join", "ptype": "publisher", "room": _ROOM})
    offer = sdp.described([sdp.video(peer, 0, "sendonly")])
    answered = await api.ask(handle, {"request": "configure"}, {"type": "offer", "sdp": offer})
    await peer.connect(answered["jsep"]["sdp"])
    await api.until_up(handle)
    feed: int = joined["plugindata"]["data"]["id"]
    return feed


async def _receive(api: "_Api", feed: int) -> tuple[Peer, str]:
    """A peer that has answered, and what it has to connect to."""
    handle, peer = await api.attach(), Peer()
    join = {"request": "join", "ptype": "subscriber", "room": _ROOM, "streams": [{"feed": feed}]}
    offered = await api.ask(handle, join)
    answer = sdp.described([sdp.video(peer, 0, "recvonly")])
    await api.ask(handle, {"request": "start"}, {"type": "answer", "sdp": answer})
    return peer, offered["jsep"]["sdp"]


class _Api:
    """One session. Raises: RuntimeError with what Janus says."""

    def __init__(self, socket_: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket_
        self._session = 0
        self._numbers = itertools.count(1)

    async def open(self) -> None:
        self._session = (await self._exchange({"janus": "create"}))["data"]["id"]

    async def attach(self) -> int:
        """Returns a handle."""
        asked = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        handle: int = (await self._exchange(asked))["data"]["id"]
        return handle

    async def ask(
        self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None
    ) -> dict[str, Any]:
        message = {"janus": "message", "handle_id": handle, "body": body}
        answer = await self._exchange(message | ({"jsep": jsep} if jsep else {}))
        if "error" in answer["plugindata"]["data"]:
            raise RuntimeError(answer["plugindata"]["data"]["error"])
        return answer

    async def _exchange(self, message: dict[str, Any]) -> dict[str, Any]:
        number = str(next(self._numbers))
        asked = message | {"transaction": number}
        await self._socket.send_str(
            json.dumps(asked | ({"session_id": self._session} if self._session else {}))
        )
        told = await self._told(
            lambda told: told.get("transaction") == number and told["janus"] != "ack"
        )
        if told["janus"] == "error":
            raise RuntimeError(told["error"]["reason"])
        return told

    async def until_up(self, handle: int) -> None:
        """Until Janus has the handshake of that handle too."""
        await self._told(lambda told: told["janus"] == "webrtcup" and told["sender"] == handle)

    async def _told(self, which: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(_START_SECONDS):
            while True:
                told: dict[str, Any] = await self._socket.receive_json()
                if which(told):
                    return told


async def _connected(session: aiohttp.ClientSession, port: int) -> aiohttp.ClientWebSocketResponse:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                return await session.ws_connect(
                    f"http://127.0.0.1:{port}", protocols=("janus-protocol",)
                )
            except aiohttp.ClientConnectorError:  # it has not started yet
                await asyncio.sleep(0.1)


def _write(folder: Path, port: int) -> None:
    """The settings."""
    disabled = {
        kind: ",".join(f"libjanus_{name}.so" for name in names) for kind, names in _UNUSED.items()
    }
    main = _MAIN.format(folder=folder, address=own_address(), **disabled)
    (folder / "janus.jcfg").write_text(main)
    (folder / "janus.transport.websockets.jcfg").write_text(_WEBSOCKET.format(port=port))
    (folder / "janus.plugin.videoroom.jcfg").write_text(_VIDEO_ROOM.format(room=_ROOM))


def _free_port() -> int:
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        port: int = tcp.getsockname()[1]
        return port
