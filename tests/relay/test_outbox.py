"""Packets that leave together, and how long packets are in the process."""

import socket
from dataclasses import dataclass

import pytest

from meetd.config.network import Media
from meetd.core.clock import SystemClock
from meetd.relay.transport.delay import SAMPLE_SECONDS, Delay, arrived
from meetd.relay.transport.inbox import BATCH
from meetd.relay.transport.outbox import SLOTS, Outbox
from meetd.relay.transport.srtp import Srtp
from meetd.relay.transport.udp import UdpPath, packed
from tests.relay.client import HERE, opened_house, rtp, until

SO_NO_CHECK = 11
"""Of Linux: send UDP without a checksum."""
SIZES = (20, 40, 40, 30, 50, 50, 50, 700, 700, 20)
"""Runs of one size, and packets that end them."""
GCM_256, KEY = 8, bytes(range(44))
"""libsrtp's number of AEAD_AES_256_GCM; key and salt."""


@dataclass
class Counted:
    sent: int = 0
    dropped: int = 0


@pytest.mark.parametrize(
    ("bound", "host"), [(HERE, HERE), ("", HERE), ("", "::1"), ("::1", "::1")], ids=str
)
async def test_what_leaves_together_arrives_whole_and_in_order(bound: str, host: str) -> None:
    async with opened_house(Media(host=bound)) as house:
        first, second = await house.connected(host=host), await house.connected(host=host)
        outbox = house.port.outbox
        before, half = outbox.sent, SLOTS // 2
        outbox.open()
        for number in range(half):
            first.server.send_rtp([rtp(number, size=300)])
            second.server.send_rtp([rtp(number, size=SIZES[number % len(SIZES)])])
        first.server.send_rtp([rtp(half)])
        assert outbox.sent == before + SLOTS, "what is full does not wait"
        outbox.close(0.0)
        assert not outbox.is_open
        await until(lambda: len(first.media) > half, "not everything came")
        await until(lambda: len(second.media) == half, "not everything came to the second")
        told = [first.plain(packet) for packet in first.media]
        assert told == [*(rtp(number, size=300) for number in range(half)), rtp(half)]
        told = [second.plain(packet) for packet in second.media]
        assert told == [rtp(number, size=SIZES[number % len(SIZES)]) for number in range(half)]
        assert (first.server.counters.sent, first.server.counters.dropped) == (half + 1, 0)


def test_what_cannot_go_as_one_message_goes_packet_by_packet() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        # The kernel cuts up nothing that has no checksum: EIO, as where the interface makes none.
        udp.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        other.bind((HERE, 0))
        outbox, srtp, counted = Outbox(udp), Srtp(GCM_256, KEY, KEY), Counted()
        name = UdpPath(udp, packed(other.getsockname())).pack_name()
        for first in (0, 3):
            outbox.put(srtp, [rtp(first + number) for number in range(3)], name, counted)
            outbox.close(0.0)
            assert not name.together
        received = [other.recv(2_048)[2:4] for _ in range(6)]
    assert received == [bytes((0, number)) for number in range(6)]
    assert counted.dropped == 0


def test_what_the_kernel_does_not_take_is_counted_and_holds_nobody_up() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        other.bind((HERE, 0))
        outbox, srtp = Outbox(udp), Srtp(GCM_256, KEY, KEY)
        good = UdpPath(udp, packed(other.getsockname())).pack_name()
        # Nobody may send to everybody without asking for it.
        bad = UdpPath(udp, packed(("255.255.255.255", 9))).pack_name()
        counted = [Counted() for _ in range(5)]
        for number, name in enumerate((bad, good, bad, bad, good)):
            outbox.put(srtp, [rtp(number)], name, counted[number])
        outbox.close(0.0)
        received = [other.recv(2_048)[2:4] for _ in range(2)]
    assert [one.sent for one in counted] == [0, 1, 0, 0, 1]
    assert [one.dropped for one in counted] == [1, 0, 1, 1, 0]
    assert received == [b"\0\1", b"\0\4"]


def test_a_packet_that_cannot_be_encrypted_leaves_no_trace_among_the_others() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((HERE, 0))
        outbox, srtp = Outbox(udp), Srtp(GCM_256, KEY, KEY)
        name, counted = UdpPath(udp, packed(udp.getsockname())).pack_name(), Counted()
        outbox.put(srtp, [rtp(1), rtp(1), b"short"], name, counted)
        outbox.put(srtp, [bytes(4_000), rtp(2)], name, counted)
        outbox.close(0.0)
        assert (counted.sent, counted.dropped) == (2, 3)
        assert [udp.recv(2_048)[2:4] for _ in range(2)] == [b"\0\1", b"\0\2"]
        udp.setblocking(False)
        with pytest.raises(BlockingIOError):
            udp.recv(2_048)


async def test_a_bug_in_what_one_peer_sent_ends_that_peer_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with opened_house() as house:
        broken, other = await house.connected(), await house.connected()
        outbox = house.port.outbox
        left: list[float] = []
        assert not broken.server.gather(left.append), "there is no batch"

        def fail(_now: float) -> None:
            raise ZeroDivisionError

        outbox.open()
        assert broken.server.gather(fail)
        assert other.server.gather(left.append)
        other.server.send_rtp([rtp(1)])
        outbox.close(7.0)
        assert left == [7.0]
        assert "ZeroDivisionError" in caplog.text
        await until(lambda: len(other.media) == 1, "what others sent is lost")
        assert (broken.server.state, other.server.state) == ("failed", "connected")
        outbox.open()
        outbox.close(8.0)
        assert left == [7.0], "called twice"


def test_a_batch_fits_into_the_outbox() -> None:
    """What came together is put into it together."""
    assert BATCH < SLOTS


def test_delays_are_told_by_the_share_of_packets_that_took_no_longer() -> None:
    delay = Delay()
    assert delay.at(99) == 0
    assert delay.is_due(5.0)
    assert not delay.is_due(5.0 + SAMPLE_SECONDS / 2)
    for milliseconds in (*range(1, 100), -3):
        delay.add(milliseconds / 1_000)
    assert (delay.at(50), delay.at(99), delay.at(100)) == (0.049, 0.098, 0.099)
    assert delay.at(0) == 0, "the clock was set back"


def test_the_kernel_says_when_a_packet_came() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((HERE, 0))
        arrived(udp)  # from now on
        before = SystemClock.stamp()
        udp.sendto(b"1", udp.getsockname())
        after = SystemClock.stamp()
        udp.recv(10)
        came = arrived(udp)
    assert came is not None
    assert before - 0.001 <= came <= after + 0.001


async def test_what_is_forwarded_is_timed() -> None:
    async with opened_house() as house:
        sender, receiver = await house.connected(), await house.connected()
        sender.server.on_rtp = lambda packet, _now: receiver.server.send_rtp([packet])
        sender.send_rtp(rtp(1))
        await until(lambda: bool(receiver.media), "nothing was forwarded")
        house.clock.ahead += 1
        sender.send_rtp(rtp(2))
        await until(lambda: len(receiver.media) > 1, "nothing was forwarded")
        assert 0 < house.port.delay.at(99) < 10
