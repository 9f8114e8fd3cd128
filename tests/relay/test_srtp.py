"""SRTP of one peer: what is taken, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy

from meetd.relay.transport.srtp import Srtp, SrtpError
from tests.relay.client import picture_loss, rtp
from tests.relay.corpus import damaged, samples

GCM = Policy.SRTP_PROFILE_AEAD_AES_256_GCM
ONE, OTHER = bytes(range(44)), bytes(range(100, 144))


def pair() -> tuple[Srtp, Srtp]:
    return Srtp(GCM, ONE, OTHER), Srtp(GCM, OTHER, ONE)


@given(st.integers(0, 65_535), st.integers(1, 1_400), st.integers(1, 2**32 - 1))
def test_what_one_side_protects_the_other_reads(number: int, size: int, ssrc: int) -> None:
    here, there = pair()
    packet = rtp(number, size=size, ssrc=ssrc)
    assert there.unprotect(here.protect(packet)) == packet
    assert here.unprotect_rtcp(there.protect_rtcp(picture_loss(ssrc))) == picture_loss(ssrc)


def test_a_replay_is_refused() -> None:
    here, there = pair()
    protected, report = here.protect(rtp(1)), here.protect_rtcp(picture_loss())
    there.unprotect(protected)
    there.unprotect_rtcp(report)
    with pytest.raises(SrtpError):
        there.unprotect(protected)
    with pytest.raises(SrtpError):
        there.unprotect_rtcp(report)


def test_packets_may_come_in_another_order() -> None:
    here, there = pair()
    protected = [here.protect(rtp(number)) for number in range(1_000)]
    assert [there.unprotect(one)[3] for one in reversed(protected)] == [
        number & 0xFF for number in reversed(range(1_000))
    ]


def test_a_forged_stream_takes_no_place() -> None:
    here, there = pair()
    stranger = Srtp(GCM, OTHER, ONE)
    for ssrc in range(1, 400):
        with pytest.raises(SrtpError):
            there.unprotect(stranger.protect(rtp(1, ssrc=ssrc)))
    assert there.unprotect(here.protect(rtp(1))) == rtp(1)


@pytest.mark.parametrize("name", samples("srtp"))
def test_the_kept_packets_of_somebody_else_are_refused(name: str) -> None:
    _, there = pair()
    kept = samples("srtp")[name]
    with pytest.raises(SrtpError):
        there.unprotect_rtcp(kept) if 192 <= kept[1] < 224 else there.unprotect(kept)


@given(st.one_of(st.binary(max_size=2_100), damaged("srtp")), st.booleans())
def test_whatever_arrives_is_refused_and_the_session_goes_on(
    packet: bytes,
    is_rtcp: bool,  # noqa: FBT001
) -> None:
    here, there = pair()
    with pytest.raises(SrtpError):
        there.unprotect_rtcp(packet) if is_rtcp else there.unprotect(packet)
    assert there.unprotect(here.protect(rtp(7))) == rtp(7)
