"""The server offers what a page may receive; the page answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.subscription import Identity
from meetd.relay.negotiation import terms
from meetd.relay.negotiation.connection import Local, Remote, opening, read_remote, written
from meetd.relay.negotiation.reading import read_first


@dataclass(frozen=True, slots=True)
class Offered:
    """One section, which stays where it is for as long as the connection lasts.

    ``identity``: what is sent in it, None while that is nothing. Streams of one ``group`` are
    played in step.
    """

    mid: str
    codec: Codec
    identity: Identity | None = None
    group: str = "-"


def offer(sections: Sequence[Offered], local: Local, session: int, version: int) -> str:
    """The first section carries the transport of all (RFC 9143, 7.2.1)."""
    lines = opening(local, session, version, (section.mid for section in sections))
    for place, section in enumerate(sections):
        lines += _section(section, local if place == 0 else None)
    return written(lines)


def read_answer(sdp: str) -> Remote:
    """The page's side of the connection, which the first section tells. Raises: ValueError."""
    return read_remote(read_first(sdp))


def _section(section: Offered, local: Local | None) -> list[str]:
    codec, rtx = section.codec, section.codec.rtx_payload_type
    numbers = f"{codec.payload_type} {rtx}" if rtx else codec.payload_type
    port, transport = (0, ["a=bundle-only"]) if local is None else (9, local.lines("actpass"))
    return [
        f"m={terms.kind_of(codec)} {port} UDP/TLS/RTP/SAVPF {numbers}",
        "c=IN IP4 0.0.0.0",
        *transport,
        f"a=mid:{section.mid}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *terms.codec_lines(codec, codec.payload_type, rtx),
        *(
            f"a=extmap:{number} {uri}"
            for uri, number in terms.CANONICAL_IDS.items()
            if uri != terms.AUDIO_LEVEL or codec.is_audio
        ),
        *_stream(section),
    ]


def _stream(section: Offered) -> list[str]:
    """RFC 8830 and 5576: which packets are this stream."""
    identity = section.identity
    if identity is None:
        return ["a=inactive"]
    lines = ["a=sendonly", f"a=msid:{section.group} {section.mid}"]
    if identity.rtx_ssrc:
        lines.append(f"a=ssrc-group:FID {identity.ssrc} {identity.rtx_ssrc}")
    ssrcs = [ssrc for ssrc in (identity.ssrc, identity.rtx_ssrc) if ssrc]
    return [*lines, *(f"a=ssrc:{ssrc} cname:{terms.CNAME}" for ssrc in ssrcs)]
