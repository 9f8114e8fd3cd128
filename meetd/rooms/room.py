"""A room at rest."""

from dataclasses import dataclass, field

from meetd.protocol.hosting import Room as PublicRoom
from meetd.protocol.people import Sharing


@dataclass(frozen=True)
class RoomSettings:
    """What an owner decides once. ``participant_limit``: ``None`` for the server's own."""

    participant_limit: int | None = None
    share: Sharing = "everybody"
    chat: Sharing = "everybody"
    draw: Sharing = "everybody"
    greeting: str = ""
    """What people read who wait at the door."""


@dataclass(frozen=True)
class Room:
    """A lasting place at a URL. ``id`` never changes; ``name`` may."""

    id: str
    name: str
    owner_id: str | None = None
    locked: bool = False
    presenter_mode: bool = False
    last_used_at: int = 0
    settings: RoomSettings = field(default_factory=RoomSettings)

    @property
    def opens_to_all(self) -> bool:
        """A room without an owner has no door."""
        return self.owner_id is None or not self.locked

    @property
    def public(self) -> PublicRoom:
        """What everybody in it knows."""
        return PublicRoom(
            name=self.name,
            owned=self.owner_id is not None,
            locked=self.locked,
            presenter_mode=self.presenter_mode,
            share=self.settings.share,
            chat=self.settings.chat,
            draw=self.settings.draw,
        )
