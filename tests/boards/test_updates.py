"""Our reader of updates lets in what a board consists of, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from meetd.boards.updates import UpdateInvalid, read_update, read_vector
from tests.support.sketch import Sketch

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**50), 2**50)
    | st.text(max_size=8)
    | st.binary()
    # A page sends numbers with a point in them as well.
    | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.lists(st.tuples(st.sampled_from("abcd"), values | st.just("erase")), max_size=12))
def test_whatever_is_drawn_is_let_in(acts: list[tuple[str, Any]]) -> None:
    sketch = Sketch(client=7)
    for name, value in acts:
        if value == "erase":
            sketch.objects.pop(name, None)
        else:
            sketch.objects[name] = value
    end = 0
    for update in sketch.updates:
        drawn = read_update(update)
        if drawn.begins:
            assert drawn.begins == {7: end}
            end = drawn.ends[7]
    assert read_vector(sketch.document.get_state()) == ({7: end} if end else {})


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else_happens(garbage: bytes) -> None:
    for read in (read_update, read_vector):
        try:
            read(garbage)
        except UpdateInvalid:
            continue


@given(st.data())
def test_a_damaged_update_is_read_or_refused(data: st.DataObject) -> None:
    sketch = Sketch(client=7)
    update = bytearray(sketch.stroke("a") + b"")
    at = data.draw(st.integers(0, len(update) - 1))
    update[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(update)))
    for damaged in (bytes(update), bytes(update[:cut])):
        try:
            read_update(damaged)
        except UpdateInvalid:
            continue


@pytest.mark.parametrize(
    "kind",
    [Text("x"), Array([1]), Map({"a": 1})],
    ids=["text", "list", "map"],
)
def test_nothing_but_plain_values_in_the_maps_of_a_board(kind: Any) -> None:
    document: Doc[Any] = Doc()
    inside = document.get("objects", type=Map)
    inside["a"] = kind
    with pytest.raises(UpdateInvalid):
        read_update(document.get_update())


def test_no_other_map() -> None:
    document: Doc[Any] = Doc()
    document.get("elsewhere", type=Map)["a"] = 1
    with pytest.raises(UpdateInvalid):
        read_update(document.get_update())


@pytest.mark.parametrize(
    "hostile",
    ["b8885817", "a1e9f91a03acf629", "8dd39d1a5e452aab7e473062e5ce8d8b987000b7"],
)
def test_what_makes_the_library_take_gigabytes_is_refused(hostile: str) -> None:
    with pytest.raises(UpdateInvalid):
        read_update(bytes.fromhex(hostile))


def test_nesting_ends_in_a_refusal() -> None:
    sketch = Sketch()
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    sketch.objects["a"] = deep
    with pytest.raises(UpdateInvalid):
        read_update(sketch.updates[-1])
