"""Real DTLS-SRTP between the server and an aiortc client, over real loopback sockets."""

import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from meetd.config.network import Media
from tests.relay.checks import check
from tests.relay.client import (
    AUDIO,
    HERE,
    House,
    TcpWire,
    UdpWire,
    opened_house,
    picture_loss,
    rtp,
    until,
)

HELLO = bytes.fromhex(
    "16feff0000000000000000007a0100006e00000000000000 6efefd".replace(" ", "")
) + bytes(108)
"""The start of a ClientHello, as anybody can send it."""


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    async with opened_house() as house:
        yield house


both = pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])


@both
async def test_a_peer_connects_and_media_passes_both_ways(house: House, tcp: bool) -> None:  # noqa: FBT001
    client = await house.connected(tcp=tcp)
    assert client.states == ["connecting", "connected"]
    for number in range(1, 20):
        await client.is_alive(number)
    assert client.arrived == [rtp(number) for number in range(1, 20)]
    client.send_rtcp(picture_loss())
    await until(lambda: client.reports == [picture_loss()], "no report reached the server")
    client.server.send_rtcp(picture_loss(0x9999))
    before = len(client.media)
    await until(lambda: len(client.media) == before + 1, "no report reached the page")
    assert client.dtls._rx_srtp.unprotect_rtcp(client.media[-1]) == picture_loss(0x9999)


@both
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_one_socket_is_for_both_families(tcp: bool, host: str) -> None:  # noqa: FBT001
    async with opened_house(Media()) as house:
        client = await house.connected(tcp=tcp, host=host)
        await client.is_alive(1)


async def test_aes_256_gcm_is_what_two_good_sides_agree_on(house: House) -> None:
    client = await house.connected()
    ssl = client.dtls._ssl
    assert ssl is not None
    assert ssl.get_selected_srtp_profile() == b"SRTP_AEAD_AES_256_GCM"


@both
async def test_when_the_server_closes_the_page_is_told(house: House, tcp: bool) -> None:  # noqa: FBT001
    client = await house.connected(tcp=tcp)
    client.server.close()
    client.server.close()
    await until(lambda: client.dtls.state == "closed", "the page was not told")
    assert client.states[-1] == "closed"
    await client.server.ended()
    assert not house.port.demultiplexer.peers()
    await until(lambda: not house.port.tcp.connections, "its connection stayed")


async def test_when_the_page_closes_the_server_knows_at_once(house: House) -> None:
    client = await house.connected()
    await client.dtls.stop()
    await until(lambda: client.server.state == "closed", "the server did not notice")
    client.server.send_rtp([rtp(1)])
    assert client.server.counters.dropped == 1


async def test_a_description_may_come_after_the_first_packets(house: House) -> None:
    client = house.peer()
    late = house.transports.make()
    client.server.close()
    client.server, late.on_state = late, client.states.append
    await client.check(nominate=True)
    client.wire.send(HELLO[:20])
    client.describe()
    await client.shake_hands()
    await until(lambda: late.state == "connected", "the server is not connected")


async def test_somebody_with_another_certificate_is_refused(house: House) -> None:
    client = house.peer()
    client.server.close()
    client.server = house.transports.make()
    client.server.on_state = client.states.append
    client.describe(**{"sha-256": ":".join(["AB"] * 32)})
    await client.check(nominate=True)
    await client.shake_hands()  # the client's side alone
    await until(lambda: client.server.state == "failed", "a wrong certificate was taken")
    assert "connected" not in client.states


async def test_another_certificate_later_is_another_transport(house: House) -> None:
    client = await house.connected()
    with pytest.raises(ValueError, match="another certificate"):
        client.describe(**{"sha-256": ":".join(["AB"] * 32)})
    with pytest.raises(ValueError, match="passive"):
        client.describe(setup="passive")
    await client.is_alive(1)


@pytest.mark.parametrize("before", [True, False], ids=["before", "during"])
async def test_a_forged_client_hello_changes_nothing(house: House, before: bool) -> None:  # noqa: FBT001
    """From an address that passed no check: before the handshake, and between its messages."""
    client = house.peer()
    await client.check(nominate=True)
    forger = UdpWire((HERE, house.port.port), lambda _: None)
    send = client.wire.send

    def forge_and_send(packet: bytes) -> None:
        forger.send(HELLO)
        send(packet)

    forger.send(HELLO)
    if not before:
        client.wire.send = forge_and_send  # type: ignore[method-assign]
    await client.shake_hands()
    await until(lambda: client.server.state == "connected", "a forged packet broke the handshake")
    assert house.port.demultiplexer.counters.foreign >= 1
    await forger.close()
    client.wire.send = send  # type: ignore[method-assign]
    await client.is_alive(1)


async def test_packets_that_are_forged_replayed_or_cut_are_counted_and_dropped(
    house: House,
) -> None:
    client = await house.connected()
    protected = client.send_rtp(rtp(1))
    report = client.send_rtcp(picture_loss())
    await until(lambda: client.server.counters.received == 2, "nothing arrived")
    bad = [protected, report]  # again
    bad += [protected[:size] for size in (1, 2, 11, 12, 13, 20)]
    bad += [report[:size] for size in (1, 7, 8, 9, 15)]
    bad += [protected[:-1] + b"\x00", report[:-1] + b"\x00"]
    bad += [bytes([0x9F]) + protected[1:], bytes([0x90]) + protected[1:]]  # CSRCs, an extension
    for packet in bad:
        client.wire.send(packet)
    await until(
        lambda: client.server.counters.refused == len(bad), "not every bad packet was counted"
    )
    assert client.server.counters.received == 2
    await client.is_alive(2)


async def test_what_does_not_fit_a_packet_is_not_sent(house: House) -> None:
    client = await house.connected()
    client.server.send_rtp([rtp(1, size=1_400)])  # pylibsrtp's own limit is 1,356 bytes
    await until(lambda: len(client.media) == 1, "a packet of a usual size was not sent")
    for packet in (rtp(2, size=2_000), b"", b"\x80"):
        client.server.send_rtp([packet])
    client.server.send_rtcp(b"\x80")
    assert client.server.counters.dropped == 4


async def test_one_sequence_number_is_never_encrypted_twice(house: House) -> None:
    client = await house.connected()
    client.server.send_rtp([rtp(1)])
    client.server.send_rtp([rtp(1)[:-1] + b"\xff"])
    assert (client.server.counters.sent, client.server.counters.dropped) == (1, 1)


async def test_a_packet_may_be_of_any_kind_of_bytes(house: House) -> None:
    client = await house.connected()
    client.server.send_rtp([bytearray(rtp(1))])
    client.server.send_rtp([memoryview(bytearray(rtp(2)))])
    await until(lambda: len(client.media) == 2, "they were not sent")
    assert [client.plain(packet) for packet in client.media] == [rtp(1), rtp(2)]


async def test_a_peer_that_moves_is_followed_with_its_media(house: House) -> None:
    client = await house.connected()
    assert isinstance(client.wire, UdpWire)
    client.wire.move()
    await client.check()
    await client.is_alive(1)
    path = client.server.ice.selected
    assert path is not None
    assert path.source == client.wire.source


async def test_media_from_an_address_without_a_check_is_not_read(house: House) -> None:
    client = await house.connected()
    assert isinstance(client.wire, UdpWire)
    client.wire.move()
    client.send_rtp(rtp(1))
    foreign = house.port.demultiplexer.counters
    await until(lambda: foreign.foreign == 1, "the packet got lost")
    assert client.arrived == []


async def test_an_ice_restart_keeps_the_keys(house: House) -> None:
    client = await house.connected()
    assert isinstance(client.wire, UdpWire)
    before = client.server.local
    client.server.restart()
    client.describe()
    client.wire.move()
    await client.check(nominate=True)
    assert client.server.local != before
    await client.is_alive(1)
    assert client.states == ["connecting", "connected"]


async def test_without_consent_a_peer_fails(house: House) -> None:
    gone, stays = await house.connected(), await house.connected()
    house.clock.ahead = 29.0
    await stays.check()
    house.transports.check()
    assert gone.server.state == "connected"
    house.clock.ahead = 31.0
    house.transports.check()
    assert gone.states[-1] == "failed"
    assert house.port.demultiplexer.peers() != []
    await stays.is_alive(1)


async def test_a_handshake_that_never_comes_is_not_waited_for(house: House) -> None:
    client = house.peer()
    await client.check(nominate=True)
    house.clock.ahead = 21.0
    await client.check()
    house.transports.check()
    assert client.states == ["connecting", "failed"]


async def test_a_bug_in_what_takes_packets_ends_that_peer_only(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    broken, well = await house.connected(), await house.connected()

    def fail(_packet: bytes, _now: float) -> None:
        raise RuntimeError("a bug")

    broken.server.on_rtp = fail
    broken.send_rtp(rtp(1))
    await until(lambda: broken.server.state == "failed", "it went on")
    await well.is_alive(1)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_a_packet_that_its_taker_refuses_is_counted(house: House) -> None:
    client = await house.connected()

    def refuse(_packet: bytes, _now: float) -> None:
        raise ValueError("malformed")

    client.server.on_rtp = refuse
    client.send_rtp(rtp(1))
    await until(lambda: client.server.counters.refused == 1, "it was not counted")
    assert client.server.state == "connected"


async def test_a_publisher_that_sends_too_much_is_limited_alone(house: House) -> None:
    greedy, modest = await house.connected(tcp=True), await house.connected()
    inflow = greedy.server.counters
    for number in range(1, 4_001):  # 5.2 MB in less than a second
        greedy.send_rtp(rtp(number, size=1_000))
        if number % 100 == 0:
            due = number
            await until(lambda: inflow.received + inflow.limited >= due, "packets got lost")  # noqa: B023
    assert inflow.limited > 0
    assert inflow.received >= 1_500
    await modest.is_alive(1)


async def test_a_peer_may_send_so_many_streams_and_no_more(house: House) -> None:
    client = await house.connected(tcp=True)
    for ssrc in range(1, 301):
        client.send_rtp(rtp(1, ssrc=ssrc, size=10))
    counters = client.server.counters
    await until(lambda: counters.received + counters.refused == 300, "packets got lost")
    assert (counters.received, counters.refused) == (256, 44)
    client.send_rtp(rtp(2, ssrc=5))
    await until(lambda: counters.received == 257, "a stream that was there is refused")


async def test_junk_from_everywhere_leaves_a_live_peer_connected(house: House) -> None:
    """20,000 packets of each kind that a stranger can send."""
    client = await house.connected()
    flood = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with flood:
        flood.connect((HERE, house.port.port))
        kinds = [HELLO, rtp(1), bytes(40), check(client.server.local, password="w" * 24), b"\xff"]
        for number in range(20_000):
            flood.send(kinds[number % len(kinds)])
            if number % 2_000 == 0:
                await client.is_alive(number // 2_000 + 1)
    await client.is_alive(100)
    assert client.states == ["connecting", "connected"]
    assert house.port.demultiplexer.counters.foreign > 0


async def test_a_flood_of_handshakes_from_a_peer_harms_only_itself(house: House) -> None:
    house.clock.held = house.clock.monotonic()  # a slow machine would let more of them through
    noisy, calm = await house.connected(tcp=True), await house.connected()
    counters = noisy.server.counters
    for number in range(1, 1_001):
        noisy.wire.send(HELLO)
        if number % 100 == 0:
            due = number - 50
            await until(lambda: counters.limited >= due, "it was not limited")  # noqa: B023
    await calm.is_alive(1)


async def test_a_reader_that_stops_holds_up_nobody(house: House) -> None:
    """Video is dropped from three quarters of the buffer on, sound and reports later."""
    slow, quick = await house.connected(tcp=True), await house.connected(tcp=True)
    assert isinstance(slow.wire, TcpWire)
    slow.wire.pause()
    counters = slow.server.counters
    sent = 0
    while not counters.dropped:
        sent += 1
        slow.server.send_rtp([rtp(sent, size=1_200)])
    path = slow.server.ice.selected
    assert path is not None
    assert path.room is not None
    assert path.room >= 60_000
    slow.server.send_rtp([rtp(1, kind=AUDIO, ssrc=7)])
    assert counters.dropped == 1, "sound was dropped with the video"
    await quick.is_alive(1)
    slow.wire.resume()
    await until(lambda: len(slow.media) >= sent, "what was kept was not sent")
    await slow.is_alive(sent + 1)


async def test_the_certificate_changes_for_new_peers_after_30_days(house: House) -> None:
    early = await house.connected()
    house.clock.ahead = 29 * 86_400.0
    same = house.transports.make()
    house.clock.ahead = 30 * 86_400.0 + 1
    later = house.transports.make()
    assert same.fingerprint == early.server.fingerprint != later.fingerprint
    assert len(later.fingerprint.split(":")) == 32
    await early.is_alive(1)
