"""Whose datagram is it: peers, strangers, forgers and floods, without sockets and with time by
hand."""

from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.transport.demultiplexer import Demultiplexer
from meetd.relay.transport.ice import IceLite, Path
from tests.relay.checks import FakePath, answer, check, request
from tests.relay.corpus import damaged

HELLO = bytes([22, 254, 255]) + bytes(60)


class FakePeer:
    """Keeps what it was given."""

    def __init__(self, now: float = 0.0) -> None:
        self.ice = IceLite(made=now)
        self.datagrams: list[tuple[bytes, Path]] = []
        self.paths: list[Path] = []

    def on_datagram(self, datagram: bytes, path: Path, _now: float) -> None:
        self.datagrams.append((datagram, path))

    def on_path(self, path: Path, _now: float) -> None:
        self.paths.append(path)


class FakeNetwork:
    """A media port with some peers. ``send`` brings a datagram from an address."""

    def __init__(self, peers: int = 1, stun_per_second: int = 20) -> None:
        self.port = Demultiplexer(stun_per_second)
        self.now = 0.0
        self.answers: list[bytes] = []
        self.places: list[FakePath] = []
        self.peers = [FakePeer() for _ in range(peers)]
        for peer in self.peers:
            self.port.add(peer, self.now)

    def send(self, datagram: bytes, place: FakePath) -> list[bytes]:
        """Returns what was answered."""
        before = len(place.sent)
        self.port.receive(datagram, place.key, lambda _: place, self.now)
        return place.sent[before:]


def home(port: int = 40_000) -> FakePath:
    return FakePath("192.0.2.7", port)


def test_a_check_makes_a_path_and_what_comes_over_it_is_the_peers() -> None:
    network, place = FakeNetwork(), home()
    peer = network.peers[0]
    (told,) = network.send(check(peer.ice.local), place)
    assert answer(told, peer.ice.local.pwd).error_code is None
    network.send(HELLO, place)
    assert peer.datagrams == [(HELLO, place)]
    assert peer.paths == [place]


def test_what_is_not_stun_is_read_from_nobody_else() -> None:
    network, place = FakeNetwork(), home()
    network.send(check(network.peers[0].ice.local), place)
    for stranger in (home(40_001), FakePath("192.0.2.8", 40_000), FakePath("::1", 40_000)):
        assert network.send(HELLO, stranger) == []
    assert network.peers[0].datagrams == []
    assert network.port.counters.foreign == 3


def test_nobody_is_told_that_a_name_is_unknown() -> None:
    network = FakeNetwork()
    gone = FakePeer()
    assert network.send(check(gone.ice.local), home()) == []
    assert network.port.counters.unknown == 1


def test_a_wrong_password_gets_less_than_it_sent_and_no_path() -> None:
    network, place = FakeNetwork(), home()
    asked = check(network.peers[0].ice.local, password="guessed guessed guessed")
    (told,) = network.send(asked, place)
    assert answer(told).error_code == 401
    assert len(told) <= len(asked)
    network.send(HELLO, place)
    assert network.peers[0].datagrams == []


def test_no_unauthenticated_check_is_answered_with_more_than_it_had() -> None:
    network = FakeNetwork()
    ufrag = network.peers[0].ice.local.ufrag
    bare = request(USERNAME=f"{ufrag}:x", PRIORITY=1, ICE_CONTROLLING=1, SOFTWARE="abcdefgh")
    assert len(bare) > 64
    (told,) = network.send(bare, home())
    assert answer(told).error_code == 400
    assert len(told) <= len(bare)


def test_a_long_request_without_a_name_is_a_plain_one() -> None:
    network = FakeNetwork(stun_per_second=2)
    asked = request(SOFTWARE="a browser that tells a lot about itself, as it may do")
    assert len(asked) > 64
    (told,) = network.send(asked, home())
    assert answer(told).attributes["XOR-MAPPED-ADDRESS"] == home().source
    network.send(asked, home())
    assert network.send(asked, home()) == [], "long requests went around the limit"


def test_the_peers_of_one_address_do_not_get_each_others_packets() -> None:
    network, place, other = FakeNetwork(peers=2), home(1), home(2)
    one, two = network.peers
    network.send(check(one.ice.local), place)
    network.send(check(two.ice.local), other)
    network.send(HELLO, other)
    assert one.datagrams == []
    assert two.datagrams == [(HELLO, other)]


def test_a_forged_source_address_does_not_take_anothers_packets_away() -> None:
    network, place = FakeNetwork(peers=2), home()
    victim, forger = network.peers
    network.send(check(victim.ice.local, nominate=True), place)
    network.now = 10.0
    assert network.send(check(forger.ice.local, nominate=True), place) == []
    network.send(HELLO, place)
    assert victim.datagrams == [(HELLO, place)]
    assert forger.ice.paths() == []


def test_an_address_that_its_owner_left_can_be_used_again() -> None:
    network, place = FakeNetwork(peers=2), home()
    before, after = network.peers
    network.send(check(before.ice.local, nominate=True), place)
    network.now = 20.0
    network.send(check(after.ice.local, nominate=True), place)
    network.send(HELLO, place)
    assert after.datagrams == [(HELLO, place)]
    assert before.ice.selected is None


def test_a_peer_that_is_removed_has_no_paths_and_no_name() -> None:
    network, place = FakeNetwork(), home()
    peer = network.peers[0]
    network.send(check(peer.ice.local), place)
    network.port.remove(peer)
    assert place.is_closed
    assert network.send(HELLO, place) == []
    assert network.send(check(peer.ice.local), place) == []
    assert peer.datagrams == []
    assert not network.port.peers()


def test_an_ice_restart_has_both_names_until_the_new_one_is_used() -> None:
    network, place = FakeNetwork(), home()
    peer = network.peers[0]
    former = peer.ice.local
    network.send(check(former), place)
    peer.ice.restart()
    network.port.renew(peer)
    assert network.send(check(former), place)
    assert network.send(check(peer.ice.local), place)
    assert network.send(check(former), place) == []
    assert network.port.counters.unknown == 1


def test_neighbours_behind_one_address_cannot_use_up_a_peers_checks() -> None:
    network, place = FakeNetwork(), home()
    peer = network.peers[0]
    network.send(check(peer.ice.local), place)
    wrong = check(peer.ice.local, password="a flood from the same house")
    for port in range(1_000):
        network.send(wrong, home(port))
    assert network.port.counters.limited > 700
    assert network.send(check(peer.ice.local), place)


def test_a_peers_own_flood_of_checks_is_limited() -> None:
    network, place = FakeNetwork(), home()
    asked = check(network.peers[0].ice.local)
    answered = sum(len(network.send(asked, place)) for _ in range(1_000))
    assert 100 <= answered <= 110
    network.now += 1.0
    assert network.send(asked, place)


def test_an_answer_that_cannot_be_sent_is_counted() -> None:
    network, place = FakeNetwork(), home()
    place.takes = False
    network.send(request(), place)
    network.send(check(network.peers[0].ice.local), place)
    assert network.port.counters.unsent == 2


@given(st.one_of(st.binary(max_size=600), damaged("stun")), st.booleans())
def test_whatever_arrives_nothing_is_raised_and_nobody_is_disturbed(
    datagram: bytes,
    is_known: bool,  # noqa: FBT001
) -> None:
    network, place = FakeNetwork(), home()
    peer = network.peers[0]
    network.send(check(peer.ice.local, nominate=True), place)
    stranger = FakePath("203.0.113.5", 9)
    for told in network.send(datagram, place if is_known else stranger):
        assert len(told) <= max(len(datagram), 64)
    assert peer.ice.paths() == [place]
    assert peer.ice.selected is place
