"""Whatever somebody changes in the file is found, and where."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.audit.chain import (
    COLUMNS,
    START,
    Checker,
    Head,
    Link,
    Problem,
    Value,
    link_hash,
    stored,
)
from tests.audit.conftest import House

VALUES: st.SearchStrategy[Value] = (
    st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5) | st.binary(max_size=5) | st.none()
)
Rows = list[tuple[int, str, str, str | None, str | None, bytes]]
ROWS: st.SearchStrategy[Rows] = st.lists(
    st.tuples(
        st.integers(0, 2**50),
        st.text(min_size=1, max_size=8),
        st.text(min_size=1, max_size=8),
        st.none() | st.text(max_size=8),
        st.none() | st.text(max_size=8),
        st.binary(min_size=1, max_size=8),
    ),
    min_size=3,
    max_size=8,
)


def chain_of(rows: Rows) -> list[Link]:
    links: list[Link] = []
    previous = START.hash
    for number, row in enumerate(rows, start=1):
        columns = stored((number, *row, previous))
        link = Link(number, columns, previous, link_hash(columns))
        links.append(link)
        previous = link.hash
    return links


def walk(links: list[Link], noted: Head | None = None) -> Problem | None:
    checker = Checker(noted)
    problems = (checker.check(link) for link in links)
    return next((problem for problem in problems if problem), None) or checker.finish()


def changed(link: Link, column: int, at: int, bit: int) -> Link:
    """One bit of one column turned, or one byte put into an empty one."""
    kind, content = link.columns[column]
    turned = bytearray(content or b"\0")
    turned[at % len(turned)] ^= 1 << bit
    columns = list(link.columns)
    columns[column] = (kind, bytes(turned))
    return Link(link.number, tuple(columns), columns[-1][1], link.hash)


@given(ROWS)
def test_what_nobody_touched_is_whole(
    rows: Rows,
) -> None:
    links = chain_of(rows)
    assert walk(links) is None
    assert walk(links, Head(2, links[1].hash)) is None


@given(ROWS, st.data())
def test_any_single_bit_is_found_where_it_is(rows: Rows, data: st.DataObject) -> None:
    links = chain_of(rows)
    at = data.draw(st.integers(0, len(links) - 1))
    column = data.draw(st.integers(0, len(links[at].columns) - 1))
    links[at] = changed(
        links[at], column, data.draw(st.integers(0, 63)), data.draw(st.integers(0, 7))
    )
    assert walk(links) == Problem("changed", at + 1)


@given(ROWS, st.data())
def test_a_line_made_to_fit_itself_breaks_the_next_or_the_noted_head(
    rows: Rows, data: st.DataObject
) -> None:
    links = chain_of(rows)
    head = Head(len(links), links[-1].hash)
    at = data.draw(st.integers(0, len(links) - 1))
    forged = changed(links[at], 2, 0, 0)
    links[at] = Link(at + 1, forged.columns, forged.previous_hash, link_hash(forged.columns))
    if at + 1 < len(links):
        assert walk(links) == Problem("link", at + 2)
    else:
        assert walk(links) is None, "only a noted head can tell"
        assert walk(links, head) == Problem("other", len(links))


@given(ROWS, st.data())
def test_a_line_taken_out_or_moved_is_found(rows: Rows, data: st.DataObject) -> None:
    links = chain_of(rows)
    at = data.draw(st.integers(0, len(links) - 2))
    assert walk([*links[:at], *links[at + 1 :]]) == Problem("gap", at + 1)
    swapped = [*links[:at], links[at + 1], links[at], *links[at + 2 :]]
    assert walk(swapped) == Problem("gap", at + 1)


@given(ROWS, st.data())
def test_lines_cut_off_at_the_end_are_found_with_the_noted_head(
    rows: Rows, data: st.DataObject
) -> None:
    links = chain_of(rows)
    kept = data.draw(st.integers(0, len(links) - 1))
    assert walk(links[:kept], Head(len(links), links[-1].hash)) == Problem("cut", kept + 1)


@given(st.lists(VALUES, max_size=4), st.lists(VALUES, max_size=4))
def test_different_lines_never_read_the_same(one: list[Value], other: list[Value]) -> None:
    assert (link_hash(stored(one)) == link_hash(stored(other))) == (stored(one) == stored(other))


def test_the_encoding_is_the_documented_one() -> None:
    """docs/audit.md: an auditor computes it without us."""
    text = b"meetd audit log 1\ninteger 1\n7text 2\n\xc3\xa9null 0\nblob 1\n\xff"
    assert link_hash(stored((7, "é", None, b"\xff"))) == hashlib.sha256(text).digest()


@pytest.mark.parametrize("text", ["", "1", "1:", "x:00", "-1:00", "1:0", f"-1:{'0' * 64}"])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Head.parse(text)
    assert Head.parse(str(Head(7, b"\x01" * 32))) == Head(7, b"\x01" * 32)


TAMPERED: list[tuple[str, Problem]] = [
    ("UPDATE audit_log SET act = 'room-deleted' WHERE number = 3", Problem("changed", 3)),
    ("UPDATE audit_log SET subject = NULL WHERE number = 3", Problem("changed", 3)),
    ("UPDATE audit_log SET actor = CAST(actor AS BLOB) WHERE number = 3", Problem("changed", 3)),
    ("UPDATE audit_log SET actor = CAST(X'ff' AS TEXT) WHERE number = 3", Problem("changed", 3)),
    ("UPDATE audit_log SET sealed = 'text' WHERE number = 3", Problem("changed", 3)),
    ("UPDATE audit_log SET hash = X'00' WHERE number = 3", Problem("changed", 3)),
    ("UPDATE audit_log SET previous_hash = X'' WHERE number = 3", Problem("changed", 3)),
    ("DELETE FROM audit_log WHERE number = 3", Problem("gap", 3)),
    ("DELETE FROM audit_log WHERE number = 1", Problem("gap", 1)),
    ("UPDATE audit_log SET number = 9 WHERE number = 3", Problem("gap", 3)),
    ("UPDATE audit_log SET number = -4 WHERE number = 3", Problem("gap", -4)),
    ("UPDATE audit_log SET sealed = zeroblob(60) WHERE number = 3", Problem("changed", 3)),
]


@pytest.mark.parametrize(("statement", "problem"), TAMPERED)
async def test_a_hand_in_the_file_is_found(house: House, statement: str, problem: Problem) -> None:
    await house.write(5)
    house.tamper(statement)
    assert (await house.log.verify()).problem == problem


async def test_a_log_that_was_cut_or_written_anew_shows_with_the_noted_head(house: House) -> None:
    await house.write(5)
    noted = await house.log.head()
    house.tamper("DELETE FROM audit_log WHERE number > 3")
    assert (await house.log.verify()).problem is None, "the rest fits"
    assert (await house.log.verify(noted)).problem == Problem("cut", 4)
    await house.write(2)
    assert (await house.log.verify(noted)).problem == Problem("other", 5)


async def test_a_changed_line_is_shown_as_such(house: House) -> None:
    await house.write(2)
    for statement in (
        "UPDATE audit_log SET sealed = X'00' WHERE number = 1",
        "UPDATE audit_log SET sealed = zeroblob(60) WHERE number = 1",
        "UPDATE audit_log SET sealed = 'text' WHERE number = 1",
    ):
        house.tamper(statement)
        first, second = await house.log.entries()
        assert first.details is None
        assert second.details == {"n": 2}


async def test_every_column_is_covered(house: House) -> None:
    columns = await house.database.read("SELECT name FROM pragma_table_info('audit_log')")
    assert [row["name"] for row in columns] == [*COLUMNS, "hash"]
