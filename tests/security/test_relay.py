"""What others were bitten by, as far as media that passes through the server goes. Each test has
the name of its lesson."""

import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from meetd.relay.transport.demultiplexer import Demultiplexer
from tests.relay.checks import FakePath, check, request
from tests.relay.client import HERE, House, UdpWire, opened_house, rtp, until
from tests.relay.test_demultiplexer import FakeNetwork, FakePeer, home
from tests.relay.test_transport import HELLO


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    async with opened_house() as house:
        yield house


async def test_asterisk_freeswitch_rtpengine_2024_aioice(house: House) -> None:
    """One forged packet broke a DTLS handshake: nothing but STUN is read from an address that
    passed no check, before, during and after the handshake, however much of it comes."""
    client = house.peer()
    stranger = UdpWire((HERE, house.port.port), lambda _: None)
    alert, finished = b"\x15\xfe\xfd" + bytes(10) + b"\x02\x28", b"\x16\xfe\xfd" + bytes(40)
    send = client.wire.send

    def among_forgeries(packet: bytes) -> None:
        for forged in (HELLO, alert, finished, rtp(1)):
            stranger.send(forged)
        send(packet)

    client.wire.send = among_forgeries  # type: ignore[method-assign]
    await client.connect()
    await client.is_alive(1)
    assert house.port.demultiplexer.counters.foreign >= 16  # around four messages
    assert client.server.counters.refused == 0
    client.wire.send = send  # type: ignore[method-assign]
    await stranger.close()


async def test_a_wrong_password_makes_no_address_trusted(house: House) -> None:
    client = house.peer()
    await client.check(password="not the password at all")
    client.wire.send(HELLO)
    await until(lambda: house.port.demultiplexer.counters.foreign == 1, "it got lost")
    assert client.states == []


@pytest.mark.parametrize(
    "address", ["::ffff:127.0.0.1", "::1", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254"]
)
def test_coturn_cve_2026_27624(address: str) -> None:
    """Relaying to loopback through ``::ffff:``. There is no message that names an address to send
    to: media goes only where an authenticated check came from, spelled as it came."""
    network = FakeNetwork()
    peer = network.peers[0]
    inner, real = FakePath(address, 22), home()
    claimed = (address.removeprefix("::ffff:"), 22)
    network.send(check(peer.ice.local, nominate=True, XOR_MAPPED_ADDRESS=claimed), real)
    network.send(check(peer.ice.local, password="w" * 24, nominate=True), inner)
    assert peer.ice.paths() == [real]
    assert peer.ice.selected is real


async def test_media_goes_only_to_where_an_authenticated_check_came_from(house: House) -> None:
    """The same over real sockets: one that the peer never checked from gets not a byte."""
    client = await house.connected()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bystander:
        bystander.bind((HERE, 0))
        bystander.setblocking(False)
        bystander.sendto(check(client.server.local, password="w" * 24), (HERE, house.port.port))
        await until(lambda: house.port.demultiplexer.counters.refused == 1, "it got lost")
        assert len(bystander.recv(2_048)) < 100  # the refusal
        for number in range(1, 20):
            await client.is_alive(number)
        with pytest.raises(BlockingIOError):
            bystander.recv(2_048)


def test_no_request_of_a_stranger_is_answered_with_more_than_it_had() -> None:
    """Plain STUN apart, which is limited per source."""
    network = FakeNetwork()
    parameters = network.peers[0].ice.local
    for place, asked in enumerate(
        [
            check(parameters, password="w" * 24),
            check(FakePeer().ice.local),
            request(USERNAME=f"{parameters.ufrag}:x", PRIORITY=1, ICE_CONTROLLING=1, SOFTWARE="a"),
            request(USERNAME="x:" + parameters.ufrag, PRIORITY=1, ICE_CONTROLLING=1, SOFTWARE="a"),
            HELLO,
            rtp(1),
        ]
    ):
        answers = network.send(asked, home(place))
        assert sum(len(told) for told in answers) <= len(asked)


def test_a_flood_from_many_forged_addresses_keeps_memory_bounded() -> None:
    port = Demultiplexer(20)
    peer = FakePeer()
    port.add(peer, 0.0)
    for number in range(30_000):
        place = FakePath(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
        port.receive(HELLO, place.key, lambda _, place=place: place, 0.0)  # type: ignore[misc]
        port.receive(request(), place.key, lambda _, place=place: place, 0.0)  # type: ignore[misc]
    assert len(port._owned) == 0
    assert len(port._plain._buckets) <= 10_000
