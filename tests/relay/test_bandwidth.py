"""A subscriber's bandwidth: found, kept to, shared out, and found again when there is more."""

import itertools
from statistics import linear_regression

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.forwarding.allocation import Shown, Wish, allocate
from meetd.relay.forwarding.bandwidth.estimator import MIN, Estimator
from meetd.relay.forwarding.bandwidth.loss import LossControl
from meetd.relay.forwarding.bandwidth.trendline import Line, Trendline, Usage
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.layer import Layer
from meetd.relay.forwarding.track import Track
from meetd.relay.rtp import feedback
from tests.relay.network.meeting import Meeting
from tests.relay.network.simulation import Conditions
from tests.relay.test_forwarding import check_sound, heights, longest_freeze

SLOW = 500_000


def test_a_slow_subscriber_gets_what_fits_and_the_others_keep_their_quality() -> None:
    meeting = Meeting(3)
    guest = meeting.publish()
    first, slow, last = meeting.watch(), meeting.watch(Conditions(rate=SLOW)), meeting.watch()
    meeting.run(4)
    for _ in range(10):
        dropped = slow.down.dropped
        meeting.run(1)
        assert slow.subscriber.estimator.target <= SLOW
        assert slow.viewer.bitrate(1) <= SLOW
        assert slow.down.dropped - dropped <= 5, "the bottleneck still overflows"
    assert heights(slow.stream(guest.video))[-1] == 180
    assert len(slow.stream(guest.audio).pieces) > 14 * 50 * 0.9
    for watcher in (first, last):
        check_sound(watcher, guest)
        assert heights(watcher.stream(guest.video))[-1] == 720
        assert len(watcher.stream(guest.video).frames) >= 14 * 30 - 10


def test_a_bottleneck_in_the_middle_is_found_within_seconds_and_left_when_it_ends() -> None:
    meeting = Meeting(4)
    guest, watcher = meeting.publish(), meeting.watch()
    meeting.run(6)
    stream = watcher.stream(guest.video)
    assert heights(stream)[-1] == 720
    watcher.down.conditions.rate = SLOW
    meeting.run(4)
    dropped, sounds = watcher.down.dropped, len(watcher.stream(guest.audio).pieces)
    meeting.run(6)
    assert watcher.subscriber.estimator.target <= SLOW
    assert watcher.down.dropped - dropped <= 30
    assert heights(stream)[-1] == 180
    assert len(watcher.stream(guest.audio).pieces) - sounds > 6 * 50 * 0.9
    watcher.down.conditions.rate = 0
    meeting.run(8)
    assert heights(stream)[-1] == 720
    assert watcher.subscriber.estimator.probing.succeeded >= 2
    check_sound(watcher, guest)


def test_a_loss_that_belongs_to_the_path_does_not_take_the_picture_away() -> None:
    meeting = Meeting(2)
    guest, watcher = meeting.publish(), meeting.watch(Conditions(loss=0.2))
    meeting.run(20)
    assert heights(watcher.stream(guest.video))[-1] >= 360
    assert watcher.subscriber.estimator.target > 600_000
    check_sound(watcher, guest)


def test_reports_that_are_lost_are_no_losses_of_what_they_tell_of() -> None:
    meeting = Meeting(2)
    guest, watcher = meeting.publish(), meeting.watch(Conditions(loss=0.1))
    watcher.up.conditions.loss = 0.3
    meeting.run(20)
    assert watcher.subscriber.estimator.loss.constant < 0.15
    assert heights(watcher.stream(guest.video))[-1] == 720
    check_sound(watcher, guest)


@pytest.mark.parametrize(
    ("seed", "people", "longest", "limit"),
    [(1, 2, 0.2, 0.3), (2, 4, 0.4, 0.6), (2, 4, 0.8, 4), (3, 4, 0.8, 1.5)],
)
def test_a_busy_machine_turns_no_picture_off(
    seed: int, people: int, longest: float, limit: float
) -> None:
    """Nobody's path is full, but what sends and receives pauses twice per second, for up to so many
    seconds: it looks like a queue, and what arrives like what there is room for."""
    meeting = Meeting(seed)
    guests = [meeting.publish(ssrc=1_000 * (n + 1)) for n in range(people)]
    watcher = meeting.watch()
    for guest in guests:
        watcher.show(guest.video, 90)
    random = meeting.simulation.random
    for link in (watcher.down, watcher.up, *(guest.up for guest in guests)):
        pause = link.pause
        meeting.simulation.every(0.5, lambda _, to=pause: to(random.random() ** 2 * longest))  # type: ignore[misc]
    meeting.run(40)
    for guest in guests:
        assert longest_freeze(watcher.stream(guest.video)) < limit
        check_sound(watcher, guest)


def test_two_pictures_that_just_fit_stay() -> None:
    meeting = Meeting(1)
    guests = [meeting.publish(ssrc=1_000 * n) for n in (1, 2)]
    watcher = meeting.watch(Conditions(rate=SLOW))
    meeting.run(20)
    for guest in guests:
        assert longest_freeze(watcher.stream(guest.video)) < 1
        check_sound(watcher, guest)


def fed(estimator: Estimator, delays: list[float], first: int = 0) -> float:
    """A packet in 10 ms, each as much later as ``delays`` says. Returns when the last arrived."""
    arrivals = [
        (first + place, place / 100, place / 100 + delay, 1_000)
        for place, delay in enumerate(delays)
    ]
    now = arrivals[-1][2] + 0.01
    estimator.on_feedback(arrivals, 0, 0, now)
    return now


def test_a_probe_whose_last_packet_is_never_reported_ends_and_counts() -> None:
    """Nothing else flows then that would bring another report."""
    estimator = Estimator()
    estimator.probing.wanted(estimator.target, 2_000_000, 0, 0.0)
    assert estimator.probing.ended(21, 0.19)
    now = fed(estimator, [0.03] * 20)
    assert estimator.target == 600_000, "a probe was believed before it was over"
    estimator.tick(now + 0.9)
    assert estimator.probing.succeeded == 0
    estimator.tick(now + 1.1)
    assert estimator.probing.succeeded == 1
    assert estimator.target > 700_000


def test_a_queue_that_grew_is_not_held_against_a_path_on_which_nothing_flows_any_more() -> None:
    estimator = Estimator()
    now = fed(estimator, [0.03 + place * 0.005 for place in range(60)])
    assert estimator.is_overused
    estimator.tick(now + 0.9)
    assert estimator.is_overused
    estimator.tick(now + 1.1)
    assert not estimator.is_overused, "it would never be probed again"


def test_remb_bounds_and_leads_where_only_that_comes() -> None:
    meeting = Meeting(5)
    guest, watcher = meeting.publish(), meeting.watch(with_feedback=False)
    bound = 2_500_000
    meeting.simulation.every(0.5, lambda _: watcher.viewer.send(feedback.remb(1, bound, [])))
    meeting.run(6)
    assert heights(watcher.stream(guest.video))[-1] == 720
    bound = 400_000
    meeting.run(1)
    assert watcher.subscriber.estimator.target <= 400_000


def test_sound_comes_before_pictures() -> None:
    """With 120 kbit/s there is no room for a picture, but for three voices of 40 kbit/s nearly."""
    meeting = Meeting(6)
    guests = [meeting.publish(ssrc=1_000 * n) for n in (1, 2)]
    watcher = meeting.watch(Conditions(rate=150_000))
    meeting.run(12)
    for guest in guests:
        before = len(watcher.stream(guest.audio).pieces)
        meeting.run(2)
        assert len(watcher.stream(guest.audio).pieces) - before > 90


@given(
    st.lists(st.tuples(st.floats(0.25, 500), st.floats(-500, 500)), min_size=20, max_size=250),
    st.floats(0, 1e9),
)
def test_the_slope_of_a_delay_is_that_of_its_newest_points(
    steps: list[tuple[float, float]], start: float
) -> None:
    line, points, slope = Line(), [], None
    for later, delay in steps:
        start += later
        slope = line.add(start, delay)
        points.append((start, delay))
    newest = points[-20:]
    expected = linear_regression([x for x, _ in newest], [y for _, y in newest]).slope
    assert slope == pytest.approx(expected, rel=1e-3, abs=1e-3)


def layers_of(costs: tuple[int, ...]) -> list[Layer]:
    track = Track("t", Codec.VP8, len(costs), repairs=True)
    for index, (layer, cost) in enumerate(zip(track.layers, costs, strict=True)):
        layer.height = 180 << index
        for tenth in range(20):
            layer.rate.add(cost // 8 // 10, 10 + tenth / 10)
        layer.cost(11.9)
    return track.layers


def choices(budget: int, *shown: Shown) -> list[int]:
    wishes = [Wish(one, layers_of((150_000, 500_000, 1_500_000)), None) for one in shown]
    allocate(budget, wishes, 11.9)
    return [wish.chosen.height if wish.chosen else 0 for wish in wishes]


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (100_000, [0, 0, 0]),
        (200_000, [0, 180, 0]),  # the speaker first, whatever its size
        (400_000, [180, 180, 0]),  # then the largest tile
        (600_000, [180, 180, 180]),
        (1_000_000, [180, 360, 180]),
        (2_200_000, [180, 720, 180]),
        (2_700_000, [360, 720, 180]),
        (9_000_000, [720, 720, 180]),  # no more than is shown
    ],
)
def test_bandwidth_is_shared_out_by_what_is_on_screen(budget: int, expected: list[int]) -> None:
    shown = [Shown(720), Shown(600, first=True), Shown(120)]
    assert choices(budget, *shown) == expected


GRID = [Shown(360)] * 5


@pytest.mark.parametrize(
    ("budget", "shown", "expected"),
    [
        (1_100_000, GRID, [0, 1, 1, 1, 1]),  # it would fit alone, and darken three
        (1_400_000, GRID, [0, 1, 1, 1, 1]),
        (1_700_000, GRID, [1, 1, 1, 1, 1]),
        (1_200_000, [Shown(360, first=True), *GRID[1:]], [0, 1, 1, 1, 1]),
        (1_200_000, [Shown(1_080), *[Shown(180)] * 4], [1, 1, 0, 0, 0]),  # what one looks at
        (2_000_000, [Shown(120, first=True), *GRID[1:]], [1, 1, 1, 1, 1]),
    ],
)
def test_who_sends_much_darkens_nobody_beside_them(
    budget: int, shown: list[Shown], expected: list[int]
) -> None:
    """A picture in one size only, beside four in several."""
    heavy = Wish(shown[0], layers_of((900_000,)), None)
    others = [Wish(one, layers_of((150_000, 500_000)), None) for one in shown[1:]]
    allocate(budget, [heavy, *others], 11.9)
    assert [int(wish.chosen is not None) for wish in (heavy, *others)] == expected


def test_several_pictures_of_one_person_have_one_share_together() -> None:
    """Each of which is within it."""
    one, budget = object(), 1_200_000
    theirs = [Wish(Shown(360), layers_of((200_000,)), None, one) for _ in range(4)]
    others = [Wish(Shown(360), layers_of((200_000,)), None) for _ in range(3)]
    allocate(budget, [*theirs, *others], 11.9)
    assert [wish.chosen is not None for wish in others] == [True] * 3
    assert sum(wish.chosen is not None for wish in theirs) == 2


def test_what_is_hidden_gets_nothing() -> None:
    assert choices(9_000_000, Shown(0), Shown(180)) == [0, 180]


def test_a_layer_does_not_come_and_go_at_its_limit() -> None:
    layers = layers_of((150_000, 500_000, 1_500_000))
    seen = []
    for current in (layers[0], layers[1]):
        wish = Wish(Shown(360), layers, current)
        allocate(540_000, [wish], 11.9)
        seen.append(wish.chosen)
    assert seen == [layers[0], layers[1]]


def test_what_is_seen_stays_with_what_is_spare_and_nothing_more_begins_with_it() -> None:
    seen, unseen = layers_of((150_000, 500_000)), layers_of((150_000, 500_000))
    wishes = [Wish(Shown(720), seen, seen[0]), Wish(Shown(360), unseen, None)]
    allocate(130_000, wishes, 11.9, spare=300_000)
    assert [wish.chosen for wish in wishes] == [seen[0], None]


def test_a_growing_queue_is_seen_and_an_even_delay_is_not() -> None:
    growing, even = Trendline(), Trendline()
    for n in range(60):
        even.feed([(n * 0.01, 5 + n * 0.01, 1_000)])
        growing.feed([(n * 0.01, 5 + n * 0.012, 1_000)])
    assert even.usage is Usage.NORMAL
    assert growing.usage is Usage.OVER


def test_losses_that_our_rate_makes_bring_it_down() -> None:
    """A path of 500 kbit/s without a queue: what is above is lost."""
    control, target, now = LossControl(), 1_500_000, 0.0
    for _ in range(30):
        now += 0.6
        lost = max(0, 100 * (target - 500_000) // target)
        control.count(int(lost), 100)
        control.update(target, target, now)
        target = min(target, control.limit or target)
    assert 350_000 < target < 600_000
    assert control.constant < 0.1


def test_a_hostile_report_moves_nothing() -> None:
    """Numbers never sent, the same report a thousand times, arrivals out of all time."""
    meeting = Meeting(8)
    guest, watcher = meeting.publish(), meeting.watch()
    meeting.run(3)
    reports: list[bytes] = []
    for statuses, reference in itertools.product((1, 7, 200), (0, 0xFFFFFF)):
        body = bytes(8) + (40_000).to_bytes(2, "big") + statuses.to_bytes(2, "big")
        body += reference.to_bytes(3, "big") + b"\x00" + (0x2000 | statuses).to_bytes(2, "big")
        body += b"\xff" * statuses
        body += bytes(-len(body) % 4)
        reports.append(bytes((0x8F, 205)) + (len(body) // 4).to_bytes(2, "big") + body)
    before = watcher.subscriber.estimator.target
    for report in reports * 40:
        watcher.subscriber.on_rtcp(report, meeting.simulation.now)
    assert watcher.subscriber.limited == 0
    assert watcher.subscriber.estimator.target == before
    meeting.run(2)
    check_sound(watcher, guest)


def test_the_estimate_stays_within_its_bounds() -> None:
    estimator = Estimator()
    estimator.on_remb(1, 0.0)
    assert estimator.target == MIN
    estimator.on_remb(2**60, 1.0)
    assert estimator.target <= 30_000_000


def test_a_layer_whose_height_is_not_known_yet_is_guessed() -> None:
    """Its first key frame was lost; nobody asks for another while nobody watches it."""
    track = Track("t", Codec.VP8, 3, repairs=True)
    wish = Wish(Shown(180), track.by_height(), None)
    assert wish.wanted() == 0
