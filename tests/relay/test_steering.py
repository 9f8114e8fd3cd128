"""Reports of receivers wait on a socket of their own; everything else, and every other system, is
as before."""

import socket
import sys
from collections.abc import Iterator

import pytest

from meetd.core.clock import SystemClock
from meetd.relay.transport import steering
from meetd.relay.transport.media_port import MediaPort, MediaPortError
from meetd.relay.transport.steering import beside
from tests.relay.client import HERE, opened_house, picture_loss, until

TRAILER = bytes(20)
"""What SRTCP adds with AES-GCM."""
REPORT = bytes.fromhex("8fcd0005") + bytes(4) + b"\x12\x34\x56\x78" + bytes(12)
"""Transport-cc, of one packet."""
SENT = REPORT + TRAILER
PADDED = bytes.fromhex("afcd0006") + REPORT[4:] + b"\x00\x00\x00\x04" + TRAILER
"""As Chromium sends most of them."""
RECEIVER_REPORT = bytes.fromhex("81c90007") + bytes(28) + TRAILER
"""Of one stream."""
NOTHING_YET = bytes.fromhex("80c90001") + bytes(4) + TRAILER
"""Of none."""
NOT_REPORTS = [
    RECEIVER_REPORT + bytes(12),  # with a request behind it
    SENT + bytes(12),
    RECEIVER_REPORT[:-4],
    RECEIVER_REPORT[:3],
    b"",
    b"\x8f",
    b"\x8f\xce" + bytes(40),
    b"\x81\xcd" + bytes(40),  # NACK
    b"\xa1\xcd" + bytes(40),  # NACK with padding
    b"\xcf\xcd" + bytes(40),  # of another version
    b"\x80\xc9" + bytes(40),
    b"\x90\x60" + bytes(1_100),
    b"\x00\x01" + bytes(18),
    b"\x16\xfe\xfd" + bytes(40),
]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux sorts packets")


@pytest.fixture(params=[(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::")])
def udp(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    family, address = request.param
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        if family == socket.AF_INET6:
            udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        udp.setblocking(False)
        udp.bind((address, 0))
        yield udp


def received(udp: socket.socket) -> list[bytes]:
    """On loopback everything that was sent is there."""
    found = []
    while True:
        try:
            found.append(udp.recv(2_048))
        except BlockingIOError:
            return found


def test_reports_come_on_the_second_socket_and_nothing_else_does(udp: socket.socket) -> None:
    reports = beside(udp)
    assert reports is not None
    with reports, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as page:
        page.connect(("127.0.0.1", udp.getsockname()[1]))
        for packet in (SENT, *NOT_REPORTS, PADDED, RECEIVER_REPORT, NOTHING_YET):
            page.send(packet)
        assert received(reports) == [SENT, PADDED, RECEIVER_REPORT, NOTHING_YET]
        assert received(udp) == NOT_REPORTS


def test_where_nothing_can_be_sorted_everything_comes_on_one_socket(
    udp: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "_ATTACH_REUSEPORT_CBPF", 9_999)  # as a kernel before 4.6 has it
    assert beside(udp) is None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as page:
        page.connect(("127.0.0.1", udp.getsockname()[1]))
        page.send(SENT)
        assert received(udp) == [SENT]


async def test_a_port_that_is_in_use_is_still_refused() -> None:
    first = MediaPort(HERE, 0, 5, SystemClock())
    first.open()
    try:
        with pytest.raises(MediaPortError, match="--media-port"):
            MediaPort(HERE, first.port, 5, SystemClock()).open()
    finally:
        first.close()
    again = MediaPort(HERE, first.port, 5, SystemClock())
    again.open()
    again.close()


async def test_a_report_is_read_when_it_is_time_and_other_rtcp_at_once() -> None:
    async with opened_house() as house:
        client = await house.connected()
        client.send_rtcp(REPORT)
        client.send_rtcp(picture_loss())
        await until(lambda: len(client.reports) == 1, "no report reached the server")
        assert client.reports == [picture_loss()]
        house.port.read_reports()
        assert client.reports == [picture_loss(), REPORT]


async def test_a_flood_of_forged_reports_reaches_nobody_and_holds_nobody_up() -> None:
    async with opened_house() as house:
        client = await house.connected()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
            flood.connect((HERE, house.port.port))
            for _ in range(20_000):
                flood.send(SENT)
        await client.is_alive(1)
        counters = house.port.demultiplexer.counters
        assert counters.foreign == 0
        house.port.read_reports()
        assert 0 < counters.foreign <= 1_024, "one look takes too long"
        assert client.server.counters.refused == 0
