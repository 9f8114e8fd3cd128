"""A room of meetd: a server process, and guests who join it over the WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from meetd.core.ids import new_id
from meetd.protocol.relay import RelayAccept, RelayAnswered, RelayOffered, RelayPublish
from meetd.protocol.session import Ping
from scripts.benchmarks.relay import sdp
from scripts.benchmarks.relay.load import Receiver, Seats
from scripts.benchmarks.relay.peer import Peer
from scripts.benchmarks.relay.video import Camera
from tests.support.guest import Guest, guests_at
from tests.support.process import serve

_CAMERA_MID = "1"
_PING_SECONDS = 10.0
_SETTINGS = {
    "MEETD_MEDIA_RELAY": "always",
    "MEETD_ROOMS_PARTICIPANT_LIMIT": "200",
    # What is measured is the processor: no share of a line for anybody, and a place for all.
    "MEETD_MEDIA_RELAYED_STREAMS_PER_ROOM": "10000",
    "MEETD_MEDIA_FORWARDED_STREAMS_PER_ROOM": "1000000",
    "MEETD_MEDIA_FORWARDED_STREAMS": "1000000",
    "MEETD_MEDIA_FORWARDED_KILOBITS_PER_SECOND_PER_ROOM": "1000000",
    "MEETD_MEDIA_FORWARDED_KILOBITS_PER_SECOND": "1000000",
}


@asynccontextmanager
async def seated(data: Path, count: int) -> AsyncIterator[Seats]:
    """One publisher and ``count`` receivers."""
    async with serve(data, **_SETTINGS) as server, guests_at(server.url) as guests:
        publisher, ada = Peer(), await guests.join("study", "Ada")
        others = [await guests.join("study", f"Guest {place}") for place in range(count)]
        pinging = asyncio.create_task(_ping([ada, *others]))
        await _publish(ada, publisher)
        camera = Camera(publisher, _CAMERA_MID)
        peers = [await _receive(guest, ada) for guest in others]
        receivers = [Receiver(peer, sdp.TRANSPORT_CC, camera.sent) for peer in peers]
        yield Seats(camera, publisher, receivers, server.pid)
        pinging.cancel()
        for peer in (publisher, *peers):
            await peer.close()


async def _ping(guests: list[Guest]) -> None:
    """As pages do: whoever is silent for 45 s is taken for gone."""
    while True:
        for guest in guests:
            await guest.send(Ping())
        await asyncio.sleep(_PING_SECONDS)


async def _publish(guest: Guest, peer: Peer) -> None:
    kinds = (sdp.audio, sdp.video, sdp.video, sdp.audio)
    offer = sdp.described([make(peer, mid, "sendonly") for mid, make in enumerate(kinds)])
    ref = await guest.send(RelayPublish(connection=new_id(), sdp=offer))
    answered = await guest.seen(RelayAnswered, lambda event: event.ref == ref)
    await peer.connect(answered.sdp)


async def _receive(guest: Guest, publisher: Guest) -> Peer:
    peer = Peer()
    offered = await guest.seen(
        RelayOffered, lambda event: any(one.participant == publisher.id for one in event.streams)
    )
    answer = sdp.described([sdp.audio(peer, offered.streams[0].mid, "recvonly")])
    await guest.ask(RelayAccept(connection=offered.connection, offer=offered.offer, sdp=answer))
    await peer.connect(offered.sdp)
    return peer
