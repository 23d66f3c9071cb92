"""Taking blur back: what a lens out of focus or a moving hand did is guessed, and undone by Richardson and Lucy's iteration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft, special

from bot.media.barcode.strips import Profile
from bot.media.pictures import Gray

REACHES: Final = (1.2, 1.8, 2.6, 3.6, 5.0, 7.0)
"""Half widths of the blur in pixels that are tried, mildest first."""


def unblurred(profile: Profile, *, reaches: tuple[float, ...] = REACHES) -> Iterator[tuple[str, Profile]]:
    """Guesses of what the profile was: for each reach as if out of focus, then as if moved. Values from 0 to 1."""
    count = len(profile)
    pad = 32
    seen = np.pad(np.clip(profile.astype(np.float64), 0.0, 1.2) + 0.02, pad, mode="edge")
    size = int(fft.next_fast_len(len(seen), real=True))
    seen = np.pad(seen, (0, size - len(seen)), mode="edge")
    places = fft.rfftfreq(size)
    for reach in reaches:
        around = 2 * np.pi * reach * places
        disc = np.where(around > 1e-6, 2 * special.j1(around) / np.maximum(around, 1e-6), 1.0)
        for name, answer in (("focus", disc), ("motion", np.sinc(2 * reach * places * 0.85))):
            guess = seen.copy()
            for _ in range(18):
                made = np.maximum(fft.irfft(fft.rfft(guess) * answer, size), 1e-3)
                guess = np.clip(guess * fft.irfft(fft.rfft(seen / made) * answer, size), 1e-4, 1.4)
            yield f"{name} {reach}", np.asarray(guess[pad : pad + count] - 0.02, dtype=np.float32)


def disc(radius: float) -> NDArray[np.float32]:
    """The mark that a point leaves out of focus."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    mark = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(mark / mark.sum(), dtype=np.float32)


def line(length: float, angle: float) -> NDArray[np.float32]:
    """The mark that a point leaves in a hand that moved by ``length`` pixels."""
    reach = int(np.ceil(length / 2)) + 1
    mark = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, 4 * reach + 1):
        x, y = reach + step * np.cos(angle), reach + step * np.sin(angle)
        mark[round(y), round(x)] += 1
    return np.asarray(cv2.GaussianBlur(mark, (3, 3), 0.6) / mark.sum(), dtype=np.float32)


def restored(pixels: Gray, mark: NDArray[np.float32], *, rounds: int = 12) -> Gray:
    """The picture before every point became ``mark``."""
    seen = pixels.astype(np.float32) + 4.0
    turned = mark[::-1, ::-1].copy()
    guess = seen.copy()
    for _ in range(rounds):
        made = cv2.filter2D(guess, -1, mark, borderType=cv2.BORDER_REPLICATE)
        guess = guess * cv2.filter2D(
            seen / np.maximum(made, 1.0), -1, turned, borderType=cv2.BORDER_REPLICATE
        )
        guess = np.clip(guess, 0.5, 400.0)
    return np.asarray(np.clip(guess - 4.0, 0, 255), dtype=np.uint8)


def stretched(pixels: Gray) -> Gray:
    """The whole range of brightness used: dark and flat pictures."""
    low, high = (float(value) for value in np.percentile(pixels[::2, ::2], (0.5, 99.5)))
    scaled = (pixels.astype(np.float32) - low) * (255.0 / max(high - low, 1.0))
    return np.asarray(np.clip(scaled, 0, 255), dtype=np.uint8)


def levelled_locally(pixels: Gray, *, clip: float = 3.0) -> Gray:
    """Contrast by neighbourhood (CLAHE): shade and gloss."""
    return np.asarray(cv2.createCLAHE(clip, (8, 8)).apply(pixels), dtype=np.uint8)


def crisper(pixels: Gray, *, sigma: float = 1.5, amount: float = 2.0) -> Gray:
    soft = cv2.GaussianBlur(pixels, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0), dtype=np.uint8)
