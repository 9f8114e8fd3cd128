"""Stock aiortc with its ``MediaRelay``, which decodes, and encodes for each receiver.

As a module it is the server, in a process of its own: it takes a line of JSON for each connection,
{"offer": ..., "publishes": ...}, and answers with {"answer": ...}.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from typing import Final

from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.contrib.media import MediaBlackhole, MediaRelay

from scripts.benchmarks.relay.load import cpu_seconds

RECEIVERS: Final = 2
"""More would not fit into a core."""
_SETTLE_SECONDS: Final = 5.0
_WINDOW_SECONDS: Final = 10.0


async def microseconds() -> float:
    """CPU of the server per forwarded packet, with 640 x 480 at 30 frames per second."""
    async with AsyncExitStack() as stack:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.benchmarks.relay.stock"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**20,
        )
        stack.push_async_callback(process.wait)
        stack.callback(process.terminate)
        publisher = RTCPeerConnection()
        stack.push_async_callback(publisher.close)
        publisher.addTrack(VideoStreamTrack())
        await _connect(process, publisher, publishes=True)
        receivers = [await _receiver(process, stack) for _ in range(RECEIVERS)]
        await asyncio.sleep(_SETTLE_SECONDS)
        packets, cpu = await _received(receivers), cpu_seconds(process.pid)
        await asyncio.sleep(_WINDOW_SECONDS)
        cpu = cpu_seconds(process.pid) - cpu
        return cpu / (await _received(receivers) - packets) * 1e6


async def _receiver(
    process: asyncio.subprocess.Process, stack: AsyncExitStack
) -> RTCPeerConnection:
    peer, sink = RTCPeerConnection(), MediaBlackhole()
    stack.push_async_callback(peer.close)
    peer.addTransceiver("video", direction="recvonly")
    peer.on("track", sink.addTrack)
    await _connect(process, peer, publishes=False)
    await sink.start()
    return peer


async def _connect(
    process: asyncio.subprocess.Process, peer: RTCPeerConnection, *, publishes: bool
) -> None:
    assert process.stdin is not None, "it has pipes"  # noqa: S101
    assert process.stdout is not None, "it has pipes"  # noqa: S101
    await peer.setLocalDescription(await peer.createOffer())
    told = {"offer": peer.localDescription.sdp, "publishes": publishes}
    process.stdin.write(json.dumps(told).encode() + b"\n")
    answer = json.loads(await process.stdout.readline())["answer"]
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))


async def _received(peers: list[RTCPeerConnection]) -> int:
    """Packets of all of them."""
    reports = [await peer.getStats() for peer in peers]
    return sum(
        one.packetsReceived
        for report in reports
        for one in report.values()
        if one.type == "inbound-rtp"
    )


async def _serve() -> None:
    relay, published, peers = MediaRelay(), asyncio.get_running_loop().create_future(), []
    while line := await asyncio.to_thread(sys.stdin.readline):
        told, peer = json.loads(line), RTCPeerConnection()
        peers.append(peer)
        if told["publishes"]:
            peer.on("track", published.set_result)
        await peer.setRemoteDescription(RTCSessionDescription(told["offer"], "offer"))
        if not told["publishes"]:
            track: MediaStreamTrack = await published
            peer.addTrack(relay.subscribe(track))
        await peer.setLocalDescription(await peer.createAnswer())
        print(json.dumps({"answer": peer.localDescription.sdp}), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve())
