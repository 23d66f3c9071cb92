"""A matrix code's cutting, treated one way after another."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from bot.media.barcode import sharpen
from bot.media.pictures import Gray


def treated(base: Gray, *, patient: bool) -> Iterator[tuple[str, Gray]]:
    """At first what costs little, later (``patient``) what blur needs."""
    if not patient:
        yield "cells", base
        yield "cells, contrast", sharpen.levelled_locally(base)
        yield "cells, soft", np.asarray(cv2.GaussianBlur(base, (0, 0), 1.6), np.uint8)
        return
    small = (
        base
        if max(base.shape) < 700
        else np.asarray(cv2.resize(base, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    )
    factor = base.shape[0] / small.shape[0]
    for radius in (2.0, 3.2, 4.6, 6.5):
        back = sharpen.restored(small, sharpen.disc(radius))
        yield (
            f"cells, focus {radius}",
            back if factor == 1 else np.asarray(cv2.resize(back, base.shape[::-1]), np.uint8),
        )
    for length in (5.0, 9.0):
        for turn in range(4):
            back = sharpen.restored(small, sharpen.line(length, np.pi * turn / 4))
            yield (
                f"cells, motion {length} {turn}",
                back if factor == 1 else np.asarray(cv2.resize(back, base.shape[::-1]), np.uint8),
            )
