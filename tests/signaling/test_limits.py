"""What one page may send, by what it costs; on a clock that stands still."""

import tracemalloc

import pytest

from meetd.core.clock import SystemClock
from meetd.core.refusals import TooFast
from meetd.protocol.chat import SearchChat, SendChat
from meetd.signaling.limits import SEARCHES_AT_ONCE, CommandLimits


class StandingClock(SystemClock):
    def __init__(self) -> None:
        self.at = 100.0

    def monotonic(self) -> float:
        return self.at


def test_a_search_costs_more_than_a_message_and_takes_none_away() -> None:
    clock = StandingClock()
    limits = CommandLimits(20, clock)
    for _ in range(int(SEARCHES_AT_ONCE)):
        limits.check(SearchChat(text="lunch"))
    with pytest.raises(TooFast) as refused:
        limits.check(SearchChat(text="lunch"))
    assert refused.value.seconds == 2.0
    for _ in range(10):
        limits.check(SendChat(text="hello", client_id="c" * 22))
    clock.at += 2.0
    limits.check(SearchChat(text="lunch"))


def test_a_page_that_only_listens_takes_little_memory() -> None:
    clock = StandingClock()
    tracemalloc.start()
    try:
        start = tracemalloc.get_traced_memory()[0]
        taken = [CommandLimits(20, clock) for _ in range(100)]
        per_page = (tracemalloc.get_traced_memory()[0] - start) / len(taken)
    finally:
        tracemalloc.stop()
    assert per_page < 300, "a bucket for every kind of message takes a thousand"
