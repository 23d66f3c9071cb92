"""Opening files that strangers post: what is no picture, is broken or is too large is refused by name, never decoded."""

from __future__ import annotations

import io
import warnings
from typing import Final, Protocol, cast

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from domain.errors import InvalidPicture

type Gray = NDArray[np.uint8]
"""Brightness, (height, width), 0 black to 255 white."""

MAX_PIXELS: Final = 50_000_000
"""Phones make 12 megapixels, a few 50; a small file can claim a thousand times as many."""
MAX_BYTES: Final = 60_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF")

_TAKE_ANOTHER: Final = "Post a photograph of the label as JPEG, PNG, WEBP or HEIC."

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
pillow_heif.register_heif_opener(thumbnails=False)


class _Drafting(Protocol):
    def draft(self, mode: str, size: tuple[int, int]) -> object: ...


def open_picture(data: bytes) -> Gray:
    """The picture as it is looked at (EXIF orientation applied), its first frame where it moves, transparent parts white.

    Raises InvalidPicture, whose sentence says what the file is and what to do instead.
    """
    _refuse_others(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return _gray(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise InvalidPicture(
            f"This picture claims more than {MAX_PIXELS // 1_000_000} megapixels, which Parley does not open. "
            "Take it again with the phone's ordinary camera setting."
        ) from None
    except UnidentifiedImageError:
        raise InvalidPicture(f"This file is no picture that Parley can open. {_TAKE_ANOTHER}") from None
    except InvalidPicture:
        raise
    except MemoryError:
        raise InvalidPicture(
            "This picture needs more memory than Parley gives to one picture. Post a smaller one."
        ) from None
    except Exception:  # noqa: BLE001 - broken files make image libraries raise almost anything
        raise InvalidPicture(
            "This picture is broken or was cut off on its way. Post it again, or take it anew."
        ) from None


def _gray(image: Image.Image) -> Gray:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Image.DecompressionBombError
    if image.format in ("JPEG", "MPO"):
        cast("_Drafting", image).draft("L", image.size)  # brightness alone, without making colours first
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        white = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        upright = Image.alpha_composite(white, seen)
    if upright.mode.startswith("I") or upright.mode == "F":
        return _from_deep(np.asarray(upright, dtype=np.float32))
    return np.ascontiguousarray(np.asarray(upright.convert("L"), dtype=np.uint8))


def _from_deep(values: NDArray[np.float32]) -> Gray:
    """Pillow clips 16 bits to 8 instead of scaling them."""
    low, high = float(np.min(values)), float(np.max(values))
    if not np.isfinite(low) or not np.isfinite(high):
        raise InvalidPicture(f"This picture holds no brightness that can be shown. {_TAKE_ANOTHER}")
    scaled = (values - low) * np.float32(255.0 / max(high - low, 1.0))
    return scaled.astype(np.uint8)


def _refuse_others(data: bytes) -> None:
    """What is easily known by its first bytes gets a sentence of its own."""
    if not data:
        raise InvalidPicture(f"This file is empty. {_TAKE_ANOTHER}")
    if len(data) > MAX_BYTES:
        raise InvalidPicture(
            f"This file has {len(data) // 1_000_000} MB; Parley opens pictures up to {MAX_BYTES // 1_000_000} MB. "
            "Take it with the phone's ordinary camera setting."
        )
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script")):
        raise InvalidPicture(
            "Slack gave a web page in place of the picture: Parley may not read files here. "
            "Ask whoever installed Parley to give it the files:read permission and install it again."
        )
    kind = _kind(data, start)
    if kind:
        raise InvalidPicture(f"This is {kind}, not a photograph. {_TAKE_ANOTHER}")


_STARTS: Final = (
    (b"%pdf", "a PDF"),
    (b"gif8", "a GIF"),
    (b"bm", "a BMP"),
    (b"ii*\x00", "a TIFF"),
    (b"mm\x00*", "a TIFF"),
    (b"pk\x03\x04", "a ZIP file or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"\x1aE\xdf\xa3".lower(), "a video"),
    (b"id3", "a sound recording"),
    (b"oggs", "a sound recording"),
    (b"flac", "a sound recording"),
    (b"<?xml", "an XML or SVG file"),
    (b"<svg", "an SVG file"),
    (b"\x7felf", "a program"),
    (b"mz", "a program"),
)
_STILL_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)


def _kind(data: bytes, start: bytes) -> str:
    for first, name in _STARTS:
        if start.startswith(first):
            return name
    if data[:4] == b"RIFF" and data[8:12] in (b"WAVE", b"AVI "):
        return "a sound recording" if data[8:12] == b"WAVE" else "a video"
    if data[4:8] == b"ftyp" and data[8:12] not in _STILL_BRANDS:
        return "a video or a sound recording"
    sample = data[:2048]
    letters = sum(byte in b"\t\r\n" or 32 <= byte < 127 for byte in sample)
    return "text" if letters > 0.98 * len(sample) else ""
