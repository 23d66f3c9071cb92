"""PDF pages as pictures, and what a phone makes of paper."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter


def pages(pdf: bytes, *, dots: int = 300) -> list[Image.Image]:
    """Every page in grey, at so many dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dots / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def photographed(page: Image.Image, *, seed: int = 1) -> bytes:
    """Held a little askew, softly focused, in uneven light, noisy, JPEG 60."""
    chance = np.random.default_rng(seed)
    turned = page.rotate(
        float(chance.uniform(-6, 6)), expand=True, fillcolor=150, resample=Image.Resampling.BICUBIC
    )
    width, height = turned.size
    frame = Image.new("L", (width + 160, height + 160), 150)
    frame.paste(turned, (80, 80))
    soft = frame.filter(ImageFilter.GaussianBlur(1.1))
    light = np.linspace(0.72, 1.0, frame.width)[None, :]
    noisy = np.asarray(soft, dtype=np.float64) * light + chance.normal(0, 6, (frame.height, frame.width))
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=60)
    return out.getvalue()
