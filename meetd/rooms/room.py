"""A room at rest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """A lasting place at a URL. ``id`` never changes; ``name`` may."""

    id: str
    name: str
