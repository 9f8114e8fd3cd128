"""The pages of an archive: what a browser shows that opens it from a disk, without a network and
without a script. Everything that people wrote is escaped; nothing leads out of the archive."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final, Protocol

from meetd.along.format import INDEX, PAGE, Said, SharedFile, Whiteboard, chat_part
from meetd.core.times import day_and_time

OPENED: Final = frozenset(
    {
        *("png", "jpg", "jpeg", "gif", "webp", "avif", "pdf", "txt"),
        *("mp3", "m4a", "ogg", "oga", "wav", "flac", "mp4", "m4v", "webm", "ogv"),
    }
)
"""Endings of files that a browser shows and does not run: only they are linked."""
ACTIVE: Final = frozenset(
    {
        *("html", "htm", "xhtml", "xht", "shtml", "mhtml", "mht", "svg", "svgz", "xml", "xsl"),
        *("js", "mjs", "hta", "url", "lnk", "desktop", "webloc", "scf"),
    }
)
"""Endings of files that run when they are opened from a disk. In the archive they get another one
(``INERT``); the manifest has their own."""
INERT: Final = ".download"

_STYLE: Final = """
html { color-scheme: light dark; background: Canvas; color: CanvasText; }
:root { font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
ul, ol { padding: 0; list-style: none; }
li { padding: 0.5rem 0; border-top: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); }
.quiet { color: color-mix(in srgb, CanvasText 75%, Canvas); }
.text { margin: 0; white-space: pre-wrap; }
p { margin: 0.25rem 0; }
img { display: block; max-width: 100%; height: auto; margin: 0.5rem 0;
  border: 1px solid color-mix(in srgb, CanvasText 40%, Canvas); }
a { color: LinkText; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
:target { background: color-mix(in srgb, Highlight 20%, Canvas); }
"""
_STYLE_HASH: Final = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src 'self' file: data:;"
    " base-uri 'none'; form-action 'none'"
)
"""Nothing is fetched from anywhere: pictures lie in the archive, and nothing else is wanted."""


class Words(Protocol):
    """Sentences of one language (``meetd/pages/words``)."""

    @property
    def language(self) -> str: ...

    def __call__(self, key: str, **facts: object) -> str: ...


@dataclass(frozen=True)
class Shared:
    """A file with its length in bytes."""

    file: SharedFile
    length: int


@dataclass
class Shown:
    """What the first page leads to."""

    room: str
    messages: int = 0
    files: list[Shared] = field(default_factory=list)
    whiteboards: list[Whiteboard] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def chat_path(number: int) -> str:
    """Of the page with that message."""
    return f"chat/{chat_part(number)}.html"


def index(shown: Shown, words: Words) -> str:
    """The first page."""
    body = [
        f"<h1>{escape(shown.room)}</h1>",
        f"<p>{escape(words('along.archive_lead'))}</p>",
        *_chat_part(shown, words),
        *_files_part(shown.files, words),
        *_left_out_part(shown.left_out, words),
        *_boards_part(shown.whiteboards, words),
    ]
    return _page(shown.room, words, body)


def chat_page(messages: Sequence[Said], room: str, words: Words, *, is_last: bool) -> str:
    """One part of the chat."""
    first, end = messages[0].number, messages[-1].number
    heading = words("along.chat_part", first=first, last=end)
    ways = [(f"../{INDEX}", words("along.to_index"))]
    if first > 1:
        ways.append((f"../{chat_path(first - 1)}", words("along.earlier")))
    if not is_last:
        ways.append((f"../{chat_path(end + 1)}", words("along.later")))
    ways.append((f"{chat_part(first)}.txt", words("along.chat_text")))
    links = " · ".join(f'<a href="{path}">{escape(name)}</a>' for path, name in ways)
    navigation = f'<nav aria-label="{escape(words("along.ways"))}"><p>{links}</p></nav>'
    rows = [_message(message, words) for message in messages]
    # The way on is at the end again, as no landmark: two of one name are hard to tell apart.
    body = [f"<h1>{escape(heading)}</h1>", navigation, "<ol>", *rows, "</ol>", f"<p>{links}</p>"]
    return _page(f"{room}: {heading}", words, body)


def text_lines(message: Said, words: Words) -> str:
    """A message in plain text."""
    text = words("along.deleted") if message.deleted else message.text
    notes = _notes(message, words)
    lines = text.split("\n") if text else []
    said = "\n  ".join([*lines, *(words("along.mention", name=name) for name in message.mentions)])
    return f"{day_and_time(message.at)}  {_who(message.name, words)}{notes}\n  {said}\n\n"


def _who(name: str, words: Words) -> str:
    """Somebody who had their name erased has none."""
    return name or words("along.somebody")


def _page(title: str, words: Words, body: Sequence[str]) -> str:
    lines = "\n".join(body)
    return (
        f'<!doctype html>\n<html lang="{escape(words.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{lines}\n</main>\n</body>\n</html>\n"
    )


def _chat_part(shown: Shown, words: Words) -> Iterator[str]:
    yield f"<h2>{escape(words('along.chat'))}</h2>"
    if not shown.messages:
        yield f"<p>{escape(words('along.chat_none'))}</p>"
        return
    yield "<ul>"
    for first in range(1, shown.messages + 1, PAGE):
        last = min(first + PAGE - 1, shown.messages)
        name = escape(words("along.chat_part", first=first, last=last))
        text = f"chat/{chat_part(first)}.txt"
        as_text = f'<a href="{text}">{escape(words("along.chat_text"))}</a>'
        yield f'<li><a href="{chat_path(first)}">{name}</a> · {as_text}</li>'
    yield "</ul>"


def _files_part(files: Sequence[Shared], words: Words) -> Iterator[str]:
    yield f"<h2>{escape(words('along.files'))}</h2>"
    if not files:
        yield f"<p>{escape(words('along.files_none'))}</p>"
        return
    yield "<ul>"
    for each in files:
        name = f'<bdi dir="auto">{escape(each.file.name)}</bdi>'
        if each.file.path.rpartition(".")[2].lower() in OPENED:
            name = f'<a href="{escape(each.file.path)}">{name}</a>'
        else:
            where = escape(words("along.file_where", path=each.file.path))
            name = f'{name} <span class="quiet">{where}</span>'
        facts = words("along.file_facts", name=each.file.byName, bytes=f"{each.length:,}")
        yield f"<li><p>{name}</p>{_quiet(facts, each.file.at)}</li>"
    yield "</ul>"


def _left_out_part(names: Sequence[str], words: Words) -> Iterator[str]:
    if names:
        yield f"<p>{escape(words('along.left_out'))}</p>"
        rows = "".join(f'<li><bdi dir="auto">{escape(name)}</bdi></li>' for name in names)
        yield f"<ul>{rows}</ul>"


def _boards_part(boards: Sequence[Whiteboard], words: Words) -> Iterator[str]:
    yield f"<h2>{escape(words('along.boards'))}</h2>"
    if not boards:
        yield f"<p>{escape(words('along.boards_none'))}</p>"
    for board in boards:
        yield f'<h3><bdi dir="auto">{escape(board.name)}</bdi></h3>'
        yield _quiet(words("along.board_facts", name=_who(board.byName, words)), board.at)
        for page in range(1, board.pages + 1):
            alt = escape(words("along.board_page", name=board.name, number=page))
            yield f'<img src="{escape(board.folder)}/page-{page}.svg" alt="{alt}">'


def _message(message: Said, words: Words) -> str:
    when = f'<time datetime="{_machine(message.at)}">{day_and_time(message.at)}</time>'
    notes = escape(_notes(message, words))
    who = escape(_who(message.name, words))
    head = f'<strong dir="auto">{who}</strong> <span class="quiet">{when}{notes}'
    parts = [f'<li id="m{message.number}"><p>{head}</span></p>']
    if message.replyTo is not None:
        link = f"../{chat_path(message.replyTo)}#m{message.replyTo}"
        answers = escape(words("along.answers", number=message.replyTo))
        parts.append(f'<p class="quiet"><a href="{link}">{answers}</a></p>')
    if message.deleted:
        parts.append(f'<p class="quiet">{escape(words("along.deleted"))}</p>')
    elif message.text:
        parts.append(f'<p class="text" dir="auto">{escape(message.text)}</p>')
    parts += [_mention(name, words) for name in message.mentions]
    if message.reactions:
        marks = "  ".join(f"{mark.emoji} {len(mark.by)}" for mark in message.reactions)
        parts.append(f"<p>{escape(marks)}</p>")
    return "".join(parts) + "</li>"


def _mention(name: str, words: Words) -> str:
    return f'<p class="quiet"><bdi dir="auto">{escape(words("along.mention", name=name))}</bdi></p>'


def _notes(message: Said, words: Words) -> str:
    return f" · {words('along.edited')}" if message.editedAt is not None else ""


def _quiet(facts: str, at: int) -> str:
    return f'<p class="quiet">{escape(facts)} · {day_and_time(at)}</p>'


def _machine(at: int) -> str:
    """As HTML has it: ``2026-11-22T14:05Z``."""
    return day_and_time(at).removesuffix(" UTC").replace(" ", "T") + "Z"
