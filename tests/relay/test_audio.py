"""Who is heard: the loudest few, at once, and nobody who is silent."""

from meetd.relay.forwarding.audio import HANGOVER, Loudest
from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.track import Track
from meetd.relay.rtp.canonical import NO_LEVEL
from tests.relay.network.meeting import Meeting

SILENCE = 127


def tracks(count: int, loudest: Loudest) -> list[Track]:
    made = [Track(f"t{n}", Codec.OPUS, 1, loudest, repairs=False) for n in range(count)]
    for track in made:
        loudest.add(track)
    return made


def speak(loudest: Loudest, levels: dict[Track, int], start: float, seconds: float) -> float:
    for step in range(int(seconds * 50)):
        for track, level in levels.items():
            loudest.hear(track, level, start + step * 0.02)
    return start + seconds


def audible(made: list[Track]) -> list[int]:
    return [index for index, track in enumerate(made) if track.is_audible]


def test_the_loudest_few_are_heard() -> None:
    loudest = Loudest(2)
    made = tracks(4, loudest)
    speak(loudest, dict(zip(made, (60, 20, 40, 80), strict=True)), 0.0, 2.0)
    assert audible(made) == [1, 2]


def test_a_first_word_is_not_cut_off() -> None:
    loudest = Loudest(2)
    made = tracks(2, loudest)
    loudest.hear(made[0], 50, 0.0)
    assert audible(made) == [0]


def test_silence_is_not_sent_after_a_while() -> None:
    loudest = Loudest(2)
    made = tracks(2, loudest)
    now = speak(loudest, {made[0]: 30, made[1]: 30}, 0.0, 1.0)
    now = speak(loudest, {made[0]: 30, made[1]: SILENCE}, now, HANGOVER - 0.1)
    assert audible(made) == [0, 1]
    speak(loudest, {made[0]: 30, made[1]: SILENCE}, now, 0.3)
    assert audible(made) == [0]


def test_two_as_loud_as_each_other_do_not_take_turns() -> None:
    loudest = Loudest(1)
    made = tracks(2, loudest)
    now = speak(loudest, {made[0]: 40, made[1]: 60}, 0.0, 1.0)
    turns = []
    for step in range(100):
        now = speak(loudest, {made[0]: 40 + step % 3, made[1]: 40 - step % 3}, now, 0.1)
        turns.append(audible(made))
    assert turns == [[0]] * 100
    speak(loudest, {made[0]: 40, made[1]: 20}, now, 1.0)
    assert audible(made) == [1]


def test_who_sends_no_level_is_heard() -> None:
    loudest = Loudest(1)
    made = tracks(1, loudest)
    loudest.hear(made[0], NO_LEVEL, 0.0)
    assert audible(made) == [0]


def test_the_voice_flag_is_not_loudness() -> None:
    loudest = Loudest(1)
    made = tracks(1, loudest)
    speak(loudest, {made[0]: 0x80 | SILENCE}, 0.0, 1.0)
    assert audible(made) == []


def test_who_left_makes_room() -> None:
    loudest = Loudest(1)
    made = tracks(2, loudest)
    now = speak(loudest, {made[0]: 10, made[1]: 50}, 0.0, 1.0)
    loudest.remove(made[0])
    loudest.hear(made[0], 10, now)
    speak(loudest, {made[1]: 50}, now, 0.1)
    assert made[1].is_audible


def test_a_voice_that_stops_and_comes_back_leaves_no_gap() -> None:
    meeting = Meeting(1)
    guest, watcher = meeting.publish(), meeting.watch()
    watcher.show(guest.video, 0)
    meeting.run(2)
    guest.camera.level = SILENCE
    meeting.run(HANGOVER + 1)
    stream = watcher.stream(guest.audio)
    before = len(stream.pieces)
    meeting.run(3)
    assert len(stream.pieces) == before
    guest.camera.level = 30
    meeting.run(2)
    assert len(stream.pieces) >= before + 95
    assert watcher.viewer.gaps(stream, older_than=0.0) == []
    stamps = [stream.pieces[place].timestamp for place in sorted(stream.pieces)]
    assert stamps == sorted(set(stamps))


def test_of_many_voices_only_the_loudest_leave_the_server() -> None:
    meeting = Meeting(2, loudest=3)
    guests = [meeting.publish(ssrc=1_000 * n) for n in range(1, 9)]
    for number, guest in enumerate(guests):
        guest.camera.level = 20 + 10 * number
    watcher = meeting.watch()
    for guest in guests:
        watcher.show(guest.video, 0)
    meeting.run(2)
    before = [len(watcher.stream(guest.audio).pieces) for guest in guests]
    meeting.run(2)
    after = [len(watcher.stream(guest.audio).pieces) for guest in guests]
    heard = [later - earlier for earlier, later in zip(before, after, strict=True)]
    assert min(heard[:3]) >= 95
    assert heard[3:] == [0] * 5
