"""Ids, the clock and private values."""

import re
from unicodedata import normalize

from meetd.core.clock import SystemClock
from meetd.core.ids import new_id, new_room_name, random_bytes
from meetd.core.private import Private


def test_ids_have_128_bits_and_differ() -> None:
    ids = {new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", made) for made in ids)


def test_room_names_can_be_typed_in_any_case() -> None:
    names = {new_room_name() for _ in range(1_000)}
    assert len(names) == 1_000
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", name) for name in names)
    assert all(normalize("NFKC", name.upper()).lower() == name for name in names)


def test_random_bytes() -> None:
    assert len(random_bytes(32)) == 32
    assert random_bytes(32) != random_bytes(32)


def test_a_private_value_does_not_print() -> None:
    token = Private("s3cret")
    assert token.reveal() == "s3cret"
    for shown in (repr(token), str(token), f"{token}", f"{token!r}", repr([token])):
        assert "s3cret" not in shown


def test_the_system_clock() -> None:
    clock = SystemClock()
    assert clock.now() > 1_700_000_000_000  # milliseconds, not seconds
    assert clock.monotonic() <= clock.monotonic()
