"""TCP connections of the media port: who may stay, and who holds up whom."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any, cast

import pytest
import pytest_asyncio

from meetd.core.clock import SystemClock
from meetd.relay.transport import media_port, tcp
from meetd.relay.transport.framing import frame
from meetd.relay.transport.media_port import MediaPort, MediaPortError
from meetd.relay.transport.tcp import TcpConnection, TcpDoor
from meetd.relay.transport.tcp_sending import BUFFER_BYTES
from tests.relay.checks import answer, check, request
from tests.relay.client import HERE, House, TcpWire, opened_house, until


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    async with opened_house() as house:
        yield house


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


async def test_udp_and_tcp_have_one_number(house: House) -> None:
    client = await house.connected(tcp=True)
    path = client.server.ice.selected
    assert isinstance(path, TcpConnection)
    assert path.source == client.wire.source


async def test_a_number_that_tcp_has_is_not_taken_for_udp(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MediaPortError, match="--media-port"):
        MediaPort(HERE, house.port.port, 5, SystemClock()).open()
    with socket.create_server((HERE, 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(MediaPortError, match=f"TCP port {number}"):
            MediaPort(HERE, number, 5, SystemClock()).open()
        await a_free_number_is_free_for_both(number, monkeypatch)


async def a_free_number_is_free_for_both(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives a UDP port whose number TCP has already, another one is asked for."""
    bind, offered = media_port._bound_socket, iter([taken])

    def offering(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
        is_any_udp = kind == socket.SOCK_DGRAM and not port
        return bind(kind, host, next(offered, 0) if is_any_udp else port)

    monkeypatch.setattr(media_port, "_bound_socket", offering)
    port = MediaPort(HERE, 0, 5, SystemClock())
    port.open()
    assert port.port not in {0, taken}
    port.close()


async def test_plain_stun_is_answered_over_tcp_too(house: House) -> None:
    answers: list[bytes] = []
    wire = house.stranger()
    wire._receive = answers.append
    wire.send(request())
    await until(lambda: answers != [], "no answer")
    assert answer(answers[0]).attributes["XOR-MAPPED-ADDRESS"] == wire.source


async def test_a_connection_without_a_valid_check_is_closed() -> None:
    """After 5 s; here after less, whatever it says meanwhile."""
    async with opened_house() as house:
        house.port.tcp._proof_seconds = 0.05
        silent, talking = house.stranger(), house.stranger()
        talking.send(check(house.transports.make().local, password="w" * 24))
        proven = await house.connected(tcp=True)
        await until(
            lambda: silent.is_closed_by_server and talking.is_closed_by_server, "they stayed"
        )
        assert house.port.tcp.refused == 2
        await proven.is_alive(1)
    assert tcp.PROOF_SECONDS == 5.0


async def test_who_says_too_much_before_a_valid_check_is_closed(house: House) -> None:
    wire = house.stranger()
    for _ in range(9):
        wire.socket.send(frame(bytes(500)))
    await until(lambda: wire.is_closed_by_server, "it stayed")


@pytest.mark.parametrize("prefix", [b"\xff\xff", b"\x00\x00"])
async def test_what_is_no_packet_ends_the_connection(house: House, prefix: bytes) -> None:
    wire = house.stranger()
    wire.socket.send(prefix)
    await until(lambda: wire.is_closed_by_server, "it stayed")


async def test_one_address_has_so_many_connections_and_no_more(house: House) -> None:
    wires = [house.stranger() for _ in range(70)]
    await until(lambda: sum(wire.is_closed_by_server for wire in wires) == 6, "they stayed")
    assert house.port.tcp.connections == 64
    wires[0].socket.shutdown(socket.SHUT_RDWR)
    await until(lambda: house.port.tcp.connections == 63, "a connection that ended is still there")
    late = house.stranger()
    await until(lambda: house.port.tcp.connections == 64, "nobody else was let in")
    assert not late.is_closed_by_server


async def test_the_oldest_stranger_makes_room_for_the_newest(stack: ExitStack) -> None:
    """However many half-open connections there are, somebody new has the time to prove itself."""
    ended: list[TcpConnection] = []
    door = TcpDoor(
        on_packet=lambda _packet, _connection: None,
        on_end=ended.append,
        is_proven=lambda _connection: False,
    )
    for number in range(tcp._MAX_UNPROVEN + 10):
        ours, theirs = socket.socketpair()
        stack.callback(theirs.close)
        door._welcome(ours, (f"192.0.2.{number % 250}", number))
    assert [connection.source[1] for connection in ended] == list(range(10))
    assert door.connections == tcp._MAX_UNPROVEN
    door.close()
    assert door.connections == 0


async def test_the_buffer_of_a_connection_is_bounded(stack: ExitStack) -> None:
    ours, theirs = socket.socketpair()
    stack.callback(theirs.close)
    ours.setblocking(False)
    connection = TcpConnection(ours, (HERE, 1), lambda _packets, _from: None, lambda _: None)
    sent = 0
    while connection.send(bytes(1_000)):
        sent += 1
    assert 0 <= connection.room < 1_002
    assert not connection.send(bytes(1_000))
    received = 0
    theirs.setblocking(False)
    while received < sent * 1_002:
        received += len(await asyncio.get_running_loop().sock_recv(theirs, 65_536))
    assert received == sent * 1_002
    await until(lambda: connection.room == BUFFER_BYTES, "it did not become empty")
    connection.close()
    assert not connection.send(b"late")


async def test_a_connection_that_breaks_leaves_the_peer_its_other_path(house: House) -> None:
    client = await house.connected(tcp=True)
    ice = client.server.ice
    assert isinstance(client.wire, TcpWire)
    client.wire.socket.shutdown(socket.SHUT_RDWR)
    await until(lambda: ice.selected is None, "the path stayed")
    assert client.server.state == "connected", "it may come back within 30 s"
    await client.wire.close()
    client.wire = client.ice.wire = TcpWire((HERE, house.port.port), client._receive)
    await client.check(nominate=True)
    await client.is_alive(1)


async def test_out_of_descriptors_the_listener_waits_and_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "_BREATH_SECONDS", 0.01)
    exhausted = Exhausted(house.port.tcp._listening)
    asyncio.get_running_loop().remove_reader(exhausted)
    monkeypatch.setattr(house.port.tcp, "_listening", exhausted)
    house.port.tcp._accept_again(cast("socket.socket", exhausted))
    house.stranger()
    await until(lambda: house.port.tcp.connections == 1, "nobody was let in any more")
    assert exhausted.failed == 1


class Exhausted:
    """A listening socket of a process that is out of descriptors, once."""

    def __init__(self, listening: socket.socket | None) -> None:
        assert listening is not None
        self._listening = listening
        self.failed = 0
        self.fileno, self.close = listening.fileno, listening.close

    def accept(self) -> tuple[socket.socket, Any]:
        if not self.failed:
            self.failed += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return self._listening.accept()
