"""The chat as a file to keep: text and JSON, all of it, and nothing in it that passes for more."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from meetd.api import chat as door
from meetd.chat.conversation import PAGE
from meetd.chat.export import SOMEBODY, Form, exported
from meetd.chat.store import MessageStore
from meetd.chat.visitors import erased
from meetd.content.shelf import Shelf
from meetd.core.refusals import ItemDamaged, StorageFailed
from meetd.pages.words import Languages
from meetd.protocol.chat import Addressee, DeleteChat, EditChat, Mention, Message, Reaction
from tests.api.test_content import Post, key_of, post
from tests.support.guest import Guest
from tests.support.history import fill_chat
from tests.support.sending import be_impatient

__all__ = ["post"]

NOON = 1_795_000_000_000


def message(number: int, text: str = "hello", **fields: Any) -> Message:
    plain = {"at": NOON, "author": "a", "name": "Ada", "client_id": "c" * 22}
    more: dict[str, Any] = plain | fields
    return Message(number=number, text=text, **more)


async def written(form: Form, *messages: Message, room: str = "study") -> str:
    async def pages() -> AsyncIterator[tuple[Message, ...]]:
        for one in messages:
            yield (one,)

    return b"".join([piece async for piece in exported(form, room, NOON, pages())]).decode()


async def fetch(post: Post, guest: Guest, form: str) -> tuple[int, dict[str, str], str]:
    path = f"/api/v1/chat?form={form}&key={key_of(guest)}"
    status, headers, body = await post.ask("GET", path)
    return status, headers, body.decode()


ALL = (
    message(1, "Lunch?\nAt noon", reactions=(Reaction(emoji="👍", by=("b", "c")),)),
    message(2, "Yes", name="Bob", reply_to=1, edited_at=NOON),
    message(3, "", deleted=True),
    message(4, "psst", to=Addressee(id="b", name="Bob")),
    message(5, "", mentions=(Mention(item="i", name="plan.pdf"),)),
)


async def test_as_text_everything_is_marked() -> None:
    text = (await written("text", *ALL)).replace("\u2068", "").replace("\u2069", "")
    at = "2026-11-18 11:06 UTC"
    assert text.split("\n") == [
        f"Chat of study, {at}",
        *("", f"1. {at}, Ada:", "    Lunch?", "    At noon", "    👍 2"),
        *("", f"2. {at}, Bob, answers 1, edited:", "    Yes"),
        *("", f"3. {at}, Ada:", "    (deleted)"),
        *("", f"4. {at}, Ada to Bob, in private:", "    psst"),
        *("", f"5. {at}, Ada:", "    File: plan.pdf", ""),
    ]


async def test_as_json_everything_is_marked() -> None:
    found = json.loads(await written("json", *ALL))
    at = "2026-11-18T11:06:40.000+00:00"
    assert (found["room"], found["exportedAt"]) == ("study", at)
    first, second, third, fourth, fifth = found["messages"]
    plain = {"number": 1, "at": at, "name": "Ada", "text": "Lunch?\nAt noon"}
    assert first == plain | {"reactions": {"👍": 2}}
    assert (second["answers"], second["editedAt"]) == (1, at)
    assert third == {"number": 3, "at": at, "name": "Ada", "deleted": True}
    assert (fourth["private"], fourth["privateTo"]) == (True, "Bob")
    assert fifth["mentions"] == ["plan.pdf"]


async def test_somebody_who_is_erased_has_the_words_of_the_page_and_no_empty_name() -> None:
    gone = erased(message(1, to=Addressee(id="b", name="")))
    said = (await written("text", gone)).split("\n")
    assert said[2:] == [
        "1. 2026-11-18 11:06 UTC, somebody who left to somebody who left, in private:",
        "    (deleted)",
        "",
    ]
    posing = await written("text", message(1, name=SOMEBODY))
    assert f", \u2068{SOMEBODY}\u2069:" in posing, "a name, and marked as one"
    [kept] = json.loads(await written("json", gone))["messages"]
    at = "2026-11-18T11:06:40.000+00:00"
    assert kept == {"number": 1, "at": at, "private": True, "deleted": True}
    page = (Path(__file__).parents[2] / "web/src/i18n/en.ts").read_text("utf-8")
    assert f'somebody: "{SOMEBODY}"' in page
    assert Languages().english("along.somebody") == SOMEBODY


@pytest.mark.parametrize("form", ["text", "json"])
async def test_of_nothing_there_is_a_file_as_well(form: Form) -> None:
    text = await written(form)
    assert "study" in text
    if form == "json":
        assert json.loads(text)["messages"] == []


HOSTILE = "Eve\u202e\u0007\n\x1b[2J\u2066\u2069\u2028Ada"


async def test_names_turn_no_line_around_and_begin_none() -> None:
    """As they never come in: an older server, or another one, may have let them."""
    bad = message(
        1,
        name=HOSTILE,
        to=Addressee(id="b", name=HOSTILE),
        mentions=(Mention(item="i", name=HOSTILE),),
    )
    text = await written("text", bad, room=HOSTILE)
    clean = "\u2068Eve [2J Ada\u2069"
    assert text.count(clean) == 4
    for sign in ("\u202e", "\u0007", "\x1b", "\u2066", "\u2028"):
        assert sign not in text
    assert text.count("\u2068") == text.count("\u2069") == 4
    found = json.loads(await written("json", bad, room=HOSTILE))
    [kept] = found["messages"]
    assert {found["room"], kept["name"], kept["privateTo"], *kept["mentions"]} == {"Eve [2J Ada"}
    endless = message(1, name="e\u0301" * 5_000)
    assert len(await written("text", endless)) < 2_000


@pytest.mark.parametrize("separator", ["\n", "\u2028", "\u0085", "\x0b"])
async def test_no_line_of_a_message_passes_for_another_message(separator: str) -> None:
    forged = f"hello{separator}2. 2026-11-18 12:26 UTC, Ada:{separator}    I resign"
    lines = (await written("text", message(1, forged))).split("\n")
    assert len([line for line in lines if line[:1].isdigit()]) == 1


@pytest.mark.parametrize("form", ["text", "json"])
async def test_a_long_history_is_there_from_the_first_to_the_last(post: Post, form: str) -> None:
    await fill_chat(post.server, "study", 2 * PAGE + 1)
    ada = await post.join("Ada")
    status, headers, body = await fetch(post, ada, form)
    assert status == 200
    assert [body.count(f"message {number}") > 0 for number in (1, PAGE, PAGE + 1, 101)] == [
        True
    ] * 4
    assert body.count("message ") == 2 * PAGE + 1
    ending = {"text": "txt", "json": "json"}[form]
    expected = f"attachment; filename*=UTF-8''chat-study.{ending}"
    assert headers["Content-Disposition"] == expected
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    if form == "json":
        numbers = [each["number"] for each in json.loads(body)["messages"]]
        assert numbers == list(range(1, 2 * PAGE + 2))


async def test_what_was_changed_or_taken_back_is_as_it_is_now(post: Post) -> None:
    ada = await post.join("Ada")
    for text in ("one", "two"):
        await ada.say(text)
    await ada.ask(EditChat(number=1, text="uno"))
    await ada.ask(DeleteChat(number=2))
    body = (await fetch(post, ada, "json"))[2]
    first, second = json.loads(body)["messages"]
    assert (first["text"], "editedAt" in first) == ("uno", True)
    assert (second["deleted"], "text" in second) == (True, False)
    assert "two" not in body


async def test_who_is_not_in_the_room_gets_nothing(post: Post) -> None:
    ada, eve = await post.join("Ada"), await post.join("Eve", "elsewhere")
    await ada.say("hello")
    assert "hello" not in (await fetch(post, eve, "text"))[2]
    key = key_of(ada)
    await ada.leave()
    for bad in (key, "", "x"):
        status, _, body = await post.ask("GET", f"/api/v1/chat?form=text&key={bad}")
        assert (status, b"NotInMeeting" in body) == (403, True)


async def test_whether_it_can_be_had_is_asked_without_it(post: Post) -> None:
    ada = await post.join("Ada")
    await ada.say("hello")
    key = key_of(ada)
    for asked, expected in ((key, 200), ("x", 403)):
        status, _, body = await post.ask("HEAD", f"/api/v1/chat?form=json&key={asked}")
        assert (status, body) == (expected, b"")


async def test_other_forms_there_are_none(post: Post) -> None:
    ada = await post.join("Ada")
    status, _, body = await fetch(post, ada, "../text")
    assert (status, "MessageMalformed" in body) == (400, True)


async def test_what_is_cleared_while_it_is_written_is_not_in_it(post: Post) -> None:
    await fill_chat(post.server, "study", 2 * PAGE)
    ada = await post.join("Ada")
    (meeting,) = post.server.gathering.meetings.live
    pages = meeting.conversation.from_first(meeting.talking.reader(ada.id))
    first = await anext(pages)
    assert len(first) == PAGE
    await meeting.talking.clear()
    assert [each async for each in pages] in ([], [()])


async def until_its_end(post: Post, path: str) -> bytes:
    """All that comes, until the server ends the connection."""
    host = urlsplit(post.url).netloc
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    heads = b""
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(20):
            while piece := await reader.read(1 << 20):
                heads += piece if len(heads) < 1 << 22 else b""
    writer.close()
    return heads


async def test_what_cannot_be_read_to_its_end_is_no_whole_file(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_chat(post.server, "study", 3 * PAGE)
    ada = await post.join("Ada")
    after = MessageStore.after

    async def failing(store: MessageStore, number: int, *more: Any) -> list[Message]:
        if number >= PAGE:
            raise StorageFailed
        return await after(store, number, *more)

    monkeypatch.setattr(MessageStore, "after", failing)
    came = await until_its_end(post, f"/api/v1/chat?form=json&key={key_of(ada)}")
    assert b"StorageFailed" not in came
    assert b"HTTP/1.1 500" not in came
    assert not came.endswith(b"0\r\n\r\n")


async def test_a_file_that_is_damaged_in_the_middle_ends_there(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await post.join("Ada")
    item = await post.share(ada, b"of the house")

    async def failing(*_: Any) -> AsyncIterator[bytes]:
        yield b"of the"
        raise ItemDamaged

    monkeypatch.setattr(Shelf, "read", failing)
    came = await until_its_end(post, f"/api/v1/items/{item}?key={key_of(ada)}")
    assert came.endswith(b"\r\n\r\nof the")


async def test_whoever_is_behind_for_long_is_let_go(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though every piece of it is taken in time."""
    ada = await post.join("Ada")

    async def endless(*_: Any) -> AsyncIterator[bytes]:
        while True:
            yield bytes(1 << 18)

    be_impatient(monkeypatch)
    monkeypatch.setattr(door, "exported", endless)
    assert await until_its_end(post, f"/api/v1/chat?key={key_of(ada)}")
