"""How near two symbols of a picture lie to each other, in lengths of a symbol, so that neither zoom nor pixels matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, inf
from typing import Final

_SQUARE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A symbol's outline. ``length`` is its longer side in pixels, ``reach`` how far from it the rest of its label may be: as far as a
    linear code is long, and three sides of a square one.
    """

    corners: tuple[tuple[float, float], ...]
    centre: tuple[float, float]
    length: float
    reach: float


def spot_of(corners: Sequence[tuple[int, int]]) -> Spot | None:
    """The outline; None where fewer than two different points are known."""
    if len(set(corners)) < 2:
        return None
    points = tuple((float(x), float(y)) for x, y in corners)
    middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
    sides = [
        hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in zip(points, (*points[1:], points[0]), strict=True)
    ]
    length = max(max(sides), 1.0)
    square = len(sides) > 2 and length < 2 * min(sides)
    return Spot(points, middle, length, _SQUARE * length if square else length)


def same_spot(one: Spot | None, other: Spot | None) -> bool:
    """Are they one symbol, seen twice? Symbols without a position are each their own."""
    if one is None or other is None:
        return False
    apart = hypot(one.centre[0] - other.centre[0], one.centre[1] - other.centre[1])
    return apart < 0.35 * max(_breadth(one), _breadth(other), 0.1 * one.length)


def gap(one: Spot, other: Spot, *, most: float = inf) -> float:
    """The smallest distance between the two outlines, by the greater reach; 0 where they touch. Beyond ``most`` it is infinite."""
    reach = max(one.reach, other.reach)
    apart = hypot(one.centre[0] - other.centre[0], one.centre[1] - other.centre[1])
    if apart - one.length - other.length > most * reach:
        return inf
    nearest = min(
        _to_edge(point, a, b)
        for first, second in ((one, other), (other, one))
        for point in first.corners
        for a, b in _edges(second)
    )
    return nearest / reach


def _breadth(spot: Spot) -> float:
    sides = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in _edges(spot)]
    return min(sides) if len(sides) > 2 else 0.0


def _edges(spot: Spot) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return list(zip(spot.corners, (*spot.corners[1:], spot.corners[0]), strict=True))


def _to_edge(point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    """From a point to the nearest point of a stretch."""
    (x, y), (ax, ay), (bx, by) = point, a, b
    along = (bx - ax) ** 2 + (by - ay) ** 2
    share = 0.0 if along == 0 else max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / along))
    return hypot(x - (ax + share * (bx - ax)), y - (ay + share * (by - ay)))
