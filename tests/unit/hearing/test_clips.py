"""A clip opens safely, and what is said in it is heard by the engine that ships with Parley."""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from bot.bootstrap.voice import Ears
from bot.media.speech.clips import RATE, open_clip
from bot.settings import Settings
from domain.errors import InvalidClip, InvalidSetting, Unavailable

CLIPS = Path(__file__).parents[2] / "clips"


def wav(samples: np.ndarray[tuple[int], np.dtype[np.int16]], *, rate: int = RATE) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def seconds_of_silence(seconds: float) -> bytes:
    return wav(np.zeros(int(RATE * seconds), np.int16))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ears() -> AsyncIterator[Ears]:
    made = Ears(Settings(speech_threads=1), transactions=None)
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def ears_alone() -> AsyncIterator[Ears]:
    made = Ears(Settings(speech_threads=1), transactions=None)
    await made.start()
    yield made
    await made.stop()


def test_a_clip_opens_with_its_length() -> None:
    assert open_clip((CLIPS / "gloves.ogg").read_bytes()).seconds == pytest.approx(1.66, abs=0.1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 4000,
        b"<!DOCTYPE html><html>Sign in</html>",
        b"just words",
        (CLIPS / "lot.ogg").read_bytes()[:60],
    ],
)
def test_what_is_no_sound_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(InvalidClip, match=r"\w+ \w+.*\."):
        open_clip(data)


def test_a_sign_in_page_names_the_scope_that_is_missing() -> None:
    with pytest.raises(InvalidClip, match="files:read"):
        open_clip(b"\n <!doctype HTML><html></html>")


def test_a_clip_that_is_too_long_is_not_read_to_its_end() -> None:
    with pytest.raises(InvalidClip, match="longer than 2 seconds"):
        open_clip(seconds_of_silence(3), longest=2)


@pytest.mark.parametrize(
    ("clip", "said"),
    [
        ("gloves.ogg", "where are the 7.5 gloves"),
        ("chest_tubes.ogg", "where do we keep the chest tubes in the ed"),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_said_is_heard(ears: Ears, clip: str, said: str) -> None:
    heard = await ears.hear((CLIPS / clip).read_bytes(), topic=("chest tubes", "gloves"))
    assert heard.understood.text.casefold().rstrip("?.!") == said


@pytest.mark.parametrize("noise", ["silence", "hiss", "beep"])
@pytest.mark.asyncio(loop_scope="module")
async def test_where_nobody_speaks_nothing_is_heard(ears: Ears, noise: str) -> None:
    times = np.arange(RATE * 3) / RATE
    sound = {
        "silence": np.zeros(RATE * 3),
        "hiss": np.random.default_rng(1).normal(0, 800, RATE * 3),
        "beep": 6000 * np.sin(2 * np.pi * 960 * times) * (times % 1 < 0.2),
    }[noise]
    assert (await ears.hear(wav(sound.astype(np.int16)))).understood.text == ""


def test_speech_that_is_switched_off_says_so() -> None:
    with pytest.raises(InvalidSetting, match="PARLEY_SPEECH_MODEL is off"):
        Ears(Settings(speech_model="off"), transactions=None)


async def test_a_model_that_is_not_there_is_away_and_says_so(tmp_path: Path) -> None:
    lost = Ears(Settings(speech_model=str(tmp_path)), transactions=None)
    await lost.start()
    with pytest.raises(Unavailable, match="can not listen"):
        await lost.hear((CLIPS / "gloves.ogg").read_bytes())
    await lost.stop()


async def test_a_broken_clip_costs_no_process(ears_alone: Ears) -> None:
    with pytest.raises(InvalidClip):
        await ears_alone.hear(b"no sound")
    assert (await ears_alone.hear((CLIPS / "gloves.ogg").read_bytes())).understood.text
