"""Which pages are our own."""

import socket

import pytest
from aiohttp import web

from meetd.serving.addresses import Addresses
from meetd.serving.origins import ForeignOrigin, Origins, UnknownName, WrongHost
from tests.serving.requests import make_request

ADDRESSES = Addresses(("10.0.0.0/8",))
PRIVATE = Origins("", ADDRESSES)
PUBLIC = Origins("https://Meet.Example.org:443/", ADDRESSES)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("meet.example", "http://meet.example"),
        ("MEET.Example:8080", "http://meet.example:8080"),
        ("meet.example:80", "http://meet.example"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("192.168.1.5", "http://192.168.1.5"),
    ],
)
def test_the_own_origin_is_what_was_asked_for(host: str, origin: str) -> None:
    assert PRIVATE.own(make_request(("Host", host))) == origin


def test_behind_a_proxy_the_scheme_is_the_proxys() -> None:
    request = make_request(("X-Forwarded-Proto", "https"), peer="10.0.0.1")
    assert PRIVATE.own(request) == "https://meet.example"


def test_the_public_url_is_the_own_origin_whatever_was_asked_for() -> None:
    assert PUBLIC.own(make_request()) == "https://meet.example.org"


@pytest.mark.parametrize(
    "host", ["", "a b", "a;script-src *", "a/b", "user@a", "a,b", "[::1", "a:b", "a\u00e9"]
)
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(web.HTTPBadRequest):
        PRIVATE.own(make_request(("Host", host)))


def test_two_hosts_are_refused() -> None:
    with pytest.raises(web.HTTPBadRequest):
        PRIVATE.check_host(make_request(("Host", "a"), ("Host", "b")))


@pytest.mark.parametrize(
    "host", ["meet.example.org", "MEET.example.org", "meet.example.org:443", "meet.example.org:80"]
)
def test_the_public_name_opens(host: str) -> None:
    PUBLIC.check_host(make_request(("Host", host)))


@pytest.mark.parametrize(
    "host", ["evil.example", "192.0.2.1", "localhost", "meet.example.org.evil.example", "x:8080"]
)
def test_other_names_are_sent_to_the_public_one(host: str) -> None:
    with pytest.raises(WrongHost) as caught:
        PUBLIC.check_host(make_request(("Host", host)))
    assert caught.value.public_url == "https://meet.example.org"
    assert caught.value.status == 421


def test_health_is_checked_by_any_name_and_metrics_by_loopback_only() -> None:
    PUBLIC.check_host(make_request(("Host", "10.1.2.3:8080"), path="/healthz"))
    PUBLIC.check_host(make_request(("Host", "x"), path="/readyz"))
    PUBLIC.check_host(make_request(("Host", "[::1]:8080"), path="/metrics"))
    PUBLIC.check_host(make_request(("Host", "localhost"), path="/metrics"))
    with pytest.raises(WrongHost):
        PUBLIC.check_host(make_request(("Host", "rebound.example"), path="/metrics"))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8080",
        "localhost",
        "[::1]:1",
        "192.0.2.1:8443",
        "x.localhost:1",
        socket.gethostname(),
        f"{socket.gethostname()}.local:8080",
    ],
)
def test_without_a_public_name_addresses_and_own_names_open(host: str) -> None:
    PRIVATE.check_host(make_request(("Host", host)))


@pytest.mark.parametrize("host", ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil"])
def test_dns_rebinding_finds_no_page(host: str) -> None:
    with pytest.raises(UnknownName):
        PRIVATE.check_host(make_request(("Host", host)))
    with pytest.raises(UnknownName):
        PRIVATE.check_host(make_request(("Host", host), path="/metrics"))


def test_a_trusted_proxy_may_use_any_name() -> None:
    origins = Origins("", Addresses(("127.0.0.1",)))
    origins.check_host(make_request(("Host", "meet.example.org"), peer="127.0.0.1"))
    with pytest.raises(UnknownName):
        origins.check_host(make_request(("Host", "meet.example.org"), peer="203.0.113.7"))


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ([("Origin", "http://meet.example")], True),
        ([("Origin", "https://meet.example")], False),
        ([("Origin", "http://meet.example:80")], False),
        ([("Origin", "http://meet.example.evil.example")], False),
        ([("Origin", "http://MEET.example")], False),
        ([("Origin", "null")], False),
        ([("Origin", "")], False),
        ([], True),
        ([("Sec-Fetch-Site", "cross-site")], False),
        ([("Sec-Fetch-Site", "same-origin")], False),
    ],
)
def test_an_origin_is_own_only_to_the_letter(headers: list[tuple[str, str]], *, own: bool) -> None:
    assert PRIVATE.is_own(make_request(*headers)) is own


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ([("Origin", "http://meet.example")], False),
        ([("Origin", "null"), ("Sec-Fetch-Site", "same-origin")], False),
        ([("Sec-Fetch-Site", "same-origin")], False),
        ([], False),
        ([("Origin", "null")], True),
        ([("Origin", "null"), ("Sec-Fetch-Site", "cross-site")], True),
        ([("Origin", "http://evil.example"), ("Sec-Fetch-Site", "same-origin")], True),
        ([("Sec-Fetch-Site", "same-site")], True),
        ([("Sec-Fetch-Site", "none")], True),
    ],
)
def test_only_own_pages_may_change_something(
    headers: list[tuple[str, str]], *, refused: bool
) -> None:
    PRIVATE.check_unsafe(make_request(*headers))
    request = make_request(*headers, method="POST")
    if refused:
        with pytest.raises(ForeignOrigin):
            PRIVATE.check_unsafe(request)
    else:
        PRIVATE.check_unsafe(request)
