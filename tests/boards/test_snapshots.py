"""Snapshots of boards: what was on them then, a bounded number, in the order of what was drawn."""

import asyncio
from collections.abc import Sequence

import pytest

from meetd.boards import snapshots
from meetd.boards.board import Board, Kept
from meetd.boards.compacting import Compacted, CompactingFailed, compact
from meetd.boards.snapshots import APART, MOST
from meetd.core.refusals import NoSuchBoard, NoSuchSnapshot, StorageFailed, TooFast
from tests.boards.conftest import LIMIT, Easel
from tests.support.sketch import Sketch


async def drawn_in(easel: Easel, snapshot_id: str) -> set[str]:
    sketch = Sketch()
    sketch.take(await easel.snapshots.read(easel.board, snapshot_id))
    return set(sketch.drawn)


async def test_a_snapshot_has_what_was_drawn_then_and_nothing_later(easel: Easel) -> None:
    sketch = Sketch()
    await easel.boards.keep(easel.board, sketch.stroke("a"))
    await easel.snapshots.make(easel.board, "Ada")
    await easel.boards.keep(easel.board, sketch.erase("a"))
    await easel.boards.keep(easel.board, sketch.stroke("b"))
    (snapshot,) = await easel.snapshots.of_board(easel.board)
    assert (snapshot.author_name, snapshot.number) == ("Ada", 1)
    assert await drawn_in(easel, snapshot.id) == {"a"}


async def test_the_newest_stay(easel: Easel) -> None:
    sketch = Sketch()
    for n in range(MOST + 2):
        await easel.boards.keep(easel.board, sketch.stroke(str(n)))
        await easel.snapshots.make(easel.board, f"P{n}")
        easel.clock.forward(seconds=APART / 1_000)
    names = [each.author_name for each in await easel.snapshots.of_board(easel.board)]
    assert names == [f"P{n}" for n in range(MOST + 1, 1, -1)]


async def test_together_they_are_no_larger_than_a_board(easel: Easel) -> None:
    sketch = Sketch()
    for name in ("a", "b"):
        await easel.boards.keep(easel.board, sketch.stroke(name, LIMIT * 2 // 5))
        await easel.snapshots.make(easel.board, name)
        easel.clock.forward(seconds=APART / 1_000)
    (snapshot,) = await easel.snapshots.of_board(easel.board)
    assert snapshot.author_name == "b"


async def test_nothing_is_kept_twice_and_nothing_of_an_empty_board(easel: Easel) -> None:
    await easel.snapshots.make(easel.board, "Ada")
    assert await easel.snapshots.of_board(easel.board) == []
    await easel.boards.keep(easel.board, Sketch().stroke("a"))
    for _ in range(2):
        await easel.snapshots.make(easel.board, "Ada")
    assert len(await easel.snapshots.of_board(easel.board)) == 1


async def test_one_after_the_other_at_a_pace(easel: Easel) -> None:
    sketch = Sketch()
    await easel.boards.keep(easel.board, sketch.stroke("a"))
    await easel.snapshots.make(easel.board, "Ada")
    await easel.boards.keep(easel.board, sketch.stroke("b"))
    with pytest.raises(TooFast):
        await easel.snapshots.make(easel.board, "Ada")
    easel.clock.forward(seconds=APART / 1_000)
    await easel.snapshots.make(easel.board, "Ada")
    assert len(await easel.snapshots.of_board(easel.board)) == 2


async def test_one_that_failed_was_an_attempt_too(
    easel: Easel, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = 0

    async def fails(_updates: Sequence[bytes]) -> Compacted:
        nonlocal attempts
        attempts += 1
        raise CompactingFailed

    monkeypatch.setattr(snapshots, "compact", fails)
    await easel.boards.keep(easel.board, Sketch().stroke("a"))
    with pytest.raises(StorageFailed):
        await easel.snapshots.make(easel.board, "Ada")
    with pytest.raises(TooFast):
        await easel.snapshots.make(easel.board, "Ada")
    assert attempts == 1
    easel.clock.forward(seconds=APART / 1_000)
    with pytest.raises(StorageFailed):
        await easel.snapshots.make(easel.board, "Ada")


async def test_a_board_is_not_read_for_what_is_refused_or_there_already(
    easel: Easel, monkeypatch: pytest.MonkeyPatch
) -> None:
    sketch = Sketch()
    await easel.boards.keep(easel.board, sketch.stroke("a"))
    await easel.snapshots.make(easel.board, "Ada")

    async def unwanted(_board: Board, _after: int = 0) -> list[Kept]:
        raise AssertionError("the whole board was read")

    monkeypatch.setattr(easel.boards, "read", unwanted)
    await easel.snapshots.make(easel.board, "Ada")
    await easel.boards.keep(easel.board, sketch.stroke("b"))
    with pytest.raises(TooFast):
        await easel.snapshots.make(easel.board, "Ada")


async def test_no_room_waits_for_ever_for_another(
    easel: Easel, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await easel.boards.add(easel.board.room_id, "Other", ("ada", "Ada"))
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def takes_long(updates: Sequence[bytes]) -> Compacted:
        begun.set()
        await goes_on.wait()
        return await compact(updates)

    monkeypatch.setattr(snapshots, "compact", takes_long)
    monkeypatch.setattr(snapshots, "PATIENCE", 0.01)
    for board in (easel.board, other):
        await easel.boards.keep(board, Sketch().stroke("a"))
    making = asyncio.create_task(easel.snapshots.make(easel.board, "Ada"))
    await begun.wait()
    with pytest.raises(TooFast):
        await easel.snapshots.make(other, "Bob")
    goes_on.set()
    await making
    easel.clock.forward(seconds=APART / 1_000)
    await easel.snapshots.make(other, "Bob")
    assert len(await easel.snapshots.of_board(other)) == 1


async def test_of_another_board_nothing_can_be_read(easel: Easel) -> None:
    await easel.boards.keep(easel.board, Sketch().stroke("a"))
    await easel.snapshots.make(easel.board, "Ada")
    (snapshot,) = await easel.snapshots.of_board(easel.board)
    other = await easel.boards.add(easel.board.room_id, "Other", ("ada", "Ada"))
    with pytest.raises(NoSuchSnapshot):
        await easel.snapshots.read(other, snapshot.id)


async def test_they_go_with_their_board(easel: Easel) -> None:
    await easel.boards.keep(easel.board, Sketch().stroke("a"))
    await easel.snapshots.make(easel.board, "Ada")
    await easel.boards.remove(easel.board)
    assert await easel.database.read("SELECT id FROM board_snapshots") == []


async def test_what_cannot_be_made_leaves_those_that_are_there(easel: Easel) -> None:
    await easel.boards.keep(easel.board, Sketch().stroke("a"))
    await easel.snapshots.make(easel.board, "Ada")
    easel.clock.forward(seconds=APART / 1_000)
    await easel.boards.keep(easel.board, b"\xff" * 20)
    with pytest.raises(StorageFailed):
        await easel.snapshots.make(easel.board, "Ada")
    assert len(await easel.snapshots.of_board(easel.board)) == 1


async def test_a_board_that_is_gone_is_not_renamed(easel: Easel) -> None:
    renamed = await easel.boards.rename(easel.board, "  Summer ")
    assert [each.label.name for each in await easel.boards.of_room(renamed.room_id)] == ["Summer"]
    await easel.boards.remove(easel.board)
    with pytest.raises(NoSuchBoard):
        await easel.boards.rename(easel.board, "Winter")
