"""Workers that hang, crash or speak nonsense cost a picture, never the reader."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.media.pool import PictureReader
from bot.media.reading import Picture, read_picture
from bot.media.wire import packed, unpacked
from domain.errors import InvalidPicture, Unavailable
from tests.unit.media.drawing import FORMATS, code, file

PICTURE = file(code("96385074", FORMATS.EAN8))

WORKER = """
import json, os, struct, sys, time
from pathlib import Path
def say(value):
    body = json.dumps(value).encode()
    sys.stdout.buffer.write(struct.pack("<Q", len(body)) + body); sys.stdout.buffer.flush()
seen = Path(sys.argv[1])
say({"ready": True})
while len(head := sys.stdin.buffer.read(16)) == 16:
    length, budget = struct.unpack("<Qd", head)
    data = sys.stdin.buffer.read(length)
    first = not seen.exists()
    seen.touch()
    if data == b"crash" or (data == b"once" and first): os.abort()
    if data == b"hang": time.sleep(600)
    if data == b"nonsense": sys.stdout.buffer.write(b"\\x02\\0\\0\\0\\0\\0\\0\\0{]"); sys.stdout.buffer.flush(); continue
    if data == b"flood": sys.stdout.buffer.write(b"\\xff" * 64); sys.stdout.buffer.flush(); continue
    if data == b"slow":
        while not Path(sys.argv[1] + ".go").exists(): time.sleep(0.01)
    say({"picture": {"symbols": [], "width": os.getpid(), "height": 1, "ms": budget, "stage": "quick", "problems": []}})
"""


@asynccontextmanager
async def readers(
    tmp_path: Path, *, size: int = 1, waiting: int = 2, budget: float = 0.2, grace: float = 0.6
) -> AsyncIterator[PictureReader]:
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    reader = PictureReader(
        size=size,
        waiting=waiting,
        budget=budget,
        grace=grace,
        command=(sys.executable, str(script), str(tmp_path / "seen")),
    )
    await reader.start()
    try:
        yield reader
    finally:
        await reader.stop()


async def test_a_picture_is_read_in_another_process_as_in_this_one() -> None:
    reader = PictureReader(size=1)
    await reader.start()
    try:
        picture = await reader.read(PICTURE)
        assert picture.symbols == read_picture(PICTURE).symbols
        assert [symbol.text for symbol in picture.symbols] == ["96385074"]
        with pytest.raises(InvalidPicture, match="a PDF"):
            await reader.read(b"%PDF-1.4")
        assert (await reader.read(PICTURE)).symbols == picture.symbols
    finally:
        await reader.stop()


@pytest.mark.parametrize("fault", [b"crash", b"hang", b"nonsense", b"flood"])
async def test_after_a_picture_that_its_worker_does_not_survive_the_next_is_read(
    tmp_path: Path, fault: bytes
) -> None:
    async with readers(tmp_path) as reader:
        with pytest.raises(InvalidPicture, match="gave up"):
            await reader.read(fault)
        assert (await reader.read(b"fine")).height == 1


async def test_a_death_that_was_not_the_pictures_fault_is_made_good_with_half_the_time(
    tmp_path: Path,
) -> None:
    async with readers(tmp_path) as reader:
        assert (await reader.read(b"once")).ms == pytest.approx(0.1)


async def test_one_worker_serves_many_pictures(tmp_path: Path) -> None:
    async with readers(tmp_path) as reader:
        assert len({(await reader.read(b"fine")).width for _ in range(4)}) == 1


async def test_too_many_at_once_are_sent_away_until_there_is_room(tmp_path: Path) -> None:
    async with readers(tmp_path, waiting=0, budget=30.0) as reader:
        slow = asyncio.create_task(reader.read(b"slow"))
        await _until((tmp_path / "seen").exists)
        with pytest.raises(Unavailable, match="many pictures"):
            await reader.read(b"fine")
        (tmp_path / "seen.go").touch()
        assert (await slow).height == 1
        assert (await reader.read(b"fine")).height == 1


async def test_a_reader_that_loses_worker_after_worker_rests(tmp_path: Path) -> None:
    async with readers(tmp_path) as reader:
        for _ in range(6):
            with pytest.raises(InvalidPicture):
                await reader.read(b"crash")
        with pytest.raises(Unavailable, match="again and again"):
            await reader.read(b"fine")


async def test_a_worker_that_does_not_start_is_told() -> None:
    reader = PictureReader(size=1, command=(sys.executable, "-c", "raise SystemExit(1)"))
    await reader.start()
    with pytest.raises(Unavailable, match="can not read"):
        await reader.read(PICTURE)
    await reader.stop()


async def test_a_reader_that_is_not_started_or_stopped_reads_nothing() -> None:
    reader = PictureReader(size=1)
    with pytest.raises(Unavailable):
        await reader.read(PICTURE)
    await reader.start()
    await reader.stop()
    with pytest.raises(Unavailable):
        await reader.read(PICTURE)


def test_what_goes_over_the_wire_comes_back_the_same() -> None:
    import json

    picture = read_picture(PICTURE)
    again = unpacked(json.dumps({"picture": packed(picture)}).encode())
    assert isinstance(again, Picture)
    assert again == picture


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"picture": {}}', b'{"picture": 3}', b"\xff\xfe"])
def test_nonsense_on_the_wire_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its words
        unpacked(body)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - a file of another process has no event
            await asyncio.sleep(0.01)
