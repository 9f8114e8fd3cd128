"""A conversation as a file to keep: as text, or as JSON. Pure: messages in, pieces of it out.

What people wrote is hostile here too: in text every line of theirs is indented, so that none can
pass for a message of somebody else, and names are cleaned anew and stand between direction
isolates (Unicode TR 9), so that no name turns the line around.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

from meetd.core.text import clean_line
from meetd.core.times import day_and_time
from meetd.protocol.chat import Message

Form = Literal["text", "json"]

_ISOLATE, _END = "\u2068", "\u2069"
_INDENT: Final = "    "
_LONGEST_NAME: Final = 1_000
"""Code points; no name that was taken in has so many."""
SOMEBODY: Final = "somebody who left"
"""Whose name was erased; as the page of the room says it."""


async def exported(
    form: Form, room: str, at: int, pages: AsyncIterator[Iterable[Message]]
) -> AsyncGenerator[bytes, None]:
    """All of it, a page at a time. ``at``: when it is made, in ms since the Unix epoch."""
    begin, one, end = _FORMS[form]
    yield begin(room, at)
    first = True
    async for page in pages:
        pieces = [one(message, first and not index) for index, message in enumerate(page)]
        first = first and not pieces
        if pieces:
            yield "".join(pieces).encode()
    yield end.encode()


def _begin_text(room: str, at: int) -> bytes:
    return f"Chat of {_named(room)}, {day_and_time(at)}\n".encode()


def _text(message: Message, _first: bool) -> str:  # noqa: FBT001 - one of a pair
    to = f" to {_who(message.to.name)}, in private" if message.to else ""
    edited = ", edited" if message.edited_at is not None else ""
    answers = f", answers {message.reply_to}" if message.reply_to is not None else ""
    head = f"\n{message.number}. {day_and_time(message.at)}, {_who(message.name)}{to}"
    return "\n".join([f"{head}{answers}{edited}:", *_body(message), ""])


def _body(message: Message) -> list[str]:
    if message.deleted:
        return [f"{_INDENT}(deleted)"]
    lines = message.text.splitlines() if message.text else []
    lines += [f"File: {_named(each.name)}" for each in message.mentions]
    lines += [f"{each.emoji} {len(each.by)}" for each in message.reactions]
    return [f"{_INDENT}{line}" for line in lines]


def _who(name: str) -> str:
    """Where there is no name, words without isolates, which no name can pass for."""
    return _named(name) if _clean(name) else SOMEBODY


def _named(name: str) -> str:
    return f"{_ISOLATE}{_clean(name)}{_END}"


def _clean(name: str) -> str:
    return clean_line(name[:_LONGEST_NAME], _LONGEST_NAME * 4)


def _begin_json(room: str, at: int) -> bytes:
    head = {"room": _clean(room), "exportedAt": _iso(at)}
    return msgspec.json.encode(head)[:-1] + b',"messages":['


def _json(message: Message, first: bool) -> str:  # noqa: FBT001
    return ("\n" if first else ",\n") + msgspec.json.encode(_plain(message)).decode()


def _plain(message: Message) -> dict[str, Any]:
    """What is not there is left out, the name of somebody who had it erased as well."""
    edited = message.edited_at
    fields: dict[str, Any] = {
        "number": message.number,
        "at": _iso(message.at),
        "name": _clean(message.name) or None,
        "private": True if message.to else None,
        "privateTo": (_clean(message.to.name) or None) if message.to else None,
        "answers": message.reply_to,
        "text": None if message.deleted else message.text,
        "deleted": message.deleted or None,
        "editedAt": None if edited is None else _iso(edited),
        "mentions": [_clean(each.name) for each in message.mentions] or None,
        "reactions": {each.emoji: len(each.by) for each in message.reactions} or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).isoformat(timespec="milliseconds")


_FORMS: Final[
    dict[Form, tuple[Callable[[str, int], bytes], Callable[[Message, bool], str], str]]
] = {
    "text": (_begin_text, _text, ""),
    "json": (_begin_json, _json, "\n]}\n"),
}
