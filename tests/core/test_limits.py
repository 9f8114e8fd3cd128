"""Token buckets on a clock that the test moves by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.core.limits import Bucket, Buckets


def test_a_burst_and_then_the_rate() -> None:
    bucket = Bucket(rate=2.0, burst=3.0, now=100.0)
    assert [bucket.take(100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(100.0) == pytest.approx(0.5)
    assert bucket.take(100.25) == pytest.approx(0.25)
    assert bucket.take(100.5) == 0.0
    assert bucket.take(100.5) > 0.0


def test_a_refused_act_costs_nothing() -> None:
    bucket = Bucket(rate=1.0, burst=1.0, now=0.0)
    bucket.take(0.0)
    for _ in range(1_000):
        assert bucket.take(0.5) > 0.0
    assert bucket.take(1.0) == 0.0


def test_an_act_may_cost_more_than_one() -> None:
    bucket = Bucket(rate=10, burst=20, now=0.0)
    assert bucket.take(0.0, 15) == 0.0
    assert bucket.take(0.0, 15) == 1.0
    assert bucket.take(1.0, 15) == 0.0


@given(
    st.floats(0.1, 100.0),
    st.integers(1, 50),
    st.lists(st.floats(0.0, 10.0), min_size=1, max_size=200),
)
def test_never_more_than_burst_and_rate_allow(rate: float, burst: int, waits: list[float]) -> None:
    bucket = Bucket(rate=rate, burst=float(burst), now=0.0)
    now, allowed = 0.0, 0
    for wait in waits:
        now += wait
        allowed += bucket.take(now) == 0.0
    assert allowed <= burst + rate * now + 1e-6


@given(st.floats(0.1, 100.0), st.floats(0.0, 1.0))
def test_waiting_as_long_as_told_is_enough(rate: float, early: float) -> None:
    bucket = Bucket(rate=rate, burst=1.0, now=0.0)
    bucket.take(0.0)
    wait = bucket.take(early / rate / 2)
    assert bucket.take(early / rate / 2 + wait + 1e-9) == 0.0


def test_keys_do_not_share() -> None:
    buckets = Buckets(rate=1.0, burst=1.0)
    assert buckets.take("a", 0.0) == 0.0
    assert buckets.take("b", 0.0) == 0.0
    assert buckets.take("a", 0.0) > 0.0


def test_memory_is_bounded_and_the_longest_unused_key_goes_first() -> None:
    buckets = Buckets(rate=1.0, burst=1.0, max_keys=2)
    buckets.take("old", 0.0)
    buckets.take("kept", 0.0)
    buckets.take("old", 0.0)
    buckets.take("new", 0.0)  # "kept" is forgotten, "old" was used after it
    assert buckets.take("old", 0.0) > 0.0
    assert buckets.take("kept", 0.0) == 0.0
