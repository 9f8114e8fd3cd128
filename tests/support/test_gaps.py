"""The measure of gaps itself, on what is known of a picture."""

from itertools import accumulate, pairwise

import pytest

from tests.support.gaps import Look, longest_stop


def looks(times: list[float], at: list[float]) -> list[Look]:
    """What statistics say at these moments of a stream of which frames came at those times."""
    found = []
    for moment in at:
        seen = [time for time in times if time <= moment]
        delays = [after - before for before, after in pairwise(seen)]
        found.append(Look(moment, len(seen), sum(delays), sum(delay**2 for delay in delays)))
    return found


STEADY = [5 + 0.1 * number for number in range(50)]
OFTEN = [5 + 0.07 * number for number in range(72)]
RARELY = [5 + 0.5 * number for number in range(10)]


@pytest.mark.parametrize("at", [OFTEN, RARELY])
def test_a_steady_picture_has_no_stop(at: list[float]) -> None:
    assert longest_stop([looks(STEADY, at)], 0.3) == 0


@pytest.mark.parametrize("at", [OFTEN, RARELY])
@pytest.mark.parametrize("gap", [0.31, 0.4, 1.7])
def test_one_gap_is_found_and_no_shorter_than_it_was(at: list[float], gap: float) -> None:
    times = [time if time < 6.5 else time + gap - 0.1 for time in STEADY]
    assert longest_stop([looks(times, at)], 0.3) >= gap - 0.001


def test_a_stream_that_ends_is_a_stop_unless_another_one_goes_on() -> None:
    first = [time for time in STEADY if time < 7]
    assert longest_stop([looks(first, OFTEN)], 0.3) > 2
    second = [time for time in STEADY if time > 6.9]
    assert longest_stop([looks(first, OFTEN), looks(second, OFTEN)], 0.3) == 0
    late = [time for time in STEADY if time > 7.4]
    assert longest_stop([looks(first, OFTEN), looks(late, OFTEN)], 0.3) >= 0.5


def test_two_streams_with_gaps_make_one_without() -> None:
    even = list(accumulate([5.0] + [0.5, 0.1, 0.1, 0.1] * 5))
    assert longest_stop([looks(even, OFTEN)], 0.3) > 0.3
    assert longest_stop([looks(even, OFTEN), looks(STEADY, OFTEN)], 0.3) == 0
