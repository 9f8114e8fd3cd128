"""STUN binding: right answers, and silence to everything else."""

import asyncio
import ipaddress
import socket
import struct

import pytest
from aioice import stun as reference
from hypothesis import given
from hypothesis import strategies as st

from meetd.core.clock import SystemClock
from meetd.relay.transport.media_port import MediaPort, MediaPortError
from meetd.relay.transport.stun import binding_success, is_binding_request


def request() -> bytes:
    return bytes(
        reference.Message(
            message_method=reference.Method.BINDING, message_class=reference.Class.REQUEST
        )
    )


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_another_implementation_reads_the_answer(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    asked = request()
    answer = reference.parse_message(binding_success(asked, str(address), port))
    mapped = getattr(address, "ipv4_mapped", None) or address
    assert answer.transaction_id == asked[8:20]
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == (str(mapped), port)


def test_an_address_with_a_scope_is_answered() -> None:
    answer = reference.parse_message(binding_success(request(), "fe80::1%eth0", 1))
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == ("fe80::1", 1)


@given(st.binary(max_size=2_048))
def test_bytes_at_random_are_no_request_and_no_crash(datagram: bytes) -> None:
    if is_binding_request(datagram):
        assert datagram[:2] == b"\x00\x01"
        assert struct.unpack_from("!I", datagram, 4) == (0x2112A442,)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        request()[:19],
        request() + b"\x00",
        request() + b"\x00" * 4,  # longer than its length field says
        b"\x01\x01" + request()[2:],  # an answer, not a request
        request()[:4] + b"\x00\x00\x00\x00" + request()[8:],  # not the magic cookie
        request()[:2] + struct.pack("!H", 600) + request()[4:20] + bytes(600),
    ],
)
def test_what_is_no_binding_request_is_not_answered(datagram: bytes) -> None:
    assert not is_binding_request(datagram)


async def ask(port: int, times: int) -> int:
    """Send requests from one source; returns how many answers came back."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setblocking(False)
        udp.connect(("127.0.0.1", port))
        for _ in range(times):
            await loop.sock_sendall(udp, request())
        answers = 0
        try:
            while True:
                async with asyncio.timeout(0.3):
                    await loop.sock_recv(udp, 2_048)
                answers += 1
        except TimeoutError:
            return answers


async def test_the_media_port_answers_within_the_limit_of_a_source() -> None:
    port = MediaPort("127.0.0.1", 0, 5, SystemClock())
    port.open()
    try:
        assert await ask(port.port, 1) == 1
        assert 1 <= await ask(port.port, 40) <= 8
        assert port.dropped >= 30
    finally:
        port.close()


async def test_a_port_in_use_says_what_to_do() -> None:
    first = MediaPort("127.0.0.1", 0, 5, SystemClock())
    first.open()
    try:
        with pytest.raises(MediaPortError, match="--media-port"):
            MediaPort("127.0.0.1", first.port, 5, SystemClock()).open()
    finally:
        first.close()
