"""Whose request it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.core.networks import is_loopback, network_of, parse_address
from meetd.serving.addresses import Addresses
from tests.serving.requests import make_request


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7:8080 ", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:cb00:7107]:1", "203.0.113.7"),
        ("", None),
        ("unknown", None),
        ("1.2.3.4.5", None),
        ("[", None),
    ],
)
def test_an_address_is_read_as_sockets_and_proxies_write_it(text: str, address: str | None) -> None:
    parsed = parse_address(text)
    assert (None if parsed is None else str(parsed)) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::4", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_limits_count_ipv4_by_address_and_ipv6_by_site(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_in_every_spelling(address: str) -> None:
    assert is_loopback(address)
    assert not is_loopback("128.0.0.1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.9, nonsense, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["[2001:db8::9]:50000"], "2001:db8::9"),
        ("10.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
    ],
)
def test_the_client_is_the_first_hop_that_is_no_proxy_of_ours(
    peer: str, forwarded: list[str], client: str
) -> None:
    request = make_request(*(("X-Forwarded-For", line) for line in forwarded), peer=peer)
    assert Addresses(("10.0.0.0/8",)).of(request) == client


@pytest.mark.parametrize(
    ("peer", "said", "tls", "scheme"),
    [
        ("10.0.0.1", "https", False, "https"),
        ("10.0.0.1", "HTTPS", False, "https"),
        ("10.0.0.1", "gopher", False, "http"),
        ("203.0.113.7", "https", False, "http"),
        ("203.0.113.7", "http", True, "https"),
    ],
)
def test_the_scheme_is_the_browsers(peer: str, said: str, *, tls: bool, scheme: str) -> None:
    request = make_request(("X-Forwarded-Proto", said), peer=peer, tls=tls)
    assert Addresses(("10.0.0.0/8",)).scheme(request) == scheme


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=200))
def test_nothing_in_the_header_breaks_it(forwarded: str) -> None:
    request = make_request(("X-Forwarded-For", forwarded), peer="10.0.0.1")
    assert parse_address(Addresses(("10.0.0.0/8",)).of(request)) is not None
