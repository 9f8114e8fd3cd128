"""STUN binding: right answers, and silence to everything else."""

import asyncio
import contextlib
import ipaddress
import socket
import struct

import pytest
from aioice import stun as reference
from hypothesis import given
from hypothesis import strategies as st

from meetd.core.clock import SystemClock
from meetd.relay.transport.ice import IceParameters
from meetd.relay.transport.media_port import MediaPort, MediaPortError
from meetd.relay.transport.stun import binding_success, is_binding_request, read_check
from tests.relay.checks import BROWSER, PRIORITY, check, message, read, request
from tests.relay.corpus import damaged, samples

PASSWORD = IceParameters("AbCd+/12", "passwordpasswordpassword")


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
    ids=["nothing", "cut", "odd", "longer", "an answer", "another cookie", "too long"],
)
def test_what_is_no_binding_request_is_not_answered(datagram: bytes) -> None:
    assert not is_binding_request(datagram)


def test_a_check_is_read_as_another_implementation_wrote_it() -> None:
    plain, nominating = read(check(PASSWORD)), read(check(PASSWORD, nominate=True))
    assert plain.to == PASSWORD.ufrag
    assert plain.priority == PRIORITY
    assert not plain.is_nominating
    assert not plain.is_from_controlled
    assert plain.unknown == ()
    assert nominating.is_nominating
    assert read(check(PASSWORD, role="ICE_CONTROLLED")).is_from_controlled


def test_a_check_is_signed_with_one_password_only() -> None:
    asked = read(check(PASSWORD))
    assert asked.is_signed_with(PASSWORD.pwd)
    assert not asked.is_signed_with(PASSWORD.pwd[:-1])
    assert not asked.is_signed_with("")
    assert not read(request(USERNAME="a:b")).is_signed_with("")


def test_every_byte_of_a_check_is_signed() -> None:
    """Whatever changes, the check is no longer read or no longer valid."""
    asked = check(PASSWORD, nominate=True)
    for at in range(len(asked) - 8):  # the fingerprint is not
        changed = asked[:at] + bytes([asked[at] ^ 1]) + asked[at + 1 :]
        try:
            found = read_check(changed) if is_binding_request(changed) else None
        except ValueError:
            continue
        assert found is None or not found.is_signed_with(PASSWORD.pwd), at


def test_what_follows_the_integrity_is_not_believed() -> None:
    asked = message(USERNAME=f"{PASSWORD.ufrag}:{BROWSER.ufrag}", PRIORITY=1)
    asked.add_message_integrity(PASSWORD.pwd.encode())
    signed = bytes(asked)[:-8]  # without the fingerprint
    longer = signed[:2] + struct.pack("!H", len(signed) - 16) + signed[4:] + b"\x00\x25\x00\x00"
    found = read(longer)
    assert found.is_signed_with(PASSWORD.pwd)
    assert not found.is_nominating


@pytest.mark.parametrize(
    "attributes",
    [
        b"\x00\x06\x00\xff" + b"a:b" + b"\x00" * 5,  # longer than the request
        b"\x00\x06\x00\x04" + b"abcd",  # no colon
        b"\x00\x06\x00\x04" + b"a:\xff\xfe",  # not ASCII
        b"\x00\x06\x00\x04" + b"a:bc" + b"\x00\x24\x00\x02\x00\x00\x00\x00",  # half a priority
        b"\x00\x06\x00\x04" + b"a:bc" + b"\x00\x08\x00\x04" + b"abcd",  # a short integrity
        b"\x00\x06\x00\x04" + b"a:bc" + b"\x80\x28\x00\x04" + b"abcd",  # a wrong fingerprint
    ],
)
def test_a_check_that_is_malformed_is_refused(attributes: bytes) -> None:
    asked = request()[:2] + struct.pack("!H", len(attributes)) + request()[4:20] + attributes
    assert is_binding_request(asked)
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        read_check(asked)


@pytest.mark.parametrize("name", samples("stun"))
def test_the_kept_requests_are_read(name: str) -> None:
    kept = samples("stun")[name]
    assert is_binding_request(kept)
    found = read_check(kept)
    assert (found is None) == (name in {"plain", "software"})


@given(damaged("stun"))
def test_damaged_requests_are_read_or_refused(datagram: bytes) -> None:
    if is_binding_request(datagram):
        with contextlib.suppress(ValueError):
            read_check(datagram)


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
