"""A voice is a program that reads a text and writes a sound; whatever it does, an answer is not lost by it."""

from __future__ import annotations

import sys

import pytest

from bot.media.speech.clips import open_clip
from bot.media.speech.speaking import Voice, voice_of
from domain.errors import InvalidSetting, Unavailable

_TONE = """
import sys, wave, math, struct
text = sys.stdin.read()
with wave.open(sys.stdout.buffer, "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(22050)
    file.writeframes(b"".join(struct.pack("<h", int(8000 * math.sin(n / 8))) for n in range(1000 * len(text))))
"""


async def test_what_a_voice_says_is_a_clip_that_can_be_opened() -> None:
    clip = await Voice([sys.executable, "-c", _TONE]).speak("twenty two letters here")
    assert clip.seconds == pytest.approx(23 * 1000 / 22050, rel=0.01)
    assert open_clip(clip.data).seconds == pytest.approx(clip.seconds, abs=0.15)
    assert clip.data[4:8] == b"ftyp"


@pytest.mark.parametrize(
    "program", ["import sys; sys.exit(3)", "print('no sound at all, only words ' * 9)", "pass"]
)
async def test_a_voice_that_fails_is_away(program: str) -> None:
    with pytest.raises(Unavailable, match="voice"):
        await Voice([sys.executable, "-c", program]).speak("hello")


async def test_a_voice_that_hangs_is_ended() -> None:
    with pytest.raises(Unavailable, match="too long"):
        await Voice([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.3).speak("hello")


def test_no_voice_is_the_default() -> None:
    assert voice_of("") is None


@pytest.mark.parametrize(
    "setting", ["shouting", "piper", "kokoro:only-a-model", "piper:/nowhere/there-is-no-piper"]
)
def test_what_is_no_voice_is_named(setting: str) -> None:
    with pytest.raises(InvalidSetting, match="PARLEY_VOICE"):
        voice_of(setting)
