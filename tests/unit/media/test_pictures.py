"""Files that are pictures are opened as they are looked at; all others are refused with a sentence that helps."""

from __future__ import annotations

import io
import random
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from bench.picture_broken import broken_files
from bot.media.pictures import open_picture
from bot.media.reading import read_picture
from domain.errors import InvalidPicture
from tests.unit.media.drawing import FORMATS, code, file


def half_dark() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    pixels = np.full((40, 60), 255, np.uint8)
    pixels[:, :30] = 0
    return pixels


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_usual_formats_open_in_their_own_size(form: str) -> None:
    seen = open_picture(file(half_dark(), form))
    assert seen.shape == (40, 60)
    assert seen[20, 5] < 20
    assert seen[20, 55] > 235


def test_an_iphones_heic_opens() -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(half_dark()).convert("RGB")).save(out, quality=80)
    assert open_picture(out.getvalue()).shape == (40, 60)


def test_a_picture_is_turned_as_its_exif_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    seen = open_picture(file(half_dark(), "JPEG", exif=exif))
    assert seen.shape == (60, 40)
    assert seen[5, 20] < 20


def test_of_a_moving_picture_the_first_frame_is_seen() -> None:
    out = io.BytesIO()
    first, second = Image.fromarray(half_dark()), Image.new("L", (60, 40), 128)
    first.save(out, "PNG", save_all=True, append_images=[second])
    assert open_picture(out.getvalue())[20, 5] < 20


def test_what_is_transparent_is_white_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert open_picture(out.getvalue()).min() == 255


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    deep = np.zeros((20, 20), np.uint16)
    deep[:, 10:] = 40_000
    out = io.BytesIO()
    Image.fromarray(deep).save(out, "PNG")
    seen = open_picture(out.getvalue())
    assert seen[0, 0] == 0
    assert seen[0, 15] > 200


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n%abc", "a PDF"),
        (b"GIF89a" + bytes(50), "a GIF"),
        (b"PK\x03\x04" + bytes(50), "an Office document"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(50), "a video"),
        (b"two boxes of gauze\n", "text"),
        (b"\n  <!DOCTYPE html><html><head><title>Slack</title>", "files:read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "an SVG"),
        (bytes(range(256)) * 4, "no picture"),
    ],
)
def test_what_is_no_picture_is_told_by_name(data: bytes, told: str) -> None:
    with pytest.raises(InvalidPicture, match=told):
        open_picture(data)


def test_a_picture_that_was_cut_off_is_refused_as_broken() -> None:
    whole = file(np.asarray(np.random.default_rng(1).integers(0, 255, (200, 200)), np.uint8), "JPEG")
    with pytest.raises(InvalidPicture, match="broken"):
        open_picture(whole[: len(whole) // 2])


def test_a_small_file_that_claims_a_great_picture_is_not_unpacked() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 14_000, 14_000, 8, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(2_000_000))) + chunk(b"IEND", b"")
    with pytest.raises(InvalidPicture, match="50 megapixels"):
        open_picture(data)


def test_broken_files_of_every_kind_end_in_the_named_error_or_open() -> None:
    named = [_sentence(data) for _way, data in broken_files(90, seed=7)]
    assert sum(bool(sentence) for sentence in named) > 40
    assert all(sentence.endswith(".") for sentence in named if sentence)


def test_turned_bits_in_a_code_give_the_true_text_or_none() -> None:
    whole = file(code("96385074", FORMATS.EAN8), "JPEG")
    rng = random.Random(3)
    for _ in range(15):
        data = bytearray(whole)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        if not _sentence(bytes(data)):
            assert {symbol.text for symbol in read_picture(bytes(data), budget=0.5).symbols} <= {"96385074"}


def _sentence(data: bytes) -> str:
    """Why it is refused; "" where it opens."""
    try:
        read_picture(data, budget=0.5)
    except InvalidPicture as error:
        return str(error)
    return ""
