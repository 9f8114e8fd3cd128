"""What the pages about one's own room share: who may see them, and how forms come back."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from meetd.accounts.account import Account, AccountRefused
from meetd.core.refusals import Refusal, TooManyGrants
from meetd.pages.account_errors import Complaints, complaints_of, status_of
from meetd.pages.refusals import sentence_of
from meetd.pages.rendering import Renderer
from meetd.pages.words import Words
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
    """Finds the room of an address for its owner, and shows pages about it."""

    def __init__(self, rooms: RoomStore, visitors: Visitors, renderer: Renderer) -> None:
        self._rooms = rooms
        self._visitors = visitors
        self._renderer = renderer

    async def access(self, request: web.Request) -> tuple[Account, Room]:
        """Raises: HTTPNotFound, the same for a room of somebody else's as for none; HTTPSeeOther
        to the sign-in page."""
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
        return Complaints((), {})
    if isinstance(trouble, AccountRefused):
        sentences = complaints_of(trouble, words).sentences
        return Complaints(sentences, {name: sentences[0]})
    if isinstance(trouble, Wrong):
        name, sentence = trouble.at, words(f"rooms.{trouble.key}", **trouble.facts)
    else:
        sentence = sentence_of(trouble, words)
        name = "" if isinstance(trouble, TooManyGrants) else name  # no field's fault
    return Complaints((sentence,), {name: sentence})


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
