"""What others were bitten by, as far as media that passes through the server goes. Each test has
the name of its lesson."""

import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from meetd.protocol.hosting import Remove
from meetd.protocol.media import ReportPath
from meetd.protocol.session import Ended
from meetd.relay.transport.demultiplexer import Demultiplexer
from meetd.relay.transport.tcp import _MAX_UNPROVEN, _PER_NETWORK
from tests.relay.checks import FakePath, check, request
from tests.relay.client import HERE, Client, House, UdpWire, opened_house, rtp, until
from tests.relay.test_demultiplexer import FakeNetwork, FakePeer, home
from tests.relay.test_transport import HELLO
from tests.signaling.test_relaying import accepts, both, offered, publishes
from tests.support.door import street_at


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


async def test_forged_packets_from_a_peers_own_address_do_not_use_up_what_it_may_send(
    house: House,
) -> None:
    """A source address is easily forged; only the keys say whose a packet is. What everybody may
    send is counted before that is known, because finding out costs time."""
    house.clock.held = house.clock.monotonic()  # nothing is allowed anew meanwhile
    client = await house.connected(tcp=True)
    counters, forged = client.server.counters, rtp(7, size=1_300)
    for number in range(1, 4_001):  # 6 MB, where a peer may send 2.5 MB per second
        client.wire.send(forged)
        if number % 50 == 0:
            await until(lambda due=number: counters.refused == due, "it was not looked at")  # type: ignore[misc]
    assert counters.limited == 0
    await client.is_alive(1)


async def test_finding_out_what_is_forged_is_limited_too(house: House) -> None:
    house.clock.held = house.clock.monotonic()
    noisy, calm = await house.connected(tcp=True), await house.connected()
    counters, forged = noisy.server.counters, rtp(7, size=1_300)
    for number in range(1, 8_001):
        noisy.wire.send(forged)
        if number % 50 == 0:
            await until(lambda due=number: looked_at(noisy) == due, "it was not looked at")  # type: ignore[misc]
    assert 5_000 <= counters.refused < 8_000
    await calm.is_alive(1)


def looked_at(client: Client) -> int:
    """Packets from them that were no good, decrypted or not."""
    return client.server.counters.refused + client.server.counters.limited


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Enough for both ends of everything."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 8_000:
        pytest.skip("the system allows fewer descriptors than 5,000 connections take")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 8_000), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("descriptors")
@pytest.mark.parametrize("networks", [1, 1_250])
async def test_5000_half_open_connections_to_the_media_port_hurt_nobody(
    networks: int, house: House
) -> None:
    """From one address and from many: who is there keeps their media, over TCP and UDP, and who
    comes meanwhile comes in."""
    talking = [await house.connected(tcp=tcp) for tcp in (False, True)]
    door, most = house.port.tcp, min(networks * _PER_NETWORK, _MAX_UNPROVEN)
    with ExitStack() as stack:
        for number in range(5_000):
            stack.enter_context(half_open(number % networks, house.port.port))
            if number % 100 == 99:
                assert door.connections <= most + len(talking)
                for client in talking:
                    await client.is_alive(number // 100 + 1)
            if number % 2_500 == 1_249:
                talking.append(await house.connected(tcp=True))
        await until(lambda: door.refused >= 5_000 - most - 2, f"only {door.refused} were refused")
    connected = sum(client.server.ice.selected.room is not None for client in talking)  # type: ignore[union-attr]
    await until(lambda: door.connections == connected, f"{door.connections} are left")
    for client in talking:
        await client.is_alive(1_000)
        assert client.states == ["connecting", "connected"]


def half_open(network: int, port: int) -> socket.socket:
    """A connection that says nothing, from another address for each ``network``."""
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    one.setblocking(False)
    one.bind((f"127.1.{network // 250}.{network % 250 + 1}", 0))
    one.connect_ex((HERE, port))
    return one


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


async def test_bbb_cve_2022_29234_whoever_is_removed_sends_to_the_relay_no_more(
    tmp_path: Path,
) -> None:
    """Rights were checked once, and bans did not reach what ran already: with the seat both ways to
    the relay are gone, whatever the page that was removed goes on sending."""
    async with street_at(tmp_path) as street:
        ada = await street.account("Ada")
        await street.room("study", ada, locked=False)
        host, bob = await street.enter("study", "Ada", ada), await street.enter("study", "Bob")
        await host.ask(ReportPath(participant=bob.id, state="failed"))
        for one, other in ((host, bob), (bob, host)):
            await publishes(one)
            await accepts(other, await offered(other, *both(one)))
        peers = street.server._media_port.demultiplexer.peers
        assert (street.server.relay.streams, len(peers())) == (8, 4)
        await host.ask(Remove(participant=bob.id))
        await bob.seen(Ended)
        assert (street.server.relay.streams, street.server.relay.forwarded) == (0, 0)
        await until(lambda: not peers(), "a connection to the relay is left")
