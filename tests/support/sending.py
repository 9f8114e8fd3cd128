"""Readers who are not waited for."""

from collections.abc import Awaitable

import pytest

from meetd.serving.sending import Sending

SECONDS = 0.1


def be_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on everybody has so many seconds in all, however much they take."""
    taken = Sending._taken

    async def hurried(sending: Sending, writing: Awaitable[None], _: int, patience: float) -> float:
        return await taken(sending, writing, 0, min(patience, SECONDS))

    monkeypatch.setattr(Sending, "_taken", hurried)
