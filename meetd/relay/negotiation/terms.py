"""What both directions say about codecs and header extensions."""

from typing import Final

from meetd.relay.forwarding.codec import Codec
from meetd.relay.rtp import extensions

AUDIO_LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"

CNAME: Final = "meetd"
"""Of everything that leaves (RFC 3550, 6.5.1)."""

CANONICAL_IDS: Final = {
    AUDIO_LEVEL: extensions.AUDIO_LEVEL,
    ABS_SEND_TIME: extensions.ABS_SEND_TIME,
    TRANSPORT_CC: extensions.TRANSPORT_CC,
    MID: extensions.MID,
}
"""Of what leaves this server."""

NAMES: Final = {Codec.OPUS: "opus/48000/2", Codec.VP8: "VP8/90000"}
"""As ``a=rtpmap`` has them. Codecs that are not here are not relayed: of encrypted frames only
those of VP8 have clear bytes that show where one may begin to watch."""

_OPUS: Final = "minptime=10;useinbandfec=1;stereo=1"
_FEEDBACK: Final = {
    "audio": ("transport-cc",),
    "video": ("transport-cc", "ccm fir", "nack", "nack pli"),
}


def kind_of(codec: Codec) -> str:
    return "audio" if codec.is_audio else "video"


def codec_lines(codec: Codec, payload_type: int, rtx: int) -> list[str]:
    """``rtx``: payload type of retransmissions (RFC 4588), 0 without."""
    lines = [f"a=rtpmap:{payload_type} {NAMES[codec]}"]
    if codec is Codec.OPUS:
        lines.append(f"a=fmtp:{payload_type} {_OPUS}")
    lines += [f"a=rtcp-fb:{payload_type} {name}" for name in _FEEDBACK[kind_of(codec)]]
    if rtx:
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={payload_type}"]
    return lines
