"""What the pages about a room share: which of its hosts may see and do what, and how forms come
back."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from meetd.accounts.account import Account, AccountRefused
from meetd.core.refusals import Refusal, RoomHeld, TooManyGrants, TooManyOffers
from meetd.pages.account_errors import (
    NO_COMPLAINTS,
    Complaints,
    complaints_at,
    status_of,
)
from meetd.pages.refusals import sentence_of
from meetd.pages.rendering import Renderer
from meetd.pages.words import Words
from meetd.rooms.access import Access
from meetd.rooms.room import Room
from meetd.rooms.store import RoomStore
from meetd.serving.visitors import Visitors


@dataclass(eq=False)
class Wrong(Exception):
    """A form that does not do, in words of the section ``rooms``."""

    key: str
    at: str
    """The field."""
    facts: dict[str, Any] = field(default_factory=dict)
    status: int = 400


Trouble = Refusal | AccountRefused | Wrong
"""Everything that a form can be answered with."""


class OwnRooms:
    """Finds the room of an address for whoever may look after it, and shows pages about it."""

    def __init__(
        self, rooms: RoomStore, access: Access, visitors: Visitors, renderer: Renderer
    ) -> None:
        self._rooms = rooms
        self._access = access
        self._visitors = visitors
        self._renderer = renderer

    async def access(self, request: web.Request) -> tuple[Account, Room]:
        """For the owner, and for whoever is host there for good: a role that was handed on in a
        meeting ends with it.

        Raises: HTTPNotFound, the same for a room of somebody else's as for none; HTTPSeeOther to
        the sign-in page.
        """
        who = await self._visitors.require(request)
        room = await self._rooms.by_id(request.match_info["id"])
        if room is None or not await self._access.is_host(room, who.account):
            raise web.HTTPNotFound
        return who.account, room

    async def access_as_owner(self, request: web.Request) -> tuple[Account, Room]:
        """For what is the owner's alone. Raises: as ``access``, for every other host too."""
        who = await self._visitors.require(request)
        room = await self._rooms.owned(request.match_info["id"], who.account.id)
        if room is None:
            raise web.HTTPNotFound
        return who.account, room

    def render(
        self,
        request: web.Request,
        template: str,
        part: str,
        form: dict[str, str],
        trouble: Trouble | None,
        name: str,
        **facts: Any,
    ) -> web.Response:
        """``part``: the form that something was wrong with; ``name``: its field in question."""
        words = self._renderer.words(request)
        return self._renderer.render(
            request,
            template,
            status=200 if trouble is None else _status(trouble),
            part=part,
            form=form,
            complaints=complaints(trouble, name, words),
            **facts,
        )


def complaints(trouble: Trouble | None, name: str, words: Words) -> Complaints:
    """What was wrong with that field, for ``fields.html``."""
    if trouble is None:
        return NO_COMPLAINTS
    if isinstance(trouble, AccountRefused):
        return complaints_at(trouble, name, words)
    if isinstance(trouble, Wrong):
        return Complaints((), {trouble.at: words(f"rooms.{trouble.key}", **trouble.facts)})
    sentence = sentence_of(trouble, words)
    if not name or isinstance(
        trouble, TooManyGrants | TooManyOffers | RoomHeld
    ):  # no field's fault
        return Complaints((sentence,), {})
    return Complaints((), {name: sentence})


def whole_number(typed: str, most: int, wrong: Wrong) -> int | None:
    """From 1 to ``most``; ``None`` when the field was left empty. Raises: ``wrong``."""
    typed = typed.strip()
    if not typed:
        return None
    # Plain digits, and no more than needed, before int() works on them.
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(most))
    if not is_number or not 1 <= int(typed) <= most:
        raise wrong
    return int(typed)


def _status(trouble: Trouble) -> int:
    if isinstance(trouble, AccountRefused):
        return status_of(trouble)
    return trouble.status
