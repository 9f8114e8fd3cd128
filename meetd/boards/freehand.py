"""The outline of a pen stroke, as pages draw it: the same steps as ``perfect-freehand`` 1.2 (MIT,
Steve Ruiz), which they use, for what they ask of it: pressure as it was, round ends, no taper.

A test holds it against points that the library itself made. Imports nothing of meetd.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Vector = tuple[float, float]

_STREAMLINE: Final = 0.35
_SMOOTHING: Final = 0.5
_HALF_TURN: Final = math.pi + 0.0001
"""A little more, so that ends close."""
_ROUND: Final = 13
_END: Final = 29
_LEAST_RADIUS: Final = 0.01
_END_LENGTH: Final = 3.0
"""What is left of a stroke when nothing more is worth a corner."""
_FEW: Final = 2
_NO_PRESSURE: Final = 0.5


@dataclass
class _Place:
    """``vector``: to the one before, of length 1; ``running``: from the beginning."""

    point: Vector
    pressure: float
    vector: Vector
    running: float


def outline(
    points: Sequence[tuple[float, float, float]], size: float, thinning: float
) -> list[Vector]:
    """Corners of the shape to be filled. ``thinning``: how much pressure does, 0 to 1."""
    places = _places(points, size)
    radius = _radius(size, thinning, places[0].pressure)
    if len(places) == 1:
        return _dot(places[0].point, radius)
    left, right = _sides(places, size, thinning)
    last = places[-1]
    start = _turned(right[0], places[0].point, _steps(_ROUND), _HALF_TURN)
    direction = (-last.vector[1], last.vector[0])
    tip = _along(last.point, direction, _radius(size, thinning, last.pressure))
    end = _turned(tip, last.point, _steps(_END, whole=False), 3 * _HALF_TURN)
    return [*left, *end, *reversed(right), *start]


def _places(points: Sequence[tuple[float, float, float]], size: float) -> list[_Place]:
    """The stroke, smoothed; what is too near to its beginning is left out."""
    step = 0.15 + (1 - _STREAMLINE) * 0.85
    given = _enough(points)
    places = [_Place(given[0][:2], given[0][2], (1.0, 1.0), 0.0)]
    running, is_long = 0.0, False
    for number in range(1, len(given)):
        x, y, pressure = given[number]
        before, is_last = places[-1].point, number == len(given) - 1
        point = (x, y) if is_last else _between(before, (x, y), step)
        if point == before:
            continue
        distance = math.hypot(point[1] - before[1], point[0] - before[0])
        running += distance
        if not is_last and not is_long:
            if running < size:
                continue
            is_long = True
        vector = ((before[0] - point[0]) / distance, (before[1] - point[1]) / distance)
        places.append(_Place(point, pressure, vector, running))
    places[0].vector = places[1].vector if len(places) > 1 else (0.0, 0.0)
    return places


def _enough(points: Sequence[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """A stroke of one or two points gets some more."""
    first = points[0]
    if len(points) == _FEW:
        last = points[1]
        between = [_between(first[:2], last[:2], part / 4) for part in range(1, 5)]
        return [first, *((x, y, _NO_PRESSURE) for x, y in between)]
    return [*points] if len(points) > 1 else [first, (first[0] + 1, first[1] + 1, first[2])]


def _sides(
    places: Sequence[_Place], size: float, thinning: float
) -> tuple[list[Vector], list[Vector]]:
    left: list[Vector] = []
    right: list[Vector] = []
    apart = (size * _SMOOTHING) ** 2
    last_left = last_right = places[0].point
    before, was_sharp, total = places[0].vector, False, places[-1].running
    for number, place in enumerate(places):
        is_last = number == len(places) - 1
        if not is_last and total - place.running < _END_LENGTH:
            continue
        radius = _radius(size, thinning, place.pressure)
        after = place.vector if is_last else places[number + 1].vector
        turn = 1.0 if is_last else _dot_product(place.vector, after)
        is_sharp = _dot_product(place.vector, before) < 0 and not was_sharp
        if is_sharp or turn < 0:
            offset = _across(before, radius)
            steps = [0.0, *_steps(_ROUND)]
            left += _turned(_minus(place.point, offset), place.point, steps, _HALF_TURN)
            right += _turned(_plus(place.point, offset), place.point, steps, -_HALF_TURN)
            last_left, last_right = left[-1], right[-1]
            was_sharp = was_sharp or turn < 0
            continue
        was_sharp = False
        if is_last:
            offset = _across(place.vector, radius)
            left.append(_minus(place.point, offset))
            right.append(_plus(place.point, offset))
            continue
        offset = _across(_between(after, place.vector, turn), radius)
        one, other = _minus(place.point, offset), _plus(place.point, offset)
        if number <= 1 or _square(last_left, one) > apart:
            left.append(one)
            last_left = one
        if number <= 1 or _square(last_right, other) > apart:
            right.append(other)
            last_right = other
        before = place.vector
    return left, right


def _dot(point: Vector, radius: float) -> list[Vector]:
    slant = math.sqrt(0.5)
    start = _along(point, (-slant, slant), -radius)
    return _turned(start, point, _steps(_ROUND), 2 * _HALF_TURN)


def _radius(size: float, thinning: float, pressure: float) -> float:
    return max(_LEAST_RADIUS, size * (0.5 - thinning * (0.5 - pressure)))


def _steps(count: int, *, whole: bool = True) -> list[float]:
    """Parts of a turn. Added up as the library does it, so that rounding ends them alike."""
    step = part = 1 / count
    parts = []
    while part <= 1 if whole else part < 1:
        parts.append(part)
        part += step
    return parts


def _turned(point: Vector, middle: Vector, parts: Sequence[float], angle: float) -> list[Vector]:
    x, y = _minus(point, middle)
    return [
        (
            x * math.cos(angle * part) - y * math.sin(angle * part) + middle[0],
            x * math.sin(angle * part) + y * math.cos(angle * part) + middle[1],
        )
        for part in parts
    ]


def _across(vector: Vector, length: float) -> Vector:
    return vector[1] * length, -vector[0] * length


def _along(point: Vector, vector: Vector, length: float) -> Vector:
    return point[0] + vector[0] * length, point[1] + vector[1] * length


def _between(one: Vector, other: Vector, part: float) -> Vector:
    return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part


def _plus(one: Vector, other: Vector) -> Vector:
    return one[0] + other[0], one[1] + other[1]


def _minus(one: Vector, other: Vector) -> Vector:
    return one[0] - other[0], one[1] - other[1]


def _dot_product(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1]


def _square(one: Vector, other: Vector) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
