"""What a description may say, and what it may not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.transport.parameters import Fingerprint, check_ice, strong_fingerprints

GOOD = ":".join(["AB"] * 32)


def test_fingerprints_are_taken_in_one_spelling_and_weak_ones_left_out() -> None:
    told = [("SHA-256", GOOD.lower()), ("sha-1", ":".join(["AB"] * 20))]
    assert strong_fingerprints(told) == (Fingerprint("sha-256", GOOD),)


@pytest.mark.parametrize(
    "told",
    [
        [],
        [("sha-1", ":".join(["AB"] * 20))],
        [("md5", GOOD)],
        [("sha-256", "")],
        [("sha-256", GOOD[:-3])],
        [("sha-256", GOOD[:-1] + "G")],
        [("sha-256", GOOD.replace(":", " "))],
        [("sha-256", GOOD), ("sha-512", GOOD)],
        [("sha-256", GOOD)] * 9,
    ],
)
def test_what_is_no_fingerprint_is_refused(told: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        strong_fingerprints(told)


@given(st.lists(st.tuples(st.text(), st.text())))
def test_any_text_is_read_or_refused(told: list[tuple[str, str]]) -> None:
    with contextlib.suppress(ValueError):
        assert strong_fingerprints(told)


def test_credentials_of_browsers_are_taken() -> None:
    check_ice("Vxmf", "mGmv7mGmv7mGmv7mGmv7mG")
    check_ice("+/" * 128, "a" * 256)


@pytest.mark.parametrize(
    ("ufrag", "pwd"),
    [
        ("abc", "p" * 22),
        ("a" * 257, "p" * 22),
        ("abcd", "p" * 21),
        ("abcd", "p" * 257),
        ("ab:d", "p" * 22),
        ("abcd", "p" * 21 + "\n"),
        ("abc\u0661", "p" * 22),
        ("abcd\u202e", "p" * 22),
    ],
)
def test_credentials_that_ice_does_not_allow_are_refused(ufrag: str, pwd: str) -> None:
    with pytest.raises(ValueError, match="ICE"):
        check_ice(ufrag, pwd)
