"""Files that are broken in every way we know: each must be refused by name, in bounded time and memory."""

from __future__ import annotations

import io
import random
import resource
import struct
import time
import zlib
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pillow_heif
from PIL import Image

from bot.media.reading import read_picture
from domain.errors import InvalidPicture


def broken_files(count: int, *, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """(how it is broken, its bytes)"""
    rng = random.Random(seed)
    sound = _sound(rng)
    ways = (
        "cut off",
        "bits turned",
        "bytes swapped",
        "bomb",
        "wrong type",
        "noise",
        "dimensions",
        "glued",
        "zeroed",
    )
    for number in range(count):
        way = ways[number % len(ways)]
        form, whole = rng.choice(sound)
        yield f"{way} {form}" if way not in ("bomb", "wrong type", "noise") else way, _broken(way, whole, rng)


def _sound(rng: random.Random) -> list[tuple[str, bytes]]:
    files = []
    for wide, high in ((64, 64), (320, 240), (900, 700)):
        pixels = (
            np.random.default_rng(rng.randrange(1 << 30))
            .integers(0, 256, (high // 8, wide // 8, 3))
            .astype(np.uint8)
        )
        image = Image.fromarray(pixels).resize((wide, high))
        for form in ("JPEG", "PNG", "WEBP"):
            out = io.BytesIO()
            image.save(out, form)
            files.append((form, out.getvalue()))
        out = io.BytesIO()
        pillow_heif.from_pillow(image).save(out, quality=60)
        files.append(("HEIC", out.getvalue()))
    return files


def _broken(way: str, whole: bytes, rng: random.Random) -> bytes:
    data = bytearray(whole)
    if way == "cut off":
        return bytes(data[: rng.randrange(len(data))])
    if way == "bits turned":
        for _ in range(rng.randint(1, 60)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif way == "bytes swapped":
        for _ in range(rng.randint(1, 20)):
            at, length = rng.randrange(len(data)), rng.randint(1, 64)
            data[at : at + length] = rng.randbytes(length)
    elif way == "bomb":
        return _bomb(rng)
    elif way == "wrong type":
        return rng.choice(_OTHERS) + rng.randbytes(rng.randint(0, 400))
    elif way == "noise":
        return rng.randbytes(rng.randint(0, 5000))
    elif way == "dimensions":
        for _ in range(3):
            at = rng.randrange(min(len(data) - 8, 400))
            data[at : at + 4] = struct.pack(">I", rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 60_000)))
    elif way == "glued":
        return bytes(data[: len(data) // 2]) + whole[len(whole) // 3 :]
    else:
        at = rng.randrange(len(data))
        data[at : at + 500] = bytes(len(data[at : at + 500]))
    return bytes(data)


_OTHERS = (
    b"%PDF-1.7\n",
    b"<!DOCTYPE html><html><title>Slack</title>",
    b"GIF89a",
    b"PK\x03\x04",
    b"\x00\x00\x00\x18ftypmp42",
    b"ID3\x04",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"hello, this is plain text\n",
    b"II*\x00",
    b"",
)


def _bomb(rng: random.Random) -> bytes:
    """A small PNG that claims a great picture: some with all its lines, some with none."""
    wide, high = rng.choice(
        ((30_000, 30_000), (65_000, 65_000), (2_000_000_000, 2), (12_000, 12_000), (100_000, 800))
    )

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    body = zlib.compress(bytes(rng.choice((10, 2_000_000))), 9)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def broken_report(count: int, *, budget: float) -> None:
    """Prints what came of them where the search for codes may take ``budget`` seconds.

    Raises what is no InvalidPicture. Run it where a crash of a native library may show.
    """
    ends: Counter[str] = Counter()
    slowest, begun = 0.0, time.perf_counter()
    for way, data in broken_files(count):
        started = time.perf_counter()
        try:
            read_picture(data, budget=budget)
            ends["opened all the same"] += 1
        except InvalidPicture as error:
            ends[str(error).split(".")[0]] += 1
        except BaseException:
            print("not named:", way, len(data))
            raise
        slowest = max(slowest, time.perf_counter() - started)
    for sentence, number in ends.most_common():
        print(f"{number:6d}  {sentence}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    print(
        f"{count} files, {time.perf_counter() - begun:.0f} s, slowest {slowest:.2f} s, peak memory {peak} MB"
    )
