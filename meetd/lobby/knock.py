"""What a knock is."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from meetd.core.text import clean_line
from meetd.protocol.door import DoorKind, Knocker, KnockState, KnownBy

Stay = Literal["once", "meeting", "always"]
"""For how long somebody is admitted."""

MAX_MESSAGE = 300
"""Code points of the message to the host."""


@dataclass(frozen=True)
class Door:
    """Where people knock. ``id``: of the room, or ``new:`` and the name of one that nobody opened
    yet; of the account or team that receives there, or ``nobody:`` and a name that is nobody's."""

    id: str
    kind: DoorKind
    name: str

    @property
    def key(self) -> str:
        """One spelling for both kinds."""
        return f"{self.kind}:{self.id}"

    @property
    def is_nobodys(self) -> bool:
        """A reception under a name that is nobody's."""
        return self.kind == "reception" and self.id.startswith("nobody:")


class Words(msgspec.Struct, frozen=True):
    """What a knock says; encrypted at rest."""

    door: str
    """Name of the room or reception."""
    name: str
    message: str
    invited: str
    """Label of what was granted to them here, although they have to knock."""
    known: KnownBy | None = None
    """What that is."""
    sign_key: str | None = None
    """Of the page that knocks; ``None`` when it cannot encrypt."""


@dataclass(frozen=True)
class Knock:
    """One knock at one door. Times in milliseconds since the epoch."""

    id: str
    door: Door
    words: Words
    account_id: str | None
    knocked_at: int
    state: KnockState = "waiting"
    told: bool = False
    has_still: bool = False
    away: bool = False
    network: str = ""
    """Where it came from, for limits; not kept."""
    admitted_to: str | None = None
    """Id of the room that an admission opens."""
    room_name: str = ""
    """Its name."""
    admitted_for: Stay | None = None
    entered_as: str | None = None
    """The participant they became by it, whose page has not said anything yet."""

    @property
    def waits(self) -> bool:
        return self.state in {"waiting", "asked to wait"}

    def seen_by_host(self, *, may_grant: bool) -> Knocker:
        """As a host sees it, who may admit for always or not. User names and addresses that an
        owner granted something to are for those only who see that list."""
        is_shown = may_grant or self.words.known == "link"
        return Knocker(
            id=self.id,
            kind=self.door.kind,
            door=self.door.name,
            name=self.words.name,
            message=self.words.message,
            has_still=self.has_still,
            knocked_at=self.knocked_at,
            signed_in=self.account_id is not None,
            known=self.words.known if is_shown else None,
            invited=self.words.invited if is_shown else "",
            asked_to_wait=self.state == "asked to wait",
            away=self.away,
            may_always=may_grant,
            sign_key=self.words.sign_key,
        )


def clean_knock_message(raw: str) -> str:
    """On one line; may be empty. Raises: TextTooLong."""
    return clean_line(raw, MAX_MESSAGE)
