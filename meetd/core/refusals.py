"""Everything the server says no to: a closed list of codes with typed facts.

A refusal is an answer, not a fault. Two places translate it, the WebSocket door and the JSON door,
both with the same code; the page has a sentence for every code, and the TypeScript compiler holds
it to that. Anything else that is raised is a bug.
"""

from dataclasses import dataclass
from typing import Any, ClassVar


class Refusal(Exception):
    """Base of all refusals. ``code`` is its name on the wire; the fields are its facts."""

    code: ClassVar[str]
    status: ClassVar[int]
    """HTTP status at the JSON door."""

    def __init_subclass__(cls, *, status: int = 400, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = cls.__name__
        cls.status = status

    def facts(self) -> dict[str, Any]:
        """The facts as plain JSON data."""
        names = getattr(self, "__dataclass_fields__", {})
        return {name: getattr(self, name) for name in names}


class MessageMalformed(Refusal):
    """Not a message of the protocol: not JSON, unknown type or field, wrong value."""


class NotJoined(Refusal, status=403):
    """The first message of a connection has to be Join."""


class AlreadyJoined(Refusal, status=409):
    """Join came twice on one connection."""


@dataclass(eq=False)
class TooFast(Refusal, status=429):
    """More messages or connections than the limit allows."""

    seconds: float


@dataclass(eq=False)
class NameTooLong(Refusal):
    limit: int


class NameEmpty(Refusal):
    """Nothing visible is left of the name."""


class NoSuchMessage(Refusal, status=404):
    """It was deleted or cleared, or is somebody else's to change."""


@dataclass(eq=False)
class TextTooLong(Refusal):
    limit: int


class TextEmpty(Refusal):
    """Nothing visible is left of the text."""


class RoomNameInvalid(Refusal):
    """Letters, digits, ``-`` and ``_`` only, and not empty."""


@dataclass(eq=False)
class RoomNameTooLong(Refusal):
    limit: int


class RoomNameReserved(Refusal, status=409):
    """The server uses this address itself."""


class RoomNameTaken(Refusal, status=409):
    """Another room has the name, or had it until lately."""


class RoomNotFree(Refusal, status=409):
    """The room belongs to somebody, or people are in it: it cannot be claimed now."""


@dataclass(eq=False)
class TooManyRooms(Refusal, status=409):
    """Nobody needs more rooms of their own, and a server has an end."""

    limit: int


@dataclass(eq=False)
class TooManyOffers(Refusal, status=409):
    """Nobody fills pages of others with rooms to take over, or roles to accept."""

    limit: int


class NoSuchRoom(Refusal, status=404):
    """The room was deleted."""


@dataclass(eq=False)
class RoomFull(Refusal, status=409):
    limit: int


class WayBackInvalid(Refusal, status=403):
    """The token for coming back is not ours, too old, or for another room: join anew."""


class KnockFirst(Refusal, status=403):
    """The room is locked for you, or an admission is not yours, used or over: knock."""


class OtherKeys(Refusal, status=403):
    """An admission, or the seat it led to, is for the keys that knocked, and a seat for those that
    were presented first; these are others."""


class InviteLinkInvalid(Refusal, status=403):
    """The invite link was revoked, has expired or was used up; which of them is not said."""


@dataclass(eq=False)
class TooManyGrants(Refusal, status=409):
    """A room has a list of access that people can still read."""

    limit: int


class NotAHost(Refusal, status=403):
    """Only hosts of this room do that."""


class HostsOnly(Refusal, status=403):
    """Presenter mode or a setting of the room leaves this to hosts."""


class RoomNotOwned(Refusal, status=409):
    """A room without an owner has no door: claim it first."""


class RoomNotLocked(Refusal, status=409):
    """An open room has nobody in its lobby: lock it first."""


class RoomHeld(Refusal, status=409):
    """The room, or its owner, is under a legal hold: until an administrator lifts that, nobody
    deletes it, hands it on or takes anything out of it."""


class HostRoleStands(Refusal, status=409):
    """Owners, and people who were granted *host*, stay hosts; only the owner takes that back."""


class LastingHostsOnly(Refusal, status=403):
    """A role that was handed on, or that a link gives to a visitor, gives nothing that lasts."""


class OfferGone(Refusal, status=410):
    """It was taken back, has run out, or was answered already."""


class NotForSupport(Refusal, status=409):
    """Whoever is here for support keeps the name of the account, and is no host."""


class KnockGone(Refusal, status=404):
    """Nobody with that knock waits any more."""


@dataclass(eq=False)
class KnockAnswered(Refusal, status=409):
    """Another host was first."""

    by: str


@dataclass(eq=False)
class LobbyFull(Refusal, status=409):
    limit: int


class StillInvalid(Refusal):
    """The picture is no JPEG of at most 640 by 640 pixels."""


class NotSignedIn(Refusal, status=401):
    """Nobody is signed in on this connection."""


class NotInMeeting(Refusal, status=403):
    """The key belongs to nobody who is in a meeting now: join, and use the key from there."""


class NoSuchParticipant(Refusal, status=404):
    """The participant that the message names is not in this meeting."""


class NotRelayed(Refusal, status=409):
    """No path of this participant goes through the relay, or not any more."""


@dataclass(eq=False)
class RelayFull(Refusal, status=503):
    """The relay carries as much as it may, in this room or on this server; ``limit`` of the setting
    that is in the way."""

    limit: int


class RelayOfferInvalid(Refusal):
    """The description is not one that the relay can use."""


@dataclass(eq=False)
class ImageTooLarge(Refusal, status=413):
    """More bytes or more pixels than are taken."""

    megabytes: int
    megapixels: int


class ImageUnreadable(Refusal, status=415):
    """Not a PNG, JPEG, WebP or GIF, or damaged."""


class ImagesBusy(Refusal, status=503):
    """Too many images are being made ready; try again in a moment."""


@dataclass(eq=False)
class FileTooLarge(Refusal, status=413):
    """``limit`` in bytes."""

    limit: int


class FileNameInvalid(Refusal):
    """Nothing of the name is left to show."""


@dataclass(eq=False)
class RoomContentFull(Refusal, status=413):
    """``limit`` and what is ``used`` in bytes."""

    limit: int
    used: int


@dataclass(eq=False)
class ServerContentFull(Refusal, status=507):
    """All rooms together hold what the server was set to hold: ``limit`` bytes."""

    limit: int


@dataclass(eq=False)
class TooManyItems(Refusal, status=409):
    """Of shared content in one room."""

    limit: int


@dataclass(eq=False)
class TooManyUploads(Refusal, status=429):
    """At a time, from one address."""

    limit: int


class NoSuchItem(Refusal, status=404):
    """It was removed from the room."""


class ItemDamaged(Refusal, status=500):
    """The file on the server's disk is not what was put there."""


class NotPresenting(Refusal, status=409):
    """Somebody else presents now, or something else is shown."""


@dataclass(eq=False)
class TooManyOpened(Refusal, status=409):
    """Items at a time."""

    limit: int


class NoSuchBoard(Refusal, status=404):
    """It was removed from the room."""


class NoSuchSnapshot(Refusal, status=404):
    """Newer ones took its place."""


@dataclass(eq=False)
class TooManyBoards(Refusal, status=409):
    """In one room."""

    limit: int


@dataclass(eq=False)
class BoardFull(Refusal, status=413):
    """``limit`` in bytes."""

    limit: int


@dataclass(eq=False)
class DrawingTooLarge(Refusal, status=413):
    """``limit`` in bytes of one update."""

    limit: int


class DrawingInvalid(Refusal):
    """Not an update of this board, or one that goes on from what the board does not have."""


class NoSuchUpload(Refusal, status=404):
    """It was finished, given up, or left alone for too long: begin anew."""


@dataclass(eq=False)
class UploadElsewhere(Refusal, status=409):
    """The upload goes on at ``offset`` bytes, not where the request has it."""

    offset: int


class UploadBusy(Refusal, status=423):
    """Another request is adding to this upload."""


class UploadTooLong(Refusal, status=413):
    """More bytes came than the upload was begun with."""


class ChecksumWrong(Refusal, status=460):
    """The bytes are not those that were sent; none of the request was kept."""


class StorageFull(Refusal, status=507):
    """The disk is full; nothing was kept."""


class StorageFailed(Refusal, status=500):
    """The database could not keep it; nothing was kept."""


@dataclass(eq=False)
class ServerFault(Refusal, status=500):
    """A bug of ours, logged under this id."""

    incident: str


class ServerStopping(Refusal, status=503):
    """The server is going down; come back in a moment."""


REFUSALS: tuple[type[Refusal], ...] = (
    MessageMalformed,
    NotJoined,
    AlreadyJoined,
    TooFast,
    NameTooLong,
    NameEmpty,
    TextTooLong,
    NoSuchMessage,
    TextEmpty,
    RoomNameInvalid,
    RoomNameTooLong,
    RoomNameReserved,
    RoomNameTaken,
    RoomNotFree,
    TooManyRooms,
    TooManyOffers,
    NoSuchRoom,
    RoomFull,
    WayBackInvalid,
    KnockFirst,
    OtherKeys,
    InviteLinkInvalid,
    TooManyGrants,
    NotAHost,
    HostsOnly,
    RoomNotOwned,
    RoomNotLocked,
    RoomHeld,
    HostRoleStands,
    LastingHostsOnly,
    OfferGone,
    NotForSupport,
    KnockGone,
    KnockAnswered,
    LobbyFull,
    StillInvalid,
    NotSignedIn,
    NotInMeeting,
    NoSuchParticipant,
    NotRelayed,
    RelayFull,
    RelayOfferInvalid,
    ImageTooLarge,
    ImageUnreadable,
    ImagesBusy,
    FileTooLarge,
    FileNameInvalid,
    RoomContentFull,
    ServerContentFull,
    TooManyItems,
    TooManyUploads,
    NoSuchItem,
    ItemDamaged,
    NotPresenting,
    TooManyOpened,
    NoSuchBoard,
    NoSuchSnapshot,
    TooManyBoards,
    BoardFull,
    DrawingTooLarge,
    DrawingInvalid,
    NoSuchUpload,
    UploadElsewhere,
    UploadBusy,
    UploadTooLong,
    ChecksumWrong,
    StorageFull,
    StorageFailed,
    ServerFault,
    ServerStopping,
)
"""The closed list; a test holds it equal to the subclasses of Refusal."""
