"""Boards at rest: what was acknowledged is there, in any order, before and after compacting."""

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetd.boards.board import Label
from meetd.boards.boards import ERASING, MAX_CLIENTS, advance, check_update
from meetd.boards.compacting import CompactingFailed, compact
from meetd.boards.updates import read_vector
from meetd.core.refusals import (
    BoardFull,
    DrawingInvalid,
    DrawingTooLarge,
    NameEmpty,
    NoSuchBoard,
    StorageFailed,
    TooManyBoards,
)
from meetd.storage.database import Transaction
from tests.boards.conftest import LIMIT, Easel
from tests.support.sketch import Sketch


async def read(easel: Easel) -> Sketch:
    sketch = Sketch()
    for kept in await easel.boards.read(easel.board):
        sketch.take(kept.update)
    return sketch


async def test_what_many_draw_at_once_is_kept_in_one_order(easel: Easel) -> None:
    sketches = [Sketch() for _ in range(20)]
    updates = [sketch.stroke(f"{n}") for n, sketch in enumerate(sketches)]
    kept = await asyncio.gather(*(easel.boards.keep(easel.board, each) for each in updates))
    assert sorted(each.number for each in kept) == list(range(1, 21))
    assert set((await read(easel)).drawn) == {str(n) for n in range(20)}
    later = await easel.boards.read(easel.board, after=18)
    assert [each.number for each in later] == [19, 20]


async def test_compacted_it_is_the_same_and_what_was_erased_is_gone(easel: Easel) -> None:
    sketch = Sketch()
    for update in (sketch.stroke("a", 4_000), sketch.stroke("b"), sketch.erase("a")):
        await easel.boards.keep(easel.board, update)
    before = await easel.boards.vector(easel.board)
    kept = await easel.boards.read(easel.board)
    await easel.store.replace(easel.board, 3, await compact([each.update for each in kept]))
    assert (await read(easel)).drawn == sketch.drawn
    assert await easel.boards.vector(easel.board) == before
    (base,) = await easel.boards.read(easel.board)
    assert (base.number, len(base.update) < 1_000) == (3, True)
    assert await easel.boards.read(easel.board, after=3) == []
    assert (await easel.boards.keep(easel.board, sketch.stroke("c"))).number == 4
    rows = await easel.database.read("SELECT bytes FROM boards")
    assert rows[0]["bytes"] == len(base.update) + len(sketch.updates[-1])


async def test_a_board_that_nobody_looks_at_any_more_is_compacted(easel: Easel) -> None:
    sketch = Sketch()
    for n in range(60):
        await easel.boards.keep(easel.board, sketch.stroke(str(n), 10))
    easel.boards.left(easel.board)
    await easel.boards._compacting.finished()
    assert len(await easel.boards.read(easel.board)) == 1
    assert (await read(easel)).drawn == sketch.drawn


async def test_a_full_board_says_so_and_takes_more_once_something_is_erased(easel: Easel) -> None:
    sketch = Sketch()
    await easel.boards.keep(easel.board, sketch.stroke("large", LIMIT - 1_000))
    await easel.boards.keep(easel.board, sketch.erase("large"))
    update = sketch.stroke("more", 2_000)
    with pytest.raises(BoardFull):
        await easel.boards.keep(easel.board, update)
    await easel.boards._compacting.finished()
    assert (await easel.boards.keep(easel.board, update)).number == 3


async def test_what_only_takes_away_is_taken_by_a_full_board(easel: Easel) -> None:
    sketch = Sketch()
    await easel.boards.keep(easel.board, sketch.stroke("large", LIMIT - 1_000))
    await easel.boards.keep(easel.board, sketch.stroke("rest", 850))
    with pytest.raises(BoardFull):
        await easel.boards.keep(easel.board, sketch.stroke("more", 200))
    sketch.erase("more")
    erased = sketch.erase("large")
    with pytest.raises(BoardFull):
        await easel.boards.keep(easel.board, erased + bytes(200))
    assert (await easel.boards.keep(easel.board, erased + bytes(200), erases=True)).number == 3
    endless = erased + bytes(ERASING)
    with pytest.raises(BoardFull):
        await easel.boards.keep(easel.board, endless, erases=True)


async def test_one_that_is_refused_takes_nobody_along(easel: Easel) -> None:
    gone = await easel.boards.add(easel.board.room_id, "Gone", ("ada", "Ada"))
    await easel.boards.remove(gone)
    good, bad = await asyncio.gather(
        easel.boards.keep(easel.board, Sketch().stroke("a")),
        easel.boards.keep(gone, Sketch().stroke("b")),
        return_exceptions=True,
    )
    assert isinstance(bad, NoSuchBoard)
    assert not isinstance(good, BaseException)


async def test_what_cannot_be_kept_is_not_acknowledged(easel: Easel) -> None:
    await easel.database.close()
    with pytest.raises(StorageFailed):
        await easel.boards.keep(easel.board, Sketch().stroke("a"))


async def test_names_and_the_number_of_boards_have_limits(easel: Easel) -> None:
    room = easel.board.room_id
    with pytest.raises(NameEmpty):
        await easel.boards.add(room, "\u202e ", ("ada", "Ada"))
    for n in range(2):
        await easel.boards.add(room, f"Plan {n}", ("ada", "Ada"))
    with pytest.raises(TooManyBoards):
        await easel.boards.add(room, "Another", ("ada", "Ada"))


async def test_nothing_that_was_drawn_or_written_is_readable_on_the_disk(
    easel: Easel, tmp_path: Path
) -> None:
    board = await easel.boards.add(easel.board.room_id, "Secret plan", ("ada", "Ada"))
    sketch = Sketch()
    sketch.objects["a"] = {"kind": "text", "text": "nobody else reads this"}
    await easel.boards.keep(board, sketch.updates[-1])
    await easel.store.replace(board, 1, await compact(sketch.updates))
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    for file in files:
        content = file.read_bytes()
        assert b"nobody else" not in content
        assert b"Secret plan" not in content


def test_an_update_goes_on_exactly_where_the_board_is() -> None:
    sketch = Sketch(client=7)
    first, second = sketch.stroke("a"), sketch.stroke("b")
    with pytest.raises(DrawingInvalid):
        check_update(second, {})
    assert check_update(second, {7: 1}).ends == {7: 2}
    assert check_update(first, {7: 2}).begins == {7: 0}  # sent twice
    with pytest.raises(DrawingInvalid):
        check_update(sketch.erase("a"), {})
    with pytest.raises(DrawingTooLarge):
        check_update(bytes(50_000), {})


def test_a_board_with_all_clients_that_it_takes_is_still_drawn_on_by_those() -> None:
    known, new = Sketch(client=7), Sketch(client=MAX_CLIENTS + 10)
    vector = dict.fromkeys(range(1, MAX_CLIENTS + 1), 1)
    known.stroke("a")
    assert check_update(known.stroke("b"), vector).ends == {7: 2}
    assert check_update(known.erase("a"), vector).needs == {7: 0}
    stroke = new.stroke("a")
    with pytest.raises(DrawingInvalid):
        check_update(stroke, vector)
    del vector[1]
    assert check_update(stroke, vector).ends == {MAX_CLIENTS + 10: 1}
    overfull = dict.fromkeys(range(1, MAX_CLIENTS + 10), 2)
    assert check_update(known.erase("b"), overfull).needs == {7: 1}


async def test_what_the_library_cannot_read_leaves_everything_as_it_is() -> None:
    with pytest.raises(CompactingFailed):
        await compact([b"\xff" * 20])


class Table:
    """Three pages, each of them offline for as long as it likes, and a board that takes an update
    only when it goes on from what the board has."""

    def __init__(self) -> None:
        self.pages = [Sketch(client=n + 1) for n in range(3)]
        self.board: list[bytes] = []
        self.vector: dict[int, int] = {}
        self._sent, self._fetched = [0, 0, 0], [0, 0, 0]

    def act(self, n: int, act: str, name: str) -> None:
        page = self.pages[n]
        if act == "stroke":
            page.stroke(name, 10 * n + len(page.updates))
        elif act == "erase" and name in page.drawn:
            page.erase(name)
        elif act == "send":
            self.send(n)
        elif act == "fetch":
            self.fetch(n)

    def send(self, n: int) -> None:
        for update in self.pages[n].updates[self._sent[n] :]:
            advance(self.vector, check_update(update, self.vector))
            self.board.append(update)
        self._sent[n] = len(self.pages[n].updates)

    def fetch(self, n: int) -> None:
        for update in self.board[self._fetched[n] :]:
            self.pages[n].take(update)
        self._fetched[n] = len(self.board)


acts = st.sampled_from(("stroke", "erase", "send", "fetch"))
steps = st.lists(st.tuples(st.integers(0, 2), acts, st.sampled_from("abc")), max_size=30)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.integers(0, 30))
def test_in_whatever_order_updates_arrive_everybody_has_the_same(
    steps: list[tuple[int, str, str]], again: int
) -> None:
    """A page that comes late, and gets some of it twice, has the same too."""
    table = Table()
    for n, act, name in steps:
        table.act(n, act, name)
    for everybody in (table.send, table.fetch):
        for n in range(3):
            everybody(n)
    late = Sketch()
    for update in (*table.board[:again], *table.board):
        late.take(update)
    first = table.pages[0].drawn
    assert all(page.drawn == first for page in (*table.pages, late))
    assert read_vector(late.document.get_state()) == table.vector


async def test_a_board_from_before_makers_stood_apart_keeps_its_maker(easel: Easel) -> None:
    board = replace(easel.board, label=Label("Plan", "Ada"), author="p1")
    cipher = await easel.store._vault.cipher("room", board.room_id)
    sealed = cipher.seal(msgspec.json.encode(board.label), f"boards/{board.id}")

    async def as_before(transaction: Transaction) -> None:
        await transaction.execute("DELETE FROM board_makers")
        await transaction.execute("UPDATE boards SET author = 'p1', sealed = :it", {"it": sealed})

    await easel.database.write(as_before)
    assert await easel.store.boards(board.room_id) == [board]
    renamed = replace(board, label=Label("Sketch", "Ada"))
    await easel.store.relabel(renamed)
    assert await easel.store.boards(board.room_id) == [renamed]
    assert await easel.store.forget_authors(("p1",)) == 1
    await easel.store.relabel(renamed)  # by somebody whose page has the maker still
    (left,) = await easel.store.boards(board.room_id)
    assert (left.label, left.author) == (Label("Sketch", ""), board.id)
