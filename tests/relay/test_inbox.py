"""Packets that are taken from the kernel together."""

import ctypes
import errno
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.transport import inbox
from meetd.relay.transport.batches import call_of
from meetd.relay.transport.inbox import BATCH, LONGEST, Inbox
from meetd.relay.transport.udp import packed, unpacked

ADDRESSES = [
    (socket.AF_INET, "127.0.0.1", socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::", socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::", socket.AF_INET6, "::1"),
]
"""Where we listen, and where somebody sends from."""
Sockets = tuple[socket.socket, socket.socket]


@pytest.fixture(params=ADDRESSES, ids=lambda one: f"{one[1]}-{one[3]}")
def sockets(request: pytest.FixtureRequest) -> Iterator[Sockets]:
    family, bound, other, source = request.param
    with (
        socket.socket(family, socket.SOCK_DGRAM) as udp,
        socket.socket(other, socket.SOCK_DGRAM) as page,
    ):
        if family == socket.AF_INET6:
            udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        udp.setblocking(False)
        udp.bind((bound, 0))
        page.bind((source, 0))
        page.connect((source, udp.getsockname()[1]))
        yield udp, page


@pytest.fixture(params=["together", "one by one", "not allowed"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the call for it, as on a system without, and where it is there and refused."""
    if request.param == "one by one":
        monkeypatch.setattr(inbox, "call_of", lambda *_: None)
    elif call_of("recvmmsg") is None:
        pytest.skip("this system cannot take several packets in one call")
    elif request.param == "not allowed":
        monkeypatch.setattr(inbox, "call_of", lambda *_: refused)


def refused(*_: object) -> int:
    ctypes.set_errno(errno.EPERM)
    return -1


@pytest.mark.usefixtures("way")
def test_what_was_sent_comes_whole_in_order_and_with_its_address(sockets: Sockets) -> None:
    udp, page = sockets
    taking = Inbox(udp.family)
    assert taking.take(udp) == [], "there is nothing yet"
    packets = [b"", b"\0", b"one", bytes(range(256)) * 5, b"x" * LONGEST]
    for packet in packets:
        page.send(packet)
    taken = taking.take(udp)
    assert [packet for packet, _ in taken] == packets
    (name,) = {name for _, name in taken}
    port = page.getsockname()[1]
    assert unpacked(name)[1] == port
    udp.sendto(b"back", unpacked(name))
    assert page.recv(10) == b"back"
    assert taking.take(udp) == [], "taken twice"


@pytest.mark.usefixtures("way")
def test_no_more_is_taken_than_was_asked_for(sockets: Sockets) -> None:
    udp, page = sockets
    taking, sent = Inbox(udp.family), [b"%d" % number for number in range(BATCH + 3)]
    for packet in sent:
        page.send(packet)
    first, most, rest = taking.take(udp, 1), taking.take(udp), taking.take(udp)
    assert (len(first), len(most), len(rest)) == (1, BATCH, 2)
    assert [packet for packet, _ in first + most + rest] == sent


@pytest.mark.usefixtures("way")
def test_a_packet_is_its_own_whatever_comes_after_it(sockets: Sockets) -> None:
    udp, page = sockets
    taking = Inbox(udp.family)
    page.send(b"long and first")
    ((first, _),) = taking.take(udp)
    page.send(b"short")
    ((second, _),) = taking.take(udp)
    assert (first, second) == (b"long and first", b"short")


@pytest.mark.usefixtures("way")
def test_what_is_longer_than_any_browser_sends_is_cut_and_harms_nobody(sockets: Sockets) -> None:
    udp, page = sockets
    taking = Inbox(udp.family)
    page.send(b"a" * (LONGEST + 500))
    page.send(b"next")
    assert [packet for packet, _ in taking.take(udp)] == [b"a" * LONGEST, b"next"]


@given(st.ip_addresses(v=4), st.integers(0, 65_535))
def test_an_address_of_ipv4_is_the_same_packed_and_unpacked(address: object, port: int) -> None:
    assert unpacked(packed((str(address), port))) == (str(address), port)


@given(
    st.ip_addresses(v=6),
    st.integers(0, 65_535),
    st.integers(0, 2**20 - 1),
    st.integers(0, 2**32 - 1),
)
def test_an_address_of_ipv6_is_the_same_packed_and_unpacked(
    address: object, port: int, flow: int, scope: int
) -> None:
    ip = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, str(address)))
    assert unpacked(packed((str(address), port, flow, scope))) == (ip, port, flow, scope)
