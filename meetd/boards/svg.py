"""One page of a board as SVG, its strokes as lines that are as wide as the pen was pressed, in the
light colours of the theme. It refers to nothing outside itself and holds no script. Imports what
draws, nothing else."""

import math
from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from meetd.boards.drawn import SHAPES, STROKES, Drawn, Point

PAPER: Final = "#fffdf9"
INKS: Final = {
    "ink": "#24211d",
    "red": "#b42b1f",
    "orange": "#b85c00",
    "yellow": "#957300",
    "green": "#256b43",
    "blue": "#1f5fa8",
    "violet": "#6b3fa0",
}
"""As in ``web/src/ui/tokens.css``, in the light."""
MOST: Final = 120_000_000
"""Bytes of the pages of one board, about: 2,000,000 points of strokes that are wider here and
thinner there. Then strokes are as wide everywhere, which looks alike from afar, images are frames,
and texts end: few bytes in a document can ask for very many here."""

_OF_POINT: Final = 60
_OF_LINE: Final = 60
"""Bytes of one of them, about."""
_TINT: Final = 22
"""Per cent of the colour in the paper of a note."""
_THINNING: Final = {"pen": 0.55, "marker": 0.0, "highlighter": 0.0}
"""How much pressure does to the width: nothing, or up to twice as wide at 1."""
_FAINT: Final = "0.35"
_MARGIN: Final = 40
_PADDING: Final = 12
_LINE_HEIGHT: Final = 1.3
_LETTER: Final = 0.5
"""Width of a letter, of its height: nobody can be asked how wide letters are."""
_WIDE_LETTER: Final = 0.62
_EMPTY: Final = (0.0, 0.0, 400.0, 300.0)
_HEAD: Final = 4
_HEAD_ANGLE: Final = 0.42

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Budget:
    """Bytes that may still be written without sparing any."""

    def __init__(self, most: int = MOST) -> None:
        self._left = most

    def take(self, wanted: int) -> bool:
        """Nothing of it where it is too much."""
        if wanted > self._left:
            return False
        self._left -= wanted
        return True


def svg_of(objects: Sequence[Drawn], title: str, budget: Budget) -> Iterator[str]:
    """In pieces. ``title``: what a screen reader says."""
    left, top, right, bottom = _paper(objects)
    place = f'x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"'
    size = f'width="{right - left}" height="{bottom - top}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {right - left}'
        f' {bottom - top}" {size} role="img"><title>{escape(title)}</title>'
        f'<rect {place} fill="{PAPER}"/>\n'
    )
    for each in objects:
        yield _element(each, budget) + "\n"
    yield "</svg>\n"


def _element(drawn: Drawn, budget: Budget) -> str:
    if drawn.kind in STROKES:
        return _stroke(drawn, budget)
    if drawn.kind in SHAPES:
        return f'<path d="{_shape(drawn)}" {_line(drawn.colour, _short(drawn.size))}/>'
    return _image(drawn, budget) if drawn.kind == "image" else _writing(drawn, budget)


def _stroke(drawn: Drawn, budget: Budget) -> str:
    """One path where it is as wide everywhere, else a group of them: what is faint is so as a
    whole, and does not darken where pieces lie on each other."""
    faint = f' opacity="{_FAINT}"' if drawn.kind == "highlighter" else ""
    pieces = _pieces(drawn)
    if len(pieces) > 1 and not budget.take(len(drawn.points) * _OF_POINT):
        pieces = [(_short(drawn.size), [(x, y) for x, y, _ in drawn.points])]
    if len(pieces) == 1:
        ((width, points),) = pieces
        return f'<path d="{_along(points)}" {_line(drawn.colour, width)}{faint}/>'
    paths = "".join(f'<path d="{_along(each)}" stroke-width="{width}"/>' for width, each in pieces)
    return f"<g {_ink(drawn.colour)}{faint}>{paths}</g>"


def _pieces(drawn: Drawn) -> list[tuple[str, list[Point]]]:
    """From point to point, each with its width; what follows as wide as before belongs to it."""
    first, *others = drawn.points
    before = first
    pieces: list[tuple[str, list[Point]]] = []
    for point in others or [first]:
        width = _short(_width(drawn, (before[2] + point[2]) / 2))
        if not pieces or pieces[-1][0] != width:
            pieces.append((width, [before[:2]]))
        pieces[-1][1].append(point[:2])
        before = point
    return pieces


def _width(drawn: Drawn, pressure: float) -> float:
    """``pressure``: 0 to 1; in the middle it is as wide as was chosen."""
    return drawn.size * (1 + _THINNING[drawn.kind] * (2 * pressure - 1))


def _along(points: Sequence[Point]) -> str:
    """A point alone has its line to itself: with round ends that is a dot."""
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)


def _line(colour: str, width: str) -> str:
    return f'{_ink(colour)} stroke-width="{width}"'


def _ink(colour: str) -> str:
    return f'fill="none" stroke="{INKS[colour]}" stroke-linecap="round" stroke-linejoin="round"'


def _shape(drawn: Drawn) -> str:
    (x0, y0), (x1, y1) = drawn.start, drawn.end
    ends = [_short(each) for each in (x0, y0, x1, y1)]
    if drawn.kind == "rectangle":
        return f"M{ends[0]} {ends[1]}H{ends[2]}V{ends[3]}H{ends[0]}Z"
    if drawn.kind == "ellipse":
        wide, middle = abs(x1 - x0) / 2, _short((y0 + y1) / 2)
        arc = f"A{_short(wide)} {_short(abs(y1 - y0) / 2)} 0 1 0"
        left, right = _short(min(x0, x1)), _short(max(x0, x1))
        return f"M{left} {middle}{arc} {right} {middle}{arc} {left} {middle}Z"
    line = f"M{ends[0]} {ends[1]}L{ends[2]} {ends[3]}"
    return line if drawn.kind == "line" else line + _head(drawn)


def _head(drawn: Drawn) -> str:
    (x0, y0), (x1, y1) = drawn.start, drawn.end
    angle, length = math.atan2(y1 - y0, x1 - x0), _HEAD * drawn.size + 6
    one, other = (
        f"{_short(x1 + length * math.cos(turn))} {_short(y1 + length * math.sin(turn))}"
        for turn in (angle - _HEAD_ANGLE + math.pi, angle + _HEAD_ANGLE + math.pi)
    )
    return f"M{one}L{_short(x1)} {_short(y1)}L{other}"


def _writing(drawn: Drawn, budget: Budget) -> str:
    is_note, (x, y) = drawn.kind == "note", drawn.start
    inset = _PADDING if is_note else 0
    lines = drawn.text.split("\n")
    paper = ""
    if is_note:
        lines = _wrapped(lines, int((drawn.side - 2 * _PADDING) / (drawn.size * _LETTER)))
        side = _short(drawn.side)
        place = f'x="{_short(x)}" y="{_short(y)}" width="{side}" height="{side}"'
        paper = f'<rect {place} fill="{_tinted(drawn.colour)}"/>'
    lines = lines if budget.take(len(lines) * _OF_LINE) else lines[:1]
    rows = "".join(
        f'<tspan x="{_short(x + inset)}"'
        f' y="{_short(y + inset + (number * _LINE_HEIGHT + 0.85) * drawn.size)}">'
        f"{escape(line)}</tspan>"
        for number, line in enumerate(lines)
    )
    ink = INKS["ink" if is_note else drawn.colour]
    size = _short(drawn.size)
    text = f'<text font-family="sans-serif" font-size="{size}" fill="{ink}">{rows}</text>'
    return f"<g>{paper}{text}</g>"


def _wrapped(paragraphs: Sequence[str], most: int) -> list[str]:
    """Lines of about so many letters; a longer word stays whole."""
    lines = []
    for paragraph in paragraphs:
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and len(longer) > most:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def _image(drawn: Drawn, budget: Budget) -> str:
    (x0, y0), (x1, y1) = drawn.start, drawn.end
    size = f'width="{_short(abs(x1 - x0))}" height="{_short(abs(y1 - y0))}"'
    place = f'x="{_short(min(x0, x1))}" y="{_short(min(y0, y1))}" {size}'
    if not drawn.jpeg or not budget.take(len(drawn.jpeg) * 4 // 3):
        return f'<rect {place} fill="none" stroke="{INKS["ink"]}"/>'
    address = f"data:image/jpeg;base64,{b64encode(drawn.jpeg).decode()}"
    title = f"<title>{escape(drawn.text)}</title>"
    return f'<image {place} preserveAspectRatio="none" href="{address}">{title}</image>'


def _paper(objects: Sequence[Drawn]) -> tuple[int, int, int, int]:
    """Everything, with some paper around it."""
    boxes = [_box(each) for each in objects] or [_EMPTY]
    return (
        math.floor(min(box[0] for box in boxes) - _MARGIN),
        math.floor(min(box[1] for box in boxes) - _MARGIN),
        math.ceil(max(box[2] for box in boxes) + _MARGIN),
        math.ceil(max(box[3] for box in boxes) + _MARGIN),
    )


def _box(drawn: Drawn) -> Box:
    (x0, y0), (x1, y1) = drawn.start, drawn.end
    around = drawn.size * (5 if drawn.kind == "arrow" else 1)
    if drawn.kind in STROKES:
        across, down = [each[0] for each in drawn.points], [each[1] for each in drawn.points]
        return _grown(min(across), min(down), max(across), max(down), drawn.size)
    if drawn.kind == "note":
        return x0, y0, x0 + drawn.side, y0 + drawn.side
    if drawn.kind == "text":
        lines = drawn.text.split("\n")
        longest = max(1, *(len(line) for line in lines), 1)
        width = longest * drawn.size * _WIDE_LETTER
        return x0, y0, x0 + width, y0 + len(lines) * drawn.size * _LINE_HEIGHT
    by = around if drawn.kind in SHAPES else 0.0
    return _grown(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), by)


def _grown(left: float, top: float, right: float, bottom: float, by: float) -> Box:
    return left - by, top - by, right + by, bottom + by


def _tinted(colour: str) -> str:
    mixed = [
        (_TINT * int(INKS[colour][at : at + 2], 16) + (100 - _TINT) * int(PAPER[at : at + 2], 16))
        // 100
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{each:02x}" for each in mixed)


def _short(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
