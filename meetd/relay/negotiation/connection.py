"""How two sides find each other and who they are: the part of a description that is the same for
all of its sections, because they are bundled (RFC 9143)."""

from collections.abc import Iterable
from dataclasses import dataclass

from meetd.relay.negotiation.reading import Described, only
from meetd.relay.transport.candidates import Candidate
from meetd.relay.transport.ice import IceParameters


@dataclass(frozen=True, slots=True)
class Remote:
    """The page's side. ``fingerprints``: pairs of hash and value."""

    ice: IceParameters
    fingerprints: tuple[tuple[str, str], ...]
    setup: str


@dataclass(frozen=True, slots=True)
class Local:
    """The server's side."""

    ice: IceParameters
    fingerprint: str
    candidates: tuple[Candidate, ...]

    def lines(self, setup: str) -> list[str]:
        """Attributes of a section. The candidates are all there are: nothing trickles."""
        return [
            f"a=ice-ufrag:{self.ice.ufrag}",
            f"a=ice-pwd:{self.ice.pwd}",
            f"a=setup:{setup}",
            *(f"a=candidate:{candidate.to_sdp()}" for candidate in self.candidates),
            "a=end-of-candidates",
        ]


def read_remote(described: Described) -> Remote:
    """Of the first section, which carries the bundle. What the transport checks is only found here.

    Raises: ValueError.
    """
    if not described.sections:
        raise ValueError("no section")
    first = described.sections[0].attributes
    attributes = {**described.attributes, **first}
    if "rtcp-mux" not in first:
        raise ValueError("no rtcp-mux: there is one port for all")
    fingerprints = tuple(_fingerprint(value) for value in attributes.get("fingerprint", ()))
    ice = IceParameters(only(attributes, "ice-ufrag"), only(attributes, "ice-pwd"))
    return Remote(ice, fingerprints, only(attributes, "setup"))


def _fingerprint(value: str) -> tuple[str, str]:
    algorithm, separator, digest = value.partition(" ")
    if not separator:
        raise ValueError("a fingerprint that is none")
    return algorithm, digest


def opening(local: Local, session: int, version: int, mids: Iterable[str]) -> list[str]:
    """The lines before the first section (RFC 8866, 5; RFC 8829, 5.2.1). ``session`` names the
    connection, ``version`` grows with each description of it.

    The fingerprint is here for all sections: Firefox ESR 153 crashes where one has none.
    """
    return [
        "v=0",
        f"o=- {session} {version} IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=msid-semantic:WMS *",
    ]


def written(lines: Iterable[str]) -> str:
    """The description as text."""
    return "\r\n".join([*lines, ""])
