"""What the load client says about itself: enough of SDP for one camera."""

from collections.abc import Sequence

from meetd.relay.negotiation import terms
from scripts.benchmarks.relay.peer import Peer
from tests.relay.checks import BROWSER

VIDEO = 96
_OPUS = 111
_RTX = 97
ABS_SEND_TIME, TRANSPORT_CC, MID = 2, 3, 4
IDS = {terms.ABS_SEND_TIME: ABS_SEND_TIME, terms.TRANSPORT_CC: TRANSPORT_CC, terms.MID: MID}
"""As Chromium gives them, which the relay's own are the same as."""


def described(sections: Sequence[str]) -> str:
    """A whole description."""
    mids = " ".join(str(place) for place in range(len(sections)))
    head = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {mids}"]
    return "\r\n".join([*head, *sections, ""])


def video(peer: Peer, mid: int | str, direction: str, setup: str = "active") -> str:
    """A section of VP8 with RTX and the feedback that browsers ask for."""
    feedback = ("transport-cc", "ccm fir", "nack", "nack pli")
    return _section(
        peer,
        f"m=video 9 UDP/TLS/RTP/SAVPF {VIDEO} {_RTX}",
        mid,
        direction,
        setup,
        [
            f"a=rtpmap:{VIDEO} VP8/90000",
            *(f"a=rtcp-fb:{VIDEO} {name}" for name in feedback),
            f"a=rtpmap:{_RTX} rtx/90000",
            f"a=fmtp:{_RTX} apt={VIDEO}",
        ],
    )


def audio(peer: Peer, mid: int | str, direction: str, setup: str = "active") -> str:
    """A section of Opus."""
    lines = [f"a=rtpmap:{_OPUS} opus/48000/2", f"a=rtcp-fb:{_OPUS} transport-cc"]
    return _section(peer, f"m=audio 9 UDP/TLS/RTP/SAVPF {_OPUS}", mid, direction, setup, lines)


def _section(
    peer: Peer, media: str, mid: int | str, direction: str, setup: str, lines: list[str]
) -> str:
    return "\r\n".join(
        [
            media,
            "c=IN IP4 0.0.0.0",
            f"a=ice-ufrag:{BROWSER.ufrag}",
            f"a=ice-pwd:{BROWSER.pwd}",
            f"a=fingerprint:{peer.fingerprint}",
            f"a=setup:{setup}",
            f"a=candidate:{peer.candidate}",
            "a=end-of-candidates",
            f"a=mid:{mid}",
            f"a={direction}",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            *lines,
            *(f"a=extmap:{number} {uri}" for uri, number in IDS.items()),
        ]
    )
