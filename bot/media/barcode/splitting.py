"""One reading that spans two boxes, taken apart."""

from __future__ import annotations

import cv2
import numpy as np

from bot.media.barcode.regions import Region
from bot.media.barcode.sighting import MATRIX, Quad, Sighting


def parted(one: Sighting, striped: list[Region]) -> list[Sighting]:
    """zxing-cpp takes lines of the same text for one code, also where they cross two boxes that stand above each other.

    The first and the last stripes that such a sighting spans become sightings; what lies between is read by itself.
    """
    if one.symbology in MATRIX:
        return [one]
    down = one.quad[3] - one.quad[0]
    height = float(np.hypot(*down))
    length = float(np.hypot(*(one.quad[1] - one.quad[0])))
    if height < 12:
        return [one]
    spans = []
    for region in striped:
        along = (region.quad - one.quad[0]) @ down / height**2
        share = np.clip((float(along.min()), float(along.max())), 0.0, 1.0)
        if (
            _holds_point(one.quad, region.centre)
            and region.length > 0.6 * length
            and share[1] - share[0] < 0.75
        ):
            spans.append((float(share[0]), float(share[1])))
    spans.sort()
    if len(spans) < 2 or spans[-1][0] < spans[0][1]:
        return [one]
    parts = []
    for first, last in (spans[0], spans[-1]):
        quad = one.quad.copy()
        quad[:2] = one.quad[:2] + first * (one.quad[[3, 2]] - one.quad[:2])
        quad[2:] = one.quad[[1, 0]] + last * (one.quad[[2, 3]] - one.quad[[1, 0]])
        parts.append(one.moved(quad, treatment=one.treatment, averaged=one.averaged))
    return parts


def _holds_point(quad: Quad, point: tuple[float, float]) -> bool:
    return bool(cv2.pointPolygonTest(quad.astype(np.float32), point, False) >= 0)
