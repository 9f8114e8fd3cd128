"""Which addresses browsers are told, and how."""

import ipaddress

import pytest
from aioice import Candidate as Reference
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.transport.addresses import own_addresses
from meetd.relay.transport.candidates import candidates, endpoints

OWN = ["127.0.0.1", "::1", "10.0.0.5", "fe80::1", "169.254.3.4", "fd00::5", "203.0.113.9"]
OWN_TOLD = ["203.0.113.9", "fd00::5", "10.0.0.5"]


def told(**changed: object) -> list[tuple[str, int]]:
    usual = {"bound": "", "own": OWN, "announced": (), "reached": "", "port": 1, "public_port": 1}
    return endpoints(**{**usual, **changed})  # type: ignore[arg-type]


def addresses(**changed: object) -> list[str]:
    return [address for address, _ in told(**changed)]


def test_every_address_that_makes_sense_elsewhere_is_told() -> None:
    assert set(addresses()) == set(OWN_TOLD)
    assert addresses(bound="::") == addresses()


def test_a_socket_for_ipv4_only_has_no_ipv6_address() -> None:
    assert set(addresses(bound="0.0.0.0")) == {"203.0.113.9", "10.0.0.5"}  # noqa: S104


@pytest.mark.parametrize("bound", ["127.0.0.1", "::1", "10.0.0.5"])
def test_a_socket_that_is_bound_to_one_address_has_that_one(bound: str) -> None:
    assert addresses(bound=bound) == [bound]


def test_localhost_is_loopback() -> None:
    assert addresses(bound="localhost") == ["127.0.0.1"]


def test_loopback_is_told_where_there_is_nothing_else() -> None:
    assert addresses(own=["127.0.0.1", "fe80::1"]) == ["127.0.0.1"]


def test_what_is_announced_replaces_what_is_found() -> None:
    assert addresses(announced=("198.51.100.1", "2001:db8::1")) == ["198.51.100.1", "2001:db8::1"]


@pytest.mark.parametrize("reached", ["198.51.100.7", "198.51.100.7:8080", "[::ffff:198.51.100.7]"])
def test_the_address_that_a_browser_reached_comes_first(reached: str) -> None:
    assert addresses(reached=reached) == ["198.51.100.7", *addresses()]
    assert addresses(reached=reached, announced=("10.9.9.9",)) == ["198.51.100.7", "10.9.9.9"]


@pytest.mark.parametrize(
    "reached",
    [
        "meet.example.org",
        "",
        "localhost:8080",
        "0.0.0.0",  # noqa: S104 - nothing listens there
        "255.255.255.255",
        "224.0.0.1",
        "fe80::2",
        "[::]:80",
        "a" * 5_000,
    ],
)
def test_a_host_that_is_no_usable_address_is_not_told(reached: str) -> None:
    assert addresses(reached=reached) == addresses()


def test_a_mapped_port_is_for_addresses_that_are_not_this_machines() -> None:
    found = told(reached="198.51.100.7", port=3478, public_port=4000)
    assert found[0] == ("198.51.100.7", 4000)
    assert {port for _, port in found[1:]} == {3478}
    assert told(reached="10.0.0.5", port=3478, public_port=4000)[0] == ("10.0.0.5", 3478)


def test_an_address_is_told_once_and_not_too_many_are() -> None:
    assert addresses(reached="10.0.0.5").count("10.0.0.5") == 1
    assert len(told(own=[f"10.0.0.{number}" for number in range(100)])) == 8


def test_this_machine_has_loopback_among_its_addresses() -> None:
    assert "127.0.0.1" in own_addresses()


@given(st.lists(st.tuples(st.ip_addresses().map(str), st.integers(1, 65_535)), max_size=8))
def test_candidates_are_read_by_another_implementation(places: list[tuple[str, int]]) -> None:
    made = candidates(places)
    read = [Reference.from_sdp(candidate.to_sdp()) for candidate in made]
    half = len(places)
    assert [(one.host, one.port) for one in read] == [*places, *places]
    assert [one.transport for one in read] == ["udp"] * half + ["tcp"] * half
    assert [one.tcptype for one in read] == [None] * half + ["passive"] * half
    assert all(one.type == "host" and one.component == 1 for one in read)
    priorities = [one.priority for one in read]
    assert priorities == sorted(priorities, reverse=True)
    assert len(set(priorities)) == len(priorities)
    assert all(0 < priority < 2**31 for priority in priorities)


@given(st.lists(st.text(max_size=20)), st.text(max_size=20))
def test_whatever_a_host_header_says_only_addresses_are_told(own: list[str], reached: str) -> None:
    for address in addresses(own=own, reached=reached):
        ipaddress.ip_address(address)
