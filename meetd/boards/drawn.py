"""What is on a board, read as strictly as pages read it (``web/src/board/model.ts``): what is not
exactly an object of a board is left out. Plain values only; imports nothing of meetd."""

import math
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

COLOURS: Final = ("ink", "red", "orange", "yellow", "green", "blue", "violet")
STROKES: Final = ("pen", "marker", "highlighter")
SHAPES: Final = ("line", "arrow", "rectangle", "ellipse")
WRITINGS: Final = ("text", "note")
BACKGROUNDS: Final = ("plain", "grid", "lines", "dots")
MOST_PAGES: Final = 50
FARTHEST: Final = 1_000_000.0

_MOST_POINTS: Final = 4_000
_POINT: Final = struct.Struct(">iiB")
"""x and y in eighths, and how hard it was pressed."""
_SIZES: Final = (0.5, 400.0)
_SIDES: Final = (20.0, 4_000.0)
_USUAL_SIDE: Final = 180.0
_MOST_SAFE: Final = 2.0**53 - 1
_LONGEST_TEXT: Final = 2_000
_LONGEST_NAME: Final = 200
_LONGEST_ID: Final = 24
_MOST_PARTS: Final = 8
_PART_BYTES: Final = 32_000
_PAGE: Final = "page/"
_HIDDEN: Final = re.compile("(?!\n)[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Point = tuple[float, float]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Drawn:
    """One object where it is now. ``start`` and ``end``: opposite corners, or the ends of a line;
    ``points``: x, y and pressure (0 to 1) of a stroke."""

    kind: str
    colour: str
    size: float
    order: float
    start: Point = (0.0, 0.0)
    end: Point = (0.0, 0.0)
    points: tuple[tuple[float, float, float], ...] = ()
    text: str = ""
    """Of a writing; the name of an image."""
    side: float = 0.0
    jpeg: bytes = b""
    """Nothing while a part of it is missing."""


@dataclass(frozen=True)
class Page:
    """From below to the top."""

    background: str
    objects: Sequence[Drawn]


def read_pages(objects: Values, places: Values, board: Values, parts: Values) -> list[Page]:
    """The four maps of a document. At least one page."""
    drawn: dict[str, list[tuple[float, str, Drawn]]] = {}
    images = _Images(parts)
    for name, value in objects.items():
        found = _read(value, _point(places.get(name)) or (0.0, 0.0), images)
        if found is not None:
            drawn.setdefault(_page_of(value), []).append((found.order, name, found))
    return [
        Page(
            background, [each for _, _, each in sorted(drawn.get(page, []), key=lambda of: of[:2])]
        )
        for page, background in _pages(board)
    ]


def _pages(board: Values) -> list[tuple[str, str]]:
    """Ids and backgrounds, in their order; the first is always there."""
    others = []
    for key, value in board.items():
        page = key.removeprefix(_PAGE)
        order = value.get("o") if isinstance(value, dict) else None
        if key.startswith(_PAGE) and _is_id(page) and _is_within(order, 0, _MOST_SAFE) and order:
            others.append((order, page, _background(value.get("b"))))
    others.sort(key=lambda of: of[:2])
    first = ("", _background(board.get("background")))
    return [first, *((page, background) for _, page, background in others[: MOST_PAGES - 1])]


def _background(value: Any) -> str:
    return value if isinstance(value, str) and value in BACKGROUNDS else BACKGROUNDS[0]


def _page_of(value: Any) -> str:
    page = value.get("g", "")
    return page if isinstance(page, str) else ""


class _Images:
    """Of each image its bytes once, however many objects show it."""

    def __init__(self, parts: Values) -> None:
        self._parts = parts
        self._known: dict[tuple[str, int], bytes] = {}

    def jpeg(self, image: str, count: int) -> bytes:
        """Nothing while a part of it is missing, or where it is no JPEG."""
        if (image, count) not in self._known:
            found = [self._parts.get(f"{image}/{number}") for number in range(count)]
            pieces = [each["b"] for each in found if isinstance(each, dict) and _is_part(each)]
            jpeg = b"".join(pieces) if len(pieces) == count else b""
            self._known[image, count] = jpeg if jpeg.startswith(b"\xff\xd8") else b""
        return self._known[image, count]


def _read(value: Any, by: Point, images: _Images) -> Drawn | None:
    common = _common(value)
    if common is None:
        return None
    kind, start, end = value.get("k"), _point(value.get("f")), _point(value.get("t"))
    if _is_one_of(kind, STROKES):
        points = _points(value.get("p"), by)
        return Drawn(kind, points=points, **common) if points else None
    if start is not None and _is_one_of(kind, WRITINGS):
        return _writing(kind, value, _moved(start, by), common)
    if start is None or end is None:
        return None
    common |= {"start": _moved(start, by), "end": _moved(end, by)}
    if _is_one_of(kind, SHAPES):
        return Drawn(kind, **common)
    return _image(value, common, images) if kind == "image" else None


def _common(value: Any) -> dict[str, Any] | None:
    """What every object has."""
    if not isinstance(value, dict):
        return None
    colour, size, order, page = (value.get(key) for key in ("c", "s", "o", "g"))
    is_right = _is_one_of(colour, COLOURS) and _is_within(size, *_SIZES)
    is_placed = page is None or page == "" or _is_id(page)
    if not (is_right and is_placed and _is_within(order, 0, _MOST_SAFE)):
        return None
    return {"colour": colour, "size": float(size or 0), "order": float(order or 0)}


def _writing(kind: str, value: Values, at: Point, common: dict[str, Any]) -> Drawn | None:
    text, side = value.get("w"), value.get("d", _USUAL_SIDE)
    if not isinstance(text, str) or not _is_within(side, *_SIDES):
        return None
    return Drawn(kind, start=at, text=clean(text, _LONGEST_TEXT), side=float(side), **common)


def _image(value: Values, common: dict[str, Any], images: _Images) -> Drawn | None:
    name, image, count = value.get("w"), value.get("i"), value.get("n", 0)
    if not isinstance(name, str) or not _is_id(image) or not _is_within(count, 1, _MOST_PARTS):
        return None
    jpeg = images.jpeg(image or "", math.ceil(count))
    return Drawn("image", text=clean(name, _LONGEST_NAME), jpeg=jpeg, **common)


def clean(text: str, longest: int) -> str:
    """No control or direction characters, which could make it read differently from what it is."""
    return _HIDDEN.sub("", text[:longest])


def _points(packed: Any, by: Point) -> tuple[tuple[float, float, float], ...]:
    if not isinstance(packed, bytes | bytearray) or len(packed) % _POINT.size:
        return ()
    if len(packed) > _MOST_POINTS * _POINT.size:
        return ()
    return tuple(
        (_clamped(x / 8) + by[0], _clamped(y / 8) + by[1], pressure / 255)
        for x, y, pressure in _POINT.iter_unpack(packed)
    )


def _clamped(value: float) -> float:
    return min(FARTHEST, max(-FARTHEST, value))


def _point(value: Any) -> Point | None:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - x and y
        return None
    x, y = value
    is_there = _is_within(x, -FARTHEST, FARTHEST) and _is_within(y, -FARTHEST, FARTHEST)
    return (float(x), float(y)) if is_there else None


def _moved(point: Point, by: Point) -> Point:
    return point[0] + by[0], point[1] + by[1]


def _is_one_of(value: Any, all_of: Iterable[str]) -> bool:
    return isinstance(value, str) and value in all_of


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _is_part(part: Values) -> bool:
    content = part.get("b")
    return isinstance(content, bytes | bytearray) and len(content) <= _PART_BYTES


def _is_within(value: Any, least: float, most: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and least <= value <= most
