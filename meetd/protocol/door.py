"""The door of a room: who knocks, who answers. Knockers and hosts each have a connection of their
own for it; nothing here needs a meeting."""

from typing import Annotated, Literal

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, Millis, Ref, Value
from meetd.protocol.e2ee import PublicKey

AccessKey = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{20,64}\Z",
        description="The secret of an invite link, from the fragment of the address.",
    ),
]
PlaceKey = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z", description="The knocker's own proof of a knock."),
]
VisitorKey = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{43}\Z",
        description="By which a browser without an account finds again what it left on the server.",
    ),
]
RoomName = Annotated[str, Meta(max_length=256)]
DoorKind = Literal["room", "reception"]
KnockState = Literal[
    "waiting", "asked to wait", "admitted", "room full", "turned away", "lapsed", "deleted"
]
KnownBy = Literal["account", "email", "link"]
Answer = Literal["admit once", "admit for meeting", "always admit", "ask to wait", "turn away"]


class Look(Command, frozen=True, kw_only=True):
    """The first message of somebody before a door. Answered by ``DoorSeen``, which comes again
    whenever the door changes; with a ``place`` that still stands, by ``KnockSeen`` as well."""

    kind: DoorKind = "room"
    name: RoomName
    """Of the room, or the user name of whose reception it is, as in the address."""
    key: AccessKey | None = None
    way_back: Annotated[str, Meta(max_length=1_024)] | None = None
    """From the last ``Welcome``."""
    place: PlaceKey | None = None
    """From the last ``KnockSeen``."""


class DoorSeen(Event, frozen=True, kw_only=True):
    """How the door stands for you. ``ref`` is 0 when it changed by itself."""

    ref: Ref
    opens: Literal["join", "knock"]
    """What to do next: ``Join`` on a connection of its own, or ``Knock`` on this one."""
    host_present: bool
    greeting: str
    """What the owner wrote for whoever waits; may be empty."""
    picture: str
    """Path of the waiting-room picture; may be empty."""
    name: str
    """Your name where the server knows it, else empty."""
    link_invalid: bool
    """The invite link you came with was revoked, has expired or was used up."""


class Knock(Command, frozen=True, kw_only=True):
    """Ask to be let in, or change what one's knock says. Answered by ``KnockSeen``. Said again with
    the same ``place``, because the answer was lost, it is the same knock."""

    place: PlaceKey | None = None
    """Made by the page from 256 random bits and kept before it knocks; ``null``: the server makes
    it. Of a knock of one's own that waits already it changes nothing."""
    name: Annotated[str, Meta(max_length=8_192)]
    message: Annotated[str, Meta(max_length=8_192)] = ""
    still: Annotated[bytes, Meta(max_length=24_000)] | None = None
    """A JPEG of the camera, base64; only ever sent on a click. ``null`` takes it away."""
    sign_key: PublicKey | None = None
    """Of the page that knocks, and the only one that an admission lets in. It never changes: with
    another one the knock is refused with ``OtherKeys``. ``null``: a page that cannot encrypt."""
    visitor: VisitorKey | None = None
    """As in ``Join``."""


class StopKnocking(Command, frozen=True, kw_only=True):
    """Give the place up."""


class KnockSeen(Event, frozen=True, kw_only=True):
    """How a knock stands. ``ref`` is 0 when it changed by itself."""

    ref: Ref
    place: PlaceKey
    """Keep it: ``Look`` with it comes back to the same place, ``Join`` with it enters."""
    state: KnockState
    ahead: int
    """How many wait before you."""
    knocked_at: Millis
    host_present: bool
    told: bool
    """At a room: a mail or a notification is on its way to somebody who can answer. At a reception:
    whoever receives there is told, if there is anybody and they want to be; the same for names that
    are nobody's, so that nobody learns which are."""
    room: str
    """The room to join, once admitted."""
    key: AccessKey | None = None
    """With *always admit* for somebody without account: keep it, it opens the door from now on."""
    now: Millis


class Watch(Command, frozen=True, kw_only=True):
    """The first message of a host who is signed in and not necessarily in a room: tell me who
    knocks, at every door that is mine to answer. Answered by ``DoorsWatched``; hosts in a meeting
    get the same for their room without asking."""


class Knocker(Value, frozen=True, kw_only=True):
    """Somebody who knocks, as hosts see it."""

    id: Id
    kind: DoorKind
    door: str
    """Name of the room or reception."""
    name: str
    message: str
    has_still: bool
    knocked_at: Millis
    signed_in: bool
    """Has an account here; the name may still be another one."""
    known: KnownBy | None
    """What was granted to them here, although they have to knock."""
    invited: str
    """Label of that: of the invite link they came with, which may be empty; the user name; the
    e-mail address. User names and addresses only with ``may_always``."""
    asked_to_wait: bool
    away: bool
    """Left the page; keeps the place for a while and learns the answer on coming back."""
    may_always: bool
    """You may admit them for always. Not with a role that was handed on in the meeting, or that a
    visitor without account has by a link: that is refused with ``LastingHostsOnly``."""
    sign_key: PublicKey | None = None
    """Whom an answer lets in. Hosts see its fingerprint."""


class KnockerGone(Value, frozen=True, kw_only=True):
    """A knock that no longer waits."""

    id: Id
    why: Literal["admitted", "turned away", "stopped", "lapsed"]
    by: str
    """Name of the host who answered; empty when nobody did."""


class DoorsWatched(Event, frozen=True, kw_only=True):
    """Who waits at these doors; forget what was known before. Of a crowd these are the first, and
    the others follow with ``KnocksChanged``."""

    ref: Ref
    knockers: tuple[Knocker, ...]
    """In the order of knocking."""
    now: Millis


class KnocksChanged(Event, frozen=True, kw_only=True):
    """What changed since, at most four times a second; of much at once, the rest comes with the
    next."""

    changed: tuple[Knocker, ...]
    gone: tuple[KnockerGone, ...]


class AnswerKnock(Command, frozen=True, kw_only=True):
    """Answer a knock; answered by ``AnswerTaken``. The first answer counts, a later one is refused
    with ``KnockAnswered``."""

    knock: Id
    answer: Answer
    room: RoomName | None = None
    """At a reception: the room to send them to. ``null``: a new one."""


class AnswerTaken(Event, frozen=True, kw_only=True):
    """The answer counts."""

    ref: Ref
    room: str
    """Name of the room that the knocker was sent to; empty when they were not admitted."""
    full: bool
    """There is no seat for them now: they wait at the door, and come in when there is one."""


class AdmitAll(Command, frozen=True, kw_only=True):
    """Admit everybody who waits at that room's door, once. Answered by ``AnswerTaken``."""

    door: RoomName


class LoadStill(Command, frozen=True, kw_only=True):
    """Fetch the picture of a knocker. Answered by ``StillLoaded``."""

    knock: Id


class StillLoaded(Event, frozen=True, kw_only=True):
    ref: Ref
    still: bytes
    """JPEG, base64."""
