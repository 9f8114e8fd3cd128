"""The drop policy of a TCP connection that takes too little."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.transport.tcp_sending import BUFFER_BYTES, DropPolicy
from tests.relay.client import AUDIO, VIDEO

ALL = BUFFER_BYTES
QUARTER = BUFFER_BYTES // 4


def packet(frame: int, *, last: bool = False, kind: int = VIDEO, ssrc: int = 1) -> bytes:
    marker = 0x80 if last else 0
    return struct.pack("!BBHII", 0x80, marker | kind, 0, frame, ssrc) + bytes(988)


def policy() -> DropPolicy:
    return DropPolicy(frozenset({AUDIO}))


def test_with_room_everything_is_sent() -> None:
    taking = policy()
    assert taking.takes_rtp(packet(1), ALL)
    assert taking.takes_rtp(packet(1, last=True), ALL)
    assert taking.takes_rtp(packet(2, kind=AUDIO), ALL)


def test_a_frame_that_was_cut_is_dropped_to_its_end_and_the_next_is_sent() -> None:
    taking = policy()
    assert taking.takes_rtp(packet(1), ALL)
    assert not taking.takes_rtp(packet(1), QUARTER)
    assert not taking.takes_rtp(packet(1), ALL), "the rest of a frame that cannot be decoded"
    assert not taking.takes_rtp(packet(1, last=True), ALL)
    assert taking.takes_rtp(packet(2), ALL)


def test_a_cut_frame_whose_end_never_comes_does_not_hold_up_the_next() -> None:
    taking = policy()
    assert not taking.takes_rtp(packet(1), QUARTER)
    assert taking.takes_rtp(packet(2), ALL)
    assert taking.takes_rtp(packet(3), ALL)


def test_a_cut_in_one_stream_is_none_in_another() -> None:
    taking = policy()
    assert not taking.takes_rtp(packet(1), QUARTER)
    assert taking.takes_rtp(packet(1, ssrc=2), ALL)


def test_sound_has_the_last_quarter_and_then_nothing() -> None:
    taking = policy()
    sound = packet(1, kind=AUDIO)
    assert not taking.takes_rtp(packet(1), QUARTER + 999)
    assert taking.takes_rtp(sound, QUARTER)
    assert taking.takes_rtp(sound, len(sound))
    assert not taking.takes_rtp(sound, len(sound) - 1)


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, ALL))))
def test_no_frame_is_sent_with_a_hole(sent: list[tuple[int, bool, int]]) -> None:
    """After a packet of a frame is dropped, none of that frame follows until its marker."""
    taking, cut = policy(), set[int]()
    for frame, last, room in sent:
        taken = taking.takes_rtp(packet(frame, last=last), room)
        assert not (taken and frame in cut)
        cut = set() if last or taken else {frame}
