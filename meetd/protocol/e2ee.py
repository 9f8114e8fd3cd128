"""Keys for end-to-end encrypted media. The server announces who has which public keys, and passes
what members wrap for each other; it can read none of it and keeps none of it. See
docs/encryption.md."""

from typing import Annotated

from msgspec import Meta

from meetd.protocol.base import Command, Event, Id, Value

PublicKey = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z", description="32 bytes in base64url.")
]
Signature = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{86}\Z", description="64 bytes in base64url.")
]
Epoch = Annotated[int, Meta(ge=0, le=2**32 - 1)]
RosterHash = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z", description="SHA-256 in base64url.")
]
Wrapped = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{59}\Z", description="44 bytes in base64url.")
]
Proof = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{38}\Z", description="28 bytes in base64url.")]


class DeviceProof(Value, frozen=True, kw_only=True):
    """A key that a browser keeps for an account vouches for those of its page. Whoever met it knows
    it again; the server need not be believed."""

    key: PublicKey
    """Ed25519 (RFC 8032)."""
    signature: Signature
    """By ``key``, over the page's ``sign_key``, the meeting and the participant."""


class MemberKeys(Value, frozen=True, kw_only=True):
    """The public keys of one page. What the server says of them is checked by every page."""

    leaf: Annotated[int, Meta(ge=0, le=255)]
    """Names the keys in every frame. Another one whenever a participant presents other keys."""
    sign_key: PublicKey
    """Ed25519 (RFC 8032)."""
    dh_key: PublicKey
    """X25519 (RFC 7748)."""
    signature: Signature
    """By ``sign_key``, over ``dh_key``, the meeting and the participant."""
    device: DeviceProof | None = None
    """Of somebody who is signed in and wants to be known again."""


class PresentKeys(Command, frozen=True, kw_only=True):
    """Announce the page's public keys to everybody in the meeting. The same ones again change
    nothing."""

    sign_key: PublicKey
    dh_key: PublicKey
    signature: Signature
    device: DeviceProof | None = None


class WrappedKey(Value, frozen=True, kw_only=True):
    """A sender key, for one member."""

    to: Id
    wrapped: Wrapped
    signature: Signature


class WrapKeys(Command, frozen=True, kw_only=True):
    """Give one's sender key to other members. Whoever is not there any more is passed over."""

    epoch: Epoch
    roster_hash: RosterHash
    """Of the members whom the key is made for."""
    keys: Annotated[tuple[WrappedKey, ...], Meta(max_length=255)]


class AcknowledgeKey(Command, frozen=True, kw_only=True):
    """Tell a member that their key has come."""

    to: Id
    epoch: Epoch
    proof: Proof
    """Over the key, under what the two share: the server can make none."""


class KeyPlease(Command, frozen=True, kw_only=True):
    """Ask a member for their key: it has not come, or was made for other people."""

    to: Id


class KeysWrapped(Event, frozen=True, kw_only=True):
    """What ``sender`` wrapped for you; the server filled in who it was."""

    sender: Id
    epoch: Epoch
    roster_hash: RosterHash
    wrapped: Wrapped
    signature: Signature


class KeyAcknowledged(Event, frozen=True, kw_only=True):
    sender: Id
    epoch: Epoch
    proof: Proof


class KeyAsked(Event, frozen=True, kw_only=True):
    sender: Id
