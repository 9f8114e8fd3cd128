"""Words that were taken back while somebody's page was being read are not handed out any more."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from meetd.chat.conversation import Conversation
from meetd.chat.readers import Reader
from meetd.chat.store import MessageStore
from meetd.protocol.chat import ChatPage
from tests.support.guest import guests_at
from tests.support.history import fill_chat
from tests.support.server import running_server

Act = Callable[[Conversation], Awaitable[object]]


@asynccontextmanager
async def long_history(data: Path) -> AsyncIterator[Conversation]:
    """450 messages: a search reads them in nine pieces."""
    async with running_server(data) as (server, url), guests_at(url) as guests:
        await fill_chat(server, "study", 450)
        await guests.join("study", "Ada")
        (meeting,) = server.gathering.meetings.live
        yield meeting.conversation


def meanwhile(act: Act, conversation: Conversation, patch: pytest.MonkeyPatch, piece: int) -> None:
    """Done once that piece was read, and before whoever reads goes on."""
    page, count = MessageStore.page, 0

    async def paused(
        store: MessageStore, before: int | None, most: int, reader: Reader
    ) -> ChatPage:
        nonlocal count
        found = await page(store, before, most, reader)
        count += 1
        if count == piece:
            await act(conversation)
        return found

    patch.setattr(MessageStore, "page", paused)


async def delete(conversation: Conversation) -> None:
    await conversation.delete("author", 430)


async def edit(conversation: Conversation) -> None:
    await conversation.edit("author", 430, "another", 1)


async def clear(conversation: Conversation) -> None:
    await conversation.clear()


@pytest.mark.parametrize("act", [delete, edit, clear])
@pytest.mark.parametrize("piece", [1, 2, 3])
async def test_a_search_finds_nothing_that_was_taken_back_meanwhile(
    act: Act, piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with long_history(tmp_path) as conversation:
        assert [each.number for each in (await conversation.search("430", None))[0]] == [430]
        meanwhile(act, conversation, monkeypatch, piece)
        assert await conversation.search("message 430", None) == ((), None)


@pytest.mark.parametrize("act", [delete, edit, clear])
async def test_a_page_that_is_loaded_has_nothing_that_was_taken_back_meanwhile(
    act: Act, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with long_history(tmp_path) as conversation:
        meanwhile(act, conversation, monkeypatch, 1)
        page = await conversation.before(440)
        assert not any(each.text == "message 430" for each in page.messages)
        assert len(page.messages) == (0 if act is clear else 50)
        assert page.earlier is (act is not clear)


async def test_what_became_of_messages_is_forgotten_once_nobody_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with long_history(tmp_path) as conversation:
        meanwhile(delete, conversation, monkeypatch, 1)
        await conversation.before(440)
        assert conversation._changed == {}
