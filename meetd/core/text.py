"""Text from people is hostile: names and messages are cleaned once, on the way in.

Control characters break logs and terminals; bidirectional overrides (Unicode TR 9, "Trojan
source") make text read differently from what it is; runs of combining marks cover the lines
around them. What is left is shown as text, never as HTML.
"""

import unicodedata

from meetd.core.refusals import NameEmpty, NameTooLong, TextEmpty, TextTooLong

MAX_NAME = 64
MAX_CHAT_TEXT = 4_000
"""Limits in Unicode code points, after cleaning."""

_MAX_COMBINING_RUN = 4
_JOINERS = {"\u200c", "\u200d"}  # Persian and Indic words and joined emoji need them
_DIRECTION_MARKS = {"\u200e", "\u200f", "\u061c"}  # marks, not overrides: harmless in a message
_EMOJI_TAGS = {chr(point) for point in range(0xE0020, 0xE0080)}  # flags of England, Scotland, ...


def clean_name(raw: str) -> str:
    """A participant's name on one line.

    Raises: NameTooLong over ``MAX_NAME`` code points, NameEmpty when nothing visible is left.
    """
    if len(raw) > MAX_NAME * 4:  # before any work: normalising is not free
        raise NameTooLong(limit=MAX_NAME)
    name = " ".join(_clean(raw, keep=_JOINERS | _EMOJI_TAGS).split())
    if not any(_is_visible(char) for char in name):
        raise NameEmpty
    if len(name) > MAX_NAME:
        raise NameTooLong(limit=MAX_NAME)
    return name


def clean_line(raw: str, limit: int) -> str:
    """Text on one line that may be empty, of at most ``limit`` code points.

    Raises: TextTooLong.
    """
    if len(raw) > limit * 4:
        raise TextTooLong(limit=limit)
    text = " ".join(_clean(raw, keep=_JOINERS | _EMOJI_TAGS | _DIRECTION_MARKS).split())
    if len(text) > limit:
        raise TextTooLong(limit=limit)
    return text if any(_is_visible(char) for char in text) else ""


def clean_message(raw: str) -> str:
    """A chat message: line breaks stay, what could disguise it goes.

    Raises: TextTooLong over ``MAX_CHAT_TEXT`` code points, TextEmpty when nothing is left.
    """
    text = clean_lines(raw, MAX_CHAT_TEXT)
    if not text:
        raise TextEmpty
    return text


def clean_lines(raw: str, limit: int) -> str:
    """Text with its line breaks that may be empty, of at most ``limit`` code points.

    Raises: TextTooLong.
    """
    if len(raw) > limit * 4:
        raise TextTooLong(limit=limit)
    keep = _JOINERS | _EMOJI_TAGS | _DIRECTION_MARKS | {"\n", "\t"}
    text = _clean(raw.replace("\r\n", "\n").replace("\r", "\n"), keep=keep).strip()
    if not any(_is_visible(char) for char in text):
        return ""
    if len(text) > limit:
        raise TextTooLong(limit=limit)
    return text


def _clean(raw: str, keep: set[str]) -> str:
    cleaned: list[str] = []
    combining = 0
    for char in unicodedata.normalize("NFC", raw):
        combining = combining + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if combining > _MAX_COMBINING_RUN:
            continue
        if char in keep or not _is_hidden(char):
            cleaned.append(char)
        elif char in "\n\t\u2028\u2029":
            cleaned.append(" ")
    return "".join(cleaned)


def _is_hidden(char: str) -> bool:
    """Control, format, surrogate, private use, unassigned; line and paragraph separators."""
    category = unicodedata.category(char)
    return category[0] == "C" or category in {"Zl", "Zp"}


def _is_visible(char: str) -> bool:
    return unicodedata.category(char)[0] not in {"C", "Z", "M"}
