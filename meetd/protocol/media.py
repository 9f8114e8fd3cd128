"""Direct media between two participants: what their browsers tell each other (RFC 8829, RFC 8838),
and how the path between them is doing. The server passes signals on and reads none."""

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


PathState = Literal["connecting", "connected", "failed"]


class ReportPath(Command, frozen=True, kw_only=True):
    """Tell how the path to a participant is doing, whenever that changes."""

    participant: Id
    state: PathState


class PathChanged(Event, frozen=True, kw_only=True):
    """How media between you and ``participant`` travels. Sent to both ends."""

    participant: Id
    path: Literal["direct"]
    state: PathState
