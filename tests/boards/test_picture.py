"""What is taken along of a board: its document, always the same, and what is on it as SVG and JSON;
and what is not exactly an object of a board is left out."""

import json
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from random import Random  # noqa: TID251 - the same numbers in every run
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map

from meetd.boards.drawn import read_pages
from meetd.boards.picture import PictureFailed, pictures
from meetd.boards.svg import MOST, Budget, svg_of
from meetd.boards.updates import UpdateInvalid, in_order, read_update
from tests.support.sketch import Sketch

SVG = "{http://www.w3.org/2000/svg}"
JPEG = b"\xff\xd8\xff\xe0 not really\xff\xd9"


def packed(points: Sequence[tuple[float, float, int]]) -> bytes:
    return b"".join(struct.pack(">iiB", int(x * 8), int(y * 8), how) for x, y, how in points)


PEN = {"k": "pen", "c": "red", "s": 4, "o": 1, "p": packed([(0, 0, 90), (50, 40, 200)])}


async def files_of(updates: Sequence[bytes], title: str = "Plan") -> dict[str, bytes]:
    return {
        file.name: b"".join([piece async for piece in pieces])
        async for file, pieces in pictures(updates, title)
    }


def page_of(objects: dict[str, Any], **maps: dict[str, Any]) -> list[Any]:
    pages = read_pages(
        objects, maps.get("places", {}), maps.get("board", {}), maps.get("parts", {})
    )
    return list(pages[0].objects)


def stroke_of(*points: tuple[float, float, int], kind: str = "pen") -> ET.Element:
    """The element that a stroke of size 10 becomes."""
    objects = page_of({"a": PEN | {"k": kind, "s": 10, "p": packed(points)}})
    svg = "".join(svg_of(objects, "Plan", Budget()))
    return ET.fromstring(svg)[2]  # noqa: S314 - made a moment ago


def test_a_stroke_of_one_pressure_is_one_line() -> None:
    stroke = stroke_of((0, 0, 255), (50, 40, 255), (60, 20, 255))
    assert stroke.tag == f"{SVG}path"
    assert stroke.attrib == {
        "d": "M0 0L50 40L60 20",
        "fill": "none",
        "stroke": "#b42b1f",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
        "stroke-width": "15.5",
    }


def test_a_stroke_is_as_wide_as_the_pen_was_pressed() -> None:
    group = stroke_of((0, 0, 0), (10, 0, 0), (20, 0, 255), (30, 0, 255), (40, 0, 255))
    assert group.tag == f"{SVG}g"
    assert [(each.get("d"), each.get("stroke-width")) for each in group] == [
        ("M0 0L10 0", "4.5"),
        ("M10 0L20 0", "10"),
        ("M20 0L30 0L40 0", "15.5"),
    ]
    assert (group.get("stroke-linecap"), group.get("stroke-linejoin")) == ("round", "round")


@pytest.mark.parametrize("kind", ["marker", "highlighter"])
def test_what_is_no_pen_is_as_wide_everywhere_and_faint_once(kind: str) -> None:
    stroke = stroke_of((0, 0, 0), (10, 0, 128), (5, 5, 255), kind=kind)
    assert (stroke.tag, stroke.get("stroke-width")) == (f"{SVG}path", "10")
    assert stroke.get("opacity") == ("0.35" if kind == "highlighter" else None)


def test_a_point_alone_is_a_dot() -> None:
    assert stroke_of((3, 4, 255)).get("d") == "M3 4L3 4"


async def test_everything_on_a_board_is_in_its_pictures() -> None:
    sketch = Sketch(7)
    sketch.document.get("parts", type=Map)["i/0"] = {"b": JPEG}
    sketch.document.get("board", type=Map)["page/two"] = {"o": 1, "b": "grid"}
    sketch.document.get("places", type=Map)["pen"] = [100, 0]
    common = {"c": "blue", "s": 8, "f": [10, 20], "t": [200, 120]}
    sketch.objects["pen"] = PEN
    for order, kind in enumerate(("line", "arrow", "rectangle", "ellipse"), start=2):
        sketch.objects[kind] = {"k": kind, "o": order, **common}
    sketch.objects["text"] = {"k": "text", "o": 7, **common, "w": "<script>alert(1)</script>\nb"}
    sketch.objects["note"] = {"k": "note", "o": 8, **common, "w": "buy milk & bread " * 3}
    sketch.objects["image"] = {"k": "image", "o": 9, **common, "i": "i", "n": 1, "w": 'a".jpg'}
    sketch.objects["far"] = {"k": "line", "o": 1, **common, "g": "two"}
    made = await files_of(sketch.updates, "Plan <1> & more")
    assert list(made) == ["document.yjs", "board.json", "page-1.svg", "page-2.svg"]
    svg = ET.fromstring(made["page-1.svg"])  # noqa: S314 - made a moment ago
    assert svg[0].text == "Plan <1> & more 1"
    kinds = [each.tag.removeprefix(SVG) for each in svg]
    assert kinds == ["title", "rect", *["path"] * 5, "g", "g", "image"]
    assert "script" not in {each.tag.removeprefix(SVG) for each in svg.iter()}
    texts = ["".join(each.itertext()) for each in svg.iter(f"{SVG}text")]
    assert texts[0] == "<script>alert(1)</script>b"
    assert len(list(list(svg.iter(f"{SVG}text"))[1])) > 1, "a note is wrapped"
    addresses = re.findall(rb"https?://[^\"]*", made["page-1.svg"])
    assert addresses == [b"http://www.w3.org/2000/svg"]
    pages = json.loads(made["board.json"])["pages"]
    assert [page["background"] for page in pages] == ["plain", "grid"]
    assert [each["kind"] for each in pages[0]["objects"]][:2] == ["pen", "line"]
    assert pages[0]["objects"][0]["points"][0] == [100, 0, 0.353]
    document: Doc[Any] = Doc()
    document.apply_update(made["document.yjs"])
    assert set(document.get("objects", type=Map)) == set(sketch.drawn)


async def test_an_empty_board_has_one_empty_page() -> None:
    made = await files_of([b"\x00\x00"])
    assert made["document.yjs"] == b"\x00\x00"
    assert json.loads(made["board.json"]) == {"pages": [{"background": "plain", "objects": []}]}


async def test_a_document_is_the_same_however_often_it_is_merged() -> None:
    chance = Random(3)  # noqa: S311
    one, other = Sketch(5), Sketch(900)
    for number in range(60):
        drawing, looking = chance.choice([(one, other), (other, one)])
        name = chance.choice("abcdef")
        drawing.objects[name] = {**PEN, "s": number + 1, "z": {"q": 1, "r": [{"b": 1, "a": 2}]}}
        if chance.random() < 0.5:
            looking.take(drawing.updates[-1])
        if chance.random() < 0.3:
            del drawing.objects[name]
    first = await files_of([*one.updates, *other.updates])
    again = await files_of([first["document.yjs"]])
    from_others = await files_of([*other.updates, *one.updates])
    assert first == again == from_others


async def test_what_is_no_board_has_no_pictures() -> None:
    with pytest.raises(PictureFailed):
        await files_of([b"not an update"])


async def test_a_process_that_takes_too_long_is_ended() -> None:
    with pytest.raises(PictureFailed):
        await anext(pictures([b"\x00\x00"], "Plan", seconds=0.0))


@pytest.mark.parametrize(
    "change",
    [
        {"k": "spray"},
        {"c": "#fff"},
        {"s": 0},
        {"s": float("nan")},
        {"s": True},
        {"o": -1},
        {"g": "x" * 25},
        {"g": 7},
        {"p": b"12345678"},
        {"p": b""},
        {"p": bytes(9 * 4_001)},
        {"p": "text"},
    ],
)
def test_what_is_not_exactly_an_object_is_left_out(change: dict[str, Any]) -> None:
    assert len(page_of({"a": PEN})) == 1
    assert page_of({"a": PEN | change}) == []


def test_texts_lose_what_disguises_them_and_images_what_is_no_jpeg() -> None:
    text = {"k": "text", "c": "ink", "s": 9, "o": 1, "f": [0, 0], "w": "a\u202eb\x00c\nd"}
    (read,) = page_of({"a": text})
    assert read.text == "abc\nd"
    image = {"k": "image", "c": "ink", "s": 1, "o": 1, "f": [0, 0], "t": [9, 9], "i": "i", "n": 2}
    parts = {"i/0": {"b": JPEG[:5]}, "i/1": {"b": JPEG[5:]}}
    for given_parts, jpeg in (
        (parts, JPEG),
        ({"i/0": parts["i/0"]}, b""),
        ({"i/0": {"b": b"<svg>"}, "i/1": {"b": b""}}, b""),
        ({"i/0": {"b": bytes(32_001)}, "i/1": {"b": b""}}, b""),
    ):
        (read,) = page_of({"a": image | {"w": "x.jpg"}}, parts=given_parts)
        assert read.jpeg == jpeg


def test_more_strokes_than_anybody_waits_for_are_as_wide_everywhere() -> None:
    pen = PEN | {"p": packed([(0, 0, 90), (50, 40, 200), (60, 40, 10)])}
    svg = "".join(svg_of(page_of({"a": pen, "b": pen}), "Plan", Budget(200)))
    assert svg.count("<g ") == 1
    assert svg.count('d="M0 0L50 40L60 40"') == 1


async def test_few_bytes_that_ask_for_very_many_get_few() -> None:
    """One image shown 2,000 times, and texts of nothing but line ends."""
    sketch = Sketch(7)
    sketch.document.get("parts", type=Map)["i/0"] = {"b": JPEG + bytes(31_000)}
    sketch.document.get("parts", type=Map)["i/1"] = {"b": bytes(32_000)}
    place = {"c": "ink", "s": 9, "f": [0, 0], "t": [9, 9], "o": 1}
    with sketch.document.transaction():
        for number in range(2_000):
            sketch.objects[f"i{number}"] = {"k": "image", **place, "i": "i", "n": 2, "w": ""}
            sketch.objects[f"t{number}"] = {"k": "text", **place, "w": "\n" * 1_999}
    assert sum(map(len, sketch.updates)) < 5_000_000
    made = await files_of(sketch.updates)
    assert len(made["page-1.svg"]) < 2 * MOST


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)
maps = st.dictionaries(st.text(max_size=8), values | st.fixed_dictionaries(
    {"k": st.sampled_from(["pen", "note", "line", "image"]), "c": st.just("ink"),
     "s": st.just(3), "o": values, "f": values, "t": values, "w": values, "n": values}
), max_size=4)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(objects=maps, places=maps, board=maps, parts=maps)
def test_whatever_is_in_the_maps_becomes_a_picture(
    objects: dict[str, Any], places: dict[str, Any], board: dict[str, Any], parts: dict[str, Any]
) -> None:
    for page in read_pages(objects, places, board, parts):
        svg = "".join(svg_of(page.objects, "Plan", Budget()))
        ET.fromstring(svg)  # noqa: S314 - made a moment ago


@settings(deadline=None)
@given(data=st.binary(max_size=60))
def test_any_bytes_are_put_in_order_or_refused(data: bytes) -> None:
    try:
        ordered = in_order(data)
    except UpdateInvalid:
        return
    assert read_update(ordered) == read_update(data)
    assert len(ordered) == len(data)
