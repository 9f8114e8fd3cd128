"""Media between two participants: what their browsers tell each other for the direct path
(RFC 8829, RFC 8838), and which path there is and how it does. The server passes signals on and
reads none."""

from typing import Annotated, Literal

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, Value

ConnectionId = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9_-]{8,32}\Z", description="Names one RTCPeerConnection of one page."),
]
Sdp = Annotated[str, Meta(max_length=48_000)]


class Description(Value, frozen=True, kw_only=True):
    """An RTCSessionDescription."""

    type: Literal["offer", "answer"]
    sdp: Sdp


class Candidate(Value, frozen=True, kw_only=True):
    """An RTCIceCandidate. An empty ``candidate`` ends the candidates."""

    candidate: Annotated[str, Meta(max_length=1_024)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=255)] | None = None
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class Signal(Command, frozen=True, kw_only=True):
    """Pass a description or a candidate on to one participant."""

    to: Id
    connection: ConnectionId
    """The sender's connection. A new one here tells the other side to start anew too."""
    description: Description | None = None
    candidate: Candidate | None = None


class SignalReceived(Event, frozen=True, kw_only=True):
    """What ``sender`` sent with ``Signal``; the server filled in who it was."""

    sender: Id
    connection: ConnectionId
    description: Description | None = None
    candidate: Candidate | None = None


PathKind = Literal["direct", "relayed"]
PathState = Literal["connecting", "connected", "failed"]
WhyPath = Literal["", "failed", "degraded", "crowd", "setting"]


class ReportPath(Command, frozen=True, kw_only=True):
    """Tell how a path to a participant is doing, whenever that changes.

    ``connected``: media of theirs arrives and can be shown. ``degraded``: it has been too bad for
    long. While media moves from one path to the other, both are reported.
    """

    participant: Id
    path: PathKind = "direct"
    state: Literal["connecting", "connected", "degraded", "failed"]


class PathChanged(Event, frozen=True, kw_only=True):
    """How media between you and ``participant`` travels. Sent to both ends.

    A page keeps what it had until the path named here is ``connected``, and ends it then.
    """

    participant: Id
    path: PathKind
    state: PathState
    why: WhyPath = ""
    """Why it is relayed: the direct path failed or was bad, there are too many people for direct
    paths, or the server relays always."""
