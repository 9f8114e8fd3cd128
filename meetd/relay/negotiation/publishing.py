"""A page offers what it sends; the server answers how to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from meetd.relay.forwarding.codec import Codec
from meetd.relay.forwarding.publisher import Agreed, Format
from meetd.relay.negotiation import terms
from meetd.relay.negotiation.connection import Local, Remote, opening, read_remote, written
from meetd.relay.negotiation.reading import Section, read
from meetd.relay.rtp.extensions import ExtensionIds

CODECS: Final = (Codec.OPUS, Codec.VP8, Codec.VP8, Codec.OPUS)
"""Microphone, camera, screen, screen sound: the sections of every offer, in this order."""
MAX_LAYERS: Final = 3
_EXTENSION: Final = re.compile(r"(\d{1,3})(?:/\w+)? (\S+)(?: .*)?", re.ASCII)
_RTPMAP: Final = re.compile(r"(\d{1,3}) (\S+)", re.ASCII)
_APT: Final = re.compile(r"(\d{1,3}) apt=(\d{1,3})", re.ASCII)
_MID: Final = re.compile(r"[!-~]{1,16}", re.ASCII)
_RID: Final = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)
_ONE_BYTE_IDS: Final = range(1, 15)
"""RFC 8285, 4.2; browsers offer no others as long as these suffice."""
_DYNAMIC: Final = range(35, 128)
"""Payload types that are nothing else and that RTCP is not mistaken for (RFC 5761, 4); 64 to 95
are taken out below."""
_NOT_WITH_RTCP: Final = range(64, 96)


@dataclass(frozen=True, slots=True)
class Sent:
    """One section. ``rids``: of simulcast layers from the smallest up, ``("",)`` for one layer;
    ``rtx``: payload type of retransmissions, 0 without."""

    mid: str
    codec: Codec
    payload_type: int
    rtx: int
    rids: tuple[str, ...]
    extensions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page wants to send, as far as this server takes it."""

    remote: Remote
    sections: tuple[Sent, ...]
    agreed: Agreed

    def is_like(self, other: "Offer") -> bool:
        """The same streams with the same numbers: only the way to the page may be another."""
        return self.sections == other.sections


def read_offer(sdp: str) -> Offer:
    """Raises: ValueError."""
    described = read(sdp, len(CODECS))
    if len(described.sections) != len(CODECS):
        raise ValueError("not the four sections")
    pairs = zip(described.sections, CODECS, strict=True)
    sections = tuple(_read_section(section, codec) for section, codec in pairs)
    if len({section.mid for section in sections}) != len(sections):
        raise ValueError("two sections have one mid")
    return Offer(read_remote(described), sections, Agreed(_formats(sections), _ids(sections)))


def answer(offer: Offer, local: Local, session: int, version: int) -> str:
    """Takes everything, as the passive side of DTLS and the lite side of ICE."""
    lines = opening(local, session, version, (section.mid for section in offer.sections))
    for section in offer.sections:
        lines += _answer_section(section, local)
    return written(lines)


def _read_section(section: Section, codec: Codec) -> Sent:
    if section.kind != terms.kind_of(codec):
        raise ValueError("a section of another kind")
    mid = section.value("mid")
    if not _MID.fullmatch(mid):
        raise ValueError("a mid that is none")
    payload_type = _payload_type(section, terms.NAMES[codec])
    rtx = 0 if codec.is_audio else _rtx_of(section, payload_type)
    ids = _extensions(section)
    rids = ("",) if codec.is_audio else _rids(section)
    if terms.MID not in ids or (rids != ("",) and terms.RID not in ids):
        raise ValueError("streams cannot be told apart without mid and rid")
    return Sent(mid, codec, payload_type, rtx, rids, ids)


def _payload_type(section: Section, name: str) -> int:
    """The page's first format of that name."""
    for value in section.values("rtpmap"):
        found = _RTPMAP.fullmatch(value)
        if found and found[2].lower() == name.lower():
            return _check_format(section, int(found[1]))
    raise ValueError(f"no {name}")


def _rtx_of(section: Section, payload_type: int) -> int:
    for value in section.values("fmtp"):
        found = _APT.fullmatch(value)
        if found and int(found[2]) == payload_type:
            return _check_format(section, int(found[1]))
    return 0


def _check_format(section: Section, payload_type: int) -> int:
    is_usable = payload_type in _DYNAMIC and payload_type not in _NOT_WITH_RTCP
    if payload_type not in section.formats or not is_usable:
        raise ValueError("a payload type that cannot be used")
    return payload_type


def _extensions(section: Section) -> dict[str, int]:
    """Those that the server wants, with the page's ids."""
    wanted = {*terms.CANONICAL_IDS, terms.RID, terms.REPAIRED_RID} - {terms.ABS_SEND_TIME}
    found: dict[str, int] = {}
    for value in section.values("extmap"):
        match = _EXTENSION.fullmatch(value)
        if match and match[2] in wanted and int(match[1]) in _ONE_BYTE_IDS:
            found[match[2]] = int(match[1])
    if len(set(found.values())) != len(found):
        raise ValueError("two extensions have one id")
    return found


def _rids(section: Section) -> tuple[str, ...]:
    """RFC 8853: what is sent in layers. One format for each is all that there is here."""
    if not section.values("simulcast"):
        return ("",)
    direction, _, names = section.value("simulcast").partition(" ")
    rids = tuple(name.removeprefix("~") for name in names.split(" ")[0].split(";"))
    known = {value.partition(" ")[0] for value in section.values("rid")}
    are_good = all(_RID.fullmatch(rid) and rid in known for rid in rids)
    if direction != "send" or len(set(rids)) != len(rids) or len(rids) > MAX_LAYERS:
        raise ValueError("simulcast that is not ours")
    if not are_good:
        raise ValueError("a rid that is none")
    return rids


def _formats(sections: tuple[Sent, ...]) -> dict[int, Format]:
    """Payload types of a bundle mean one thing each (RFC 9143, 9.1)."""
    formats: dict[int, Format] = {}
    for section in sections:
        own = {section.payload_type: Format(section.codec)}
        if section.rtx:
            own[section.rtx] = Format(section.codec, is_rtx=True)
        for number, meaning in own.items():
            if formats.setdefault(number, meaning) != meaning:
                raise ValueError("a payload type has two meanings")
    return formats


def _ids(sections: tuple[Sent, ...]) -> ExtensionIds:
    """Nor do ids of extensions mean more than one thing."""
    ids: dict[str, int] = {}
    for section in sections:
        for uri, number in section.extensions.items():
            if ids.setdefault(uri, number) != number:
                raise ValueError("an extension has two ids")
    if len(set(ids.values())) != len(ids):
        raise ValueError("two extensions have one id")
    return ExtensionIds(
        audio_level=ids.get(terms.AUDIO_LEVEL, 0),
        transport_cc=ids.get(terms.TRANSPORT_CC, 0),
        mid=ids.get(terms.MID, 0),
        rid=ids.get(terms.RID, 0),
        repaired_rid=ids.get(terms.REPAIRED_RID, 0),
    )


def _answer_section(section: Sent, local: Local) -> list[str]:
    numbers = f"{section.payload_type} {section.rtx}" if section.rtx else section.payload_type
    lines = [
        f"m={terms.kind_of(section.codec)} 9 UDP/TLS/RTP/SAVPF {numbers}",
        "c=IN IP4 0.0.0.0",
        *local.lines("passive"),
        f"a=mid:{section.mid}",
        "a=recvonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *terms.codec_lines(section.codec, section.payload_type, section.rtx),
        *(f"a=extmap:{number} {uri}" for uri, number in section.extensions.items()),
    ]
    if section.rids != ("",):
        lines += [f"a=rid:{rid} recv" for rid in section.rids]
        lines.append(f"a=simulcast:recv {';'.join(section.rids)}")
    return lines
