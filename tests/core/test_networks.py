"""Which addresses are on the Internet."""

import pytest

from meetd.core.networks import is_public


@pytest.mark.parametrize("address", ["17.253.144.10", "2620:149:af0::10", "64:ff9b::11fd:900a"])
def test_public(address: str) -> None:
    assert is_public(address)
    assert is_public(f"::ffff:{address}") or ":" in address


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),  # noqa: S104
        *("100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1"),
        *("ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::"),
        *("2001:0:a00:1::1", "::127.0.0.1", "fec0::1", "localhost", "", "example.org"),
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)
