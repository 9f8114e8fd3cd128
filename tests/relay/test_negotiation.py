"""Descriptions: what browsers offer is understood, what is hostile gives ValueError and nothing
else, and what is written can be read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.publisher import Format
from meetd.relay.forwarding.subscription import Identity
from meetd.relay.negotiation.connection import Local
from meetd.relay.negotiation.publishing import CODECS, answer, read_offer
from meetd.relay.negotiation.reading import MAX_LENGTH, read
from meetd.relay.negotiation.subscribing import Offered, offer, read_answer
from meetd.relay.transport.candidates import candidates
from meetd.relay.transport.ice import IceParameters

FOLDER = Path(__file__).with_name("corpora") / "sdp"
CHROMIUM = (FOLDER / "chromium-publish.sdp").read_text()
FIREFOX = (FOLDER / "firefox-publish.sdp").read_text()
OFFERS = {"chromium": CHROMIUM, "firefox": FIREFOX}
LOCAL = Local(
    IceParameters("abcdefgh", "p" * 24),
    ":".join(["AB"] * 32),
    candidates([("192.0.2.1", 3478), ("2001:db8::1", 3478)]),
)


def only_value_errors(sdp: str) -> None:
    for reader in (read_offer, read_answer):
        try:
            reader(sdp)
        except ValueError:
            continue


def test_chromium_s_offer_is_understood() -> None:
    found = read_offer(CHROMIUM)
    assert [section.mid for section in found.sections] == ["0", "1", "2", "3"]
    assert [section.codec for section in found.sections] == list(CODECS)
    assert [section.payload_type for section in found.sections] == [111, 96, 96, 111]
    assert [section.rtx for section in found.sections] == [0, 97, 97, 0]
    assert [section.rids for section in found.sections] == [("",), ("q", "h", "f"), ("",), ("",)]
    ids = found.agreed.extensions
    assert (ids.audio_level, ids.transport_cc, ids.mid, ids.rid, ids.repaired_rid) == (
        *(1, 3, 4),
        *(10, 11),
    )
    assert found.remote.ice == IceParameters("mv3A", "rq99drbnoX9vxrtIs4YTYM+0")
    assert found.remote.setup == "actpass"


def test_firefox_s_offer_is_understood() -> None:
    found = read_offer(FIREFOX)
    assert found.agreed.formats == {
        109: Format(Codec.OPUS),
        120: Format(Codec.VP8),
        124: Format(Codec.VP8, is_rtx=True),
    }
    assert [section.rids for section in found.sections][1] == ("q", "h", "f")
    ids = found.agreed.extensions
    assert (ids.mid, ids.transport_cc, ids.rid, ids.repaired_rid) == (3, 7, 9, 10)
    # The session says it for all sections.
    ((algorithm, digest),) = found.remote.fingerprints
    assert (algorithm, len(digest)) == ("sha-256", 95)


@pytest.mark.parametrize("name", OFFERS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_answer_takes_every_section_as_it_was_offered(name: str, newline: str) -> None:
    taken = read_offer("\n".join(OFFERS[name].splitlines()).replace("\n", newline) + newline)
    described = read(answer(taken, LOCAL, 7, 1), 4)
    for section, offered in zip(described.sections, taken.sections, strict=True):
        assert section.value("mid") == offered.mid
        assert section.formats[0] == offered.payload_type
        assert section.value("setup") == "passive"
        assert section.values("recvonly") == ("",)
        assert len(section.values("candidate")) == 4
    assert described.sections[1].value("simulcast") == "recv q;h;f"


@pytest.mark.parametrize("name", OFFERS)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("v=0", "v=1"),
        ("a=rtcp-mux\n", ""),
        ("a=mid:1\n", "a=mid:0\n"),
        ("a=mid:1\n", ""),
        ("a=mid:1\n", f"a=mid:{'1' * 17}\n"),
        ("a=setup:actpass", "a=stup:actpass"),
        ("a=simulcast:send q;h;f", "a=simulcast:send q;h;f;x"),
        ("a=simulcast:send q;h;f", "a=simulcast:send q;q;f"),
        ("a=simulcast:send q;h;f", "a=simulcast:recv q;h;f"),
        ("a=simulcast:send q;h;f", "a=simulcast:send q;h,f"),
        ("urn:ietf:params:rtp-hdrext:sdes:mid", "urn:other"),
        ("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "urn:other"),
        ("VP8/90000", "VP7/90000"),
        ("opus/48000/2", "opus/48000"),
        ("m=video", "m=application"),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        ("a=ice-ufrag", "a=ice-frag"),
        ("a=mid:2\n", "a=mid:2\na=" + "x" * 2_001 + "\n"),
        ("s=-\n", "s=-\n" + "a=x\n" * 4_000),
        ("s=-\n", "s=\u202e\n"),
        ("s=-\n", "nonsense\n"),
    ],
)
def test_an_offer_that_cannot_be_used_is_refused(name: str, before: str, after: str) -> None:
    sdp = OFFERS[name].replace("\r\n", "\n")
    assert before in sdp
    with pytest.raises(ValueError, match=r"^[a-z]"):
        read_offer(sdp.replace(before, after))


def test_a_payload_type_or_an_extension_means_one_thing_only() -> None:
    lines = CHROMIUM.replace("\r\n", "\n")
    head, audio, camera, screen, sound = lines.split("\nm=")
    other = sound.replace(":111 ", ":96 ").replace("SAVPF 111", "SAVPF 96")
    with pytest.raises(ValueError, match="two meanings"):
        read_offer(f"{head}\nm={audio}\nm={camera}\nm={screen}\nm={other}")
    moved = sound.replace("extmap:4 ", "extmap:5 ")
    with pytest.raises(ValueError, match="two ids"):
        read_offer(f"{head}\nm={audio}\nm={camera}\nm={screen}\nm={moved}")
    clash = audio.replace("extmap:3 ", "extmap:4 ")
    with pytest.raises(ValueError, match="one id"):
        read_offer(f"{head}\nm={clash}\nm={camera}\nm={screen}\nm={sound}")


def test_ten_thousand_streams_are_not_even_looked_at() -> None:
    head, *sections = CHROMIUM.strip().replace("\r\n", "\n").split("\nm=")
    with pytest.raises(ValueError, match="too many sections"):
        read_offer("\nm=".join((head, *sections, sections[0])))
    with pytest.raises(ValueError, match="too long"):
        read_offer("v=0\n" + "m=audio 9 UDP/TLS/RTP/SAVPF 0\n" * 10_000)


def test_a_restart_is_like_the_offer_before_it_and_other_streams_are_not() -> None:
    before = read_offer(CHROMIUM)
    restarted = read_offer(CHROMIUM.replace("a=ice-ufrag:mv3A", "a=ice-ufrag:abcd"))
    assert restarted.is_like(before)
    assert restarted.remote != before.remote
    assert not read_offer(FIREFOX).is_like(before)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_text_is_refused_with_a_value_error(text: str) -> None:
    only_value_errors(text)
    only_value_errors(f"v=0\n{text}")


@given(st.data())
def test_a_damaged_offer_is_read_or_refused(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from([CHROMIUM, FIREFOX])).splitlines()
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(["drop", "again", "cut", "change", "swap"]))
        line, other = lines[place], data.draw(st.integers(0, len(lines) - 1))
        if how == "drop":
            lines[place] = ""
        elif how == "again":
            lines.insert(other, line)
        elif how == "swap":
            lines[place], lines[other] = lines[other], line
        elif how == "cut":
            lines[place] = line[: data.draw(st.integers(0, len(line)))]
        else:
            lines[place] = line[:2] + data.draw(st.text(max_size=30))
    only_value_errors("\n".join(line for line in lines if line))


MIDS = st.text("abcdefghij", min_size=2, max_size=2)
SSRCS = st.integers(1, 0xFFFFFFFF)


@given(st.lists(st.tuples(MIDS, st.booleans(), st.booleans(), SSRCS), min_size=1, max_size=8))
def test_what_is_offered_says_what_each_section_carries(
    rows: list[tuple[str, bool, bool, int]],
) -> None:
    sections = []
    for mid, is_audio, carries, ssrc in rows:
        codec = Codec.OPUS if is_audio else Codec.VP8
        rtx = 0 if is_audio else ssrc ^ 1 or 1
        identity = Identity(mid, ssrc, rtx) if carries else None
        sections.append(Offered(mid, codec, identity, "who"))
    described = read(offer(sections, LOCAL, 7, 3), 8)
    for place, (section, meant) in enumerate(zip(described.sections, sections, strict=True)):
        assert section.value("mid") == meant.mid
        assert section.formats[0] == meant.codec.payload_type
        assert bool(section.values("sendonly")) is (meant.identity is not None)
        assert bool(section.values("inactive")) is (meant.identity is None)
        # One transport for all of them.
        assert bool(section.values("ice-ufrag")) is (place == 0)


def test_an_offer_to_a_large_room_fits_into_what_may_wait_for_a_page() -> None:
    sections = [
        Offered(f"{chr(97 + n // 26)}{chr(97 + n % 26)}", Codec.VP8, Identity("aa", 1, 2), "w" * 22)
        for n in range(400)
    ]
    assert len(offer(sections, LOCAL, 7, 3)) < 500_000


def test_an_answer_may_end_before_its_second_section() -> None:
    whole = "\n".join(CHROMIUM.splitlines()) + "\n"
    first = whole.split("\nm=video")[0] + "\n"
    assert read_answer(first) == read_answer(whole)
    assert len(whole) < MAX_LENGTH
