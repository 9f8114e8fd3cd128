"""Publisher, relay and viewers on a bad network: what arrives can always be decoded."""

import itertools

import pytest

from meetd.relay.forwarding.key_frames import INTERVAL
from meetd.relay.forwarding.subscription import State
from tests.relay.network.meeting import Guest, Meeting, Watcher
from tests.relay.network.simulation import Conditions
from tests.relay.network.viewer import Stream, senders

LOSSES = [0.05, 0.1, 0.15, 0.19]


def heights(stream: Stream) -> list[int]:
    """Of the layers shown, one per switch."""
    return [height for height, _ in itertools.groupby(frame.height for frame in stream.frames)]


def longest_freeze(stream: Stream) -> float:
    pairs = itertools.pairwise(frame.at for frame in stream.frames)
    return max(later - before for before, later in pairs)


def check_sound(watcher: Watcher, guest: Guest) -> None:
    """What every viewer must see, however bad the network."""
    stream = watcher.stream(guest.video)
    assert stream.frames, "no picture at all"
    assert stream.faults == []
    for any_stream in watcher.viewer.streams.values():
        assert any_stream.conflicts == 0, "one number, two contents"
    assert guest.refused == []
    assert watcher.refused == []


def test_a_clean_network_brings_every_frame() -> None:
    meeting = Meeting()
    guest, watcher = meeting.publish(), meeting.watch()
    meeting.run(6)
    stream = watcher.stream(guest.video)
    check_sound(watcher, guest)
    assert len(stream.frames) >= 170
    assert heights(stream)[-1] == 720
    assert longest_freeze(stream) < 0.1
    assert stream.mids == {"01"}
    assert watcher.viewer.gaps(stream, older_than=0.0) == []


def test_a_publisher_s_round_trip_is_learned_from_repairs() -> None:
    meeting = Meeting(3)
    guest = meeting.publish(Conditions(loss=0.05, delay=0.18))
    assert guest.publisher.round_trip == 0.1
    meeting.run(10)
    # 180 ms up, 20 ms down, and what it takes the camera to look at its requests.
    assert 0.19 < guest.publisher.round_trip < 0.25


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("side", ["up", "down"])
def test_no_gap_is_left_after_repair(loss: float, seed: int, side: str) -> None:
    meeting = Meeting(seed)
    bad = Conditions(loss=loss, jitter=0.03, duplicates=0.02)
    guest = meeting.publish(bad if side == "up" else None)
    watcher = meeting.watch(bad if side == "down" else None)
    meeting.run(10)
    stream = watcher.stream(guest.video)
    check_sound(watcher, guest)
    assert watcher.viewer.gaps(stream, older_than=1.0) == []
    assert len(stream.frames) > 10 * 30 * 0.9


@pytest.mark.parametrize("side", ["up", "down"])
def test_sound_goes_on_at_a_fifth_lost(side: str) -> None:
    meeting = Meeting(5)
    bad = Conditions(loss=0.2)
    guest = meeting.publish(bad if side == "up" else None)
    watcher = meeting.watch(bad if side == "down" else None)
    meeting.run(20)
    pieces = watcher.stream(guest.audio).pieces
    assert len(pieces) > 20 * 50 * 0.75
    longest = max(b - a for a, b in itertools.pairwise(sorted(pieces)))
    assert longest <= 8  # packets of 20 ms
    check_sound(watcher, guest)


def test_reordered_and_doubled_packets_are_put_in_their_places() -> None:
    meeting = Meeting(4)
    guest = meeting.publish(Conditions(jitter=0.05, duplicates=0.2))
    watcher = meeting.watch(Conditions(jitter=0.2, duplicates=0.2))
    meeting.run(15)
    check_sound(watcher, guest)
    assert len(watcher.stream(guest.video).frames) > 15 * 30 * 0.9


def test_layers_are_switched_without_a_freeze() -> None:
    meeting = Meeting(6)
    guest, watcher = meeting.publish(), meeting.watch()
    for height in [720, 180, 360, 720, 90, 720, 180]:
        watcher.show(guest.video, height)
        meeting.run(3)
    stream = watcher.stream(guest.video)
    check_sound(watcher, guest)
    assert heights(stream)[-6:] == [180, 360, 720, 180, 720, 180]
    assert longest_freeze(stream) < 0.2
    assert stream.skipped == 0


@pytest.mark.parametrize("seed", range(4))
def test_layers_are_switched_while_packets_are_lost(seed: int) -> None:
    meeting = Meeting(seed)
    guest = meeting.publish(Conditions(loss=0.1, jitter=0.02))
    watcher = meeting.watch(Conditions(loss=0.1, jitter=0.02))
    meeting.run(8)
    for height in [180, 360, 720, 180, 720]:
        watcher.show(guest.video, height)
        meeting.run(3)
    check_sound(watcher, guest)
    assert len(set(heights(watcher.stream(guest.video)))) == 3
    assert watcher.viewer.gaps(watcher.stream(guest.video), older_than=1.0) == []


def test_a_hidden_picture_costs_nothing_and_comes_back() -> None:
    meeting = Meeting(7)
    guest, watcher = meeting.publish(), meeting.watch()
    meeting.run(4)
    stream = watcher.stream(guest.video)
    watcher.show(guest.video, 0)
    meeting.run(1)
    before = len(stream.frames)
    meeting.run(5)
    assert len(stream.frames) == before
    assert watcher.subscriptions[guest.video].state is State.PAUSED
    watcher.show(guest.video, 180)
    meeting.run(2)
    assert len(stream.frames) > before + 30
    check_sound(watcher, guest)
    assert watcher.viewer.gaps(stream, older_than=0.5) == []


def test_a_thumbnail_gets_the_low_layer_and_a_full_screen_the_high_one() -> None:
    meeting = Meeting(8)
    guest, small, large = meeting.publish(), meeting.watch(), meeting.watch()
    small.show(guest.video, 120)
    large.show(guest.video, 1_080)
    meeting.run(6)
    assert set(heights(small.stream(guest.video))) == {180}
    assert heights(large.stream(guest.video))[-1] == 720


def test_one_frame_has_one_time_in_all_layers() -> None:
    """Layers count their timestamps from different starts; what the viewer gets runs with the
    clock, switches or not, so that sound and picture stay together."""
    meeting = Meeting(9)
    guest, watcher = meeting.publish(), meeting.watch()
    for height in [720, 180, 720, 180, 360, 720]:
        watcher.show(guest.video, height)
        meeting.run(3)
    frames = watcher.stream(guest.video).frames
    drifts = [f.head.timestamp / 90_000 - f.at for f in frames]
    assert max(drifts) - min(drifts) < 0.1


def test_sender_reports_speak_of_the_rewritten_stream() -> None:
    meeting = Meeting(10)
    guest, watcher = meeting.publish(), meeting.watch()
    meeting.run(8)
    stream = watcher.stream(guest.video)
    reports = [s for s in senders(watcher.viewer.reports) if s.ssrc == stream.ssrc]
    assert len(reports) >= 5
    for report in reports[2:]:
        # A frame captured at that moment is shown a moment later: 0.1 s is more than the way.
        ways = [abs(frame.head.timestamp - 2**32 - report.timestamp) for frame in stream.frames]
        assert min(ways) < 90_000 * 0.1
    assert reports[-1].packets >= len(stream.pieces) * 0.8


def test_a_storm_of_key_frame_requests_reaches_the_publisher_in_trickles() -> None:
    meeting = Meeting(11)
    guest = meeting.publish()
    watchers = [meeting.watch() for _ in range(50)]
    for watcher in watchers:
        watcher.show(guest.video, 180)
    meeting.run(1)
    layer = guest.camera.layers[0]
    before = len(layer.key_requests)

    def storm(now: float) -> None:
        for watcher in watchers:
            watcher.viewer.ask_key_frame(watcher.stream(guest.video), now)

    meeting.simulation.every(0.05, storm)
    meeting.run(4)
    asked = layer.key_requests[before:]
    assert 4 <= len(asked) <= 4 / INTERVAL + 1
    apart = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert all(gap >= INTERVAL - 0.001 for gap in apart)
    assert guest.video.layers[0].key_frames.merged > 3_000
    check_sound(watchers[0], guest)


def test_a_publisher_may_begin_anew_with_other_numbers() -> None:
    """A page that was loaded again sends other SSRCs under the same mid and rid."""
    meeting = Meeting(12)
    guest, watcher = meeting.publish(), meeting.watch()
    meeting.run(4)
    for layer in [guest.camera.sound, *guest.camera.layers]:
        layer.ssrc += 500
        layer.sequence = (layer.sequence + 20_000) & 0xFFFF
        layer.wants_key = True
    stream = watcher.stream(guest.video)
    before = len(stream.frames)
    meeting.run(4)
    assert len(stream.frames) > before + 90
    check_sound(watcher, guest)
    assert watcher.viewer.gaps(stream, older_than=0.5) == []


def test_a_camera_that_is_switched_off_and_on_again() -> None:
    meeting = Meeting(13)
    guest, watcher = meeting.publish(), meeting.watch()
    meeting.run(4)
    guest.camera.is_on = False
    meeting.run(5)
    guest.camera.is_on = True
    stream = watcher.stream(guest.video)
    before = len(stream.frames)
    meeting.run(4)
    assert len(stream.frames) > before + 90
    check_sound(watcher, guest)
