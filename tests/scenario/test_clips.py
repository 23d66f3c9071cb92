"""Clips in Slack, end to end: posted, fetched, heard, shown, understood, set right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap.voice import Ears
from bot.listeners.aloud import Speaking
from bot.listeners.clips import Hearing, Words
from bot.media.pool import PictureReader
from bot.settings import Settings
from domain.errors import InvalidClip, Unavailable
from domain.model.ids import PlaceId
from domain.store import open_store, upgrade
from tests.labels import matrix, photograph
from tests.photo_codes import FOLEY, teach
from tests.scenario.photo_ward import WARD, Ward, open_ward
from tests.unit.acting.house import FOLEY16, ICU, House

CLIPS = Path(__file__).parents[1] / "clips"
USED = "used 2 16 fr foleys"


@dataclass
class Known:
    """Hears what it was told of a clip's bytes; fails as often as it is told to first."""

    said: dict[bytes, Words] = field(default_factory=dict)
    away: int = 0
    units: list[PlaceId | None] = field(default_factory=list)
    taught: list[tuple[str, str]] = field(default_factory=list)

    async def words(self, data: bytes, *, unit: PlaceId | None, topic: Sequence[str] = ()) -> Words:
        self.units.append(unit)
        if self.away:
            self.away -= 1
            raise Unavailable("Parley is listening to many clips right now.")
        if data not in self.said:
            raise InvalidClip("I can't open this clip: it is damaged.")
        return self.said[data]

    async def learn(self, heard: str, meant: str, *, now: datetime) -> None:
        self.taught.append((heard, meant))


@dataclass
class Heard:
    """Hears the same words in whatever clip comes."""

    said: str
    sizes: list[int] = field(default_factory=list)

    async def words(self, data: bytes, *, unit: PlaceId | None, topic: Sequence[str] = ()) -> Words:
        self.sizes.append(len(data))
        return Words(self.said, sure=True)

    async def learn(self, heard: str, meant: str, *, now: datetime) -> None:
        raise AssertionError("nothing is set right here")


@asynccontextmanager
async def ward_of(
    tmp_path: Path, hearing: Hearing | None, *, voice: Speaking | None = None
) -> AsyncIterator[Ward]:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    async with open_ward(House(store), PictureReader(size=1), hearing=hearing, voice=voice) as ward:
        yield ward
    store.close()


async def speak(ward: Ward, data: bytes, **kwargs: Any) -> Any:
    return await ward.post(data, name="audio_message.m4a", subtype="slack_audio", **kwargs)


async def test_a_clip_is_shown_as_words_and_done_as_if_typed(tmp_path: Path) -> None:
    hearing = Known({b"clip": Words(USED, sure=True)})
    async with ward_of(tmp_path, hearing) as ward:
        ward.language.teach("used [2](quantity) [16 fr](size) [foleys](item)", "consume")
        card = await speak(ward, b"clip")
        assert f"I heard: “{USED}”" in card.text
        assert "Use 2 × Foley catheter 16 Fr" in card.text
        before = ward.house.on_hand(FOLEY16, ICU)
        await ward.press(card, "Confirm")
        await ward.becomes(card, "R-1")
        assert ward.house.on_hand(FOLEY16, ICU) == before - 2
        assert hearing.units, "the engine is told where the speaker works"


async def test_a_clip_is_tried_again_while_the_engine_is_busy_and_answered_once(tmp_path: Path) -> None:
    hearing = Known({b"clip": Words("thanks", sure=True)}, away=2)
    async with ward_of(tmp_path, hearing) as ward:
        answer = await speak(ward, b"clip")
        await ward.settled()
        assert "thanks" in answer.text
        assert len(ward.direct_answers("U1")) == 1


async def test_doubt_is_said(tmp_path: Path) -> None:
    async with ward_of(tmp_path, Known({b"clip": Words("thanks", sure=False)})) as ward:
        assert (await speak(ward, b"clip")).text.startswith("I am not sure, I heard: “thanks”")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (Words("", sure=False), "I heard no words"),
        (Words("hola", sure=True, language="es"), "another language than English"),
    ],
)
async def test_what_can_not_be_answered_is_said(tmp_path: Path, words: Words, told: str) -> None:
    async with ward_of(tmp_path, Known({b"clip": words})) as ward:
        assert told in (await speak(ward, b"clip")).text


async def test_a_broken_clip_is_told_in_a_sentence(tmp_path: Path) -> None:
    async with ward_of(tmp_path, Known()) as ward:
        assert "damaged" in (await speak(ward, b"nothing")).text


@pytest.mark.parametrize(("clip", "told"), [(b"silence", "I heard no words"), (b"noise", "damaged")])
async def test_what_is_typed_beside_a_clip_is_answered_though_the_clip_is_not(
    tmp_path: Path, clip: bytes, told: str
) -> None:
    async with ward_of(tmp_path, Known({b"silence": Words("", sure=False)})) as ward:
        answer = await speak(ward, clip, text="thanks")
        assert answer.text.startswith("You're welcome")
        assert told in answer.text


async def test_a_photograph_and_a_clip_in_one_message_belong_together(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    house, reader = House(store), PictureReader(size=1)
    teach(house)
    await reader.start()
    async with open_ward(house, reader, hearing=Heard("Used 2 for C-991.")) as ward:
        picture = photograph(matrix(f"(01){FOLEY}(17)261220(10)8J2210"))
        files = [("IMG_1.png", picture, None), ("audio_message.m4a", b"clip", "audio/mp4")]
        await ward.workspace.share_files("U1", ward.direct(), files=files, wait=False)
        card = (await ward.workspace.wait_for(lambda: ward.direct_answers("U1"), timeout=20.0))[0]
        assert "I heard: “Used 2 for C-991.”\n" in card.text
        for words in ("Use 2 × Foley catheter 16 Fr", "8J2210", "C-991"):
            assert words in card.text
    await reader.stop()
    store.close()


async def test_words_are_set_right_in_a_form_and_remembered(tmp_path: Path) -> None:
    hearing = Known({b"clip": Words("used 2 16 fr follies", sure=True)})
    async with ward_of(tmp_path, hearing) as ward:
        ward.language.teach("used [2](quantity) [16 fr](size) [foleys](item)", "consume")
        first = await speak(ward, b"clip")
        await ward.press(first, "Correct the words")
        await ward.workspace.wait_for(lambda: ward.workspace.views("U1"), timeout=20.0)
        before = len(ward.direct_answers("U1"))
        await ward.workspace.submit_view("U1", values={"words": USED})
        card = await ward.workspace.wait_for(lambda: ward.direct_answers("U1")[before], timeout=20.0)
        assert "Use 2 × Foley catheter 16 Fr" in card.text
        assert hearing.taught == [("used 2 16 fr follies", USED)]


async def test_a_patients_number_is_shown_nowhere_and_answered_to_its_speaker_alone(tmp_path: Path) -> None:
    hearing = Known({b"clip": Words("used 2 foleys for MRN 4482913", sure=True)})
    async with ward_of(tmp_path, hearing) as ward:
        _, ts = await ward.workspace.share_file(
            "U1",
            WARD,
            name="audio_message.m4a",
            data=b"clip",
            text="@Parley",
            subtype="slack_audio",
            wait=False,
        )
        await ward.workspace.wait_for(lambda: ward.workspace.ephemerals("U1"), timeout=20.0)
        await ward.settled()
        assert ward.answers(WARD, ts) == []
        for shown in ward.workspace.ephemerals("U1"):
            assert "4482913" not in f"{shown.text}{shown.blocks}"


async def test_without_an_engine_slacks_own_transcript_is_used(tmp_path: Path) -> None:
    async with ward_of(tmp_path, None) as ward:
        ward.language.teach("used [2](quantity) [16 fr](size) [foleys](item)", "consume")
        card = await speak(ward, b"clip", transcript=USED)
        assert "Use 2 × Foley catheter 16 Fr" in card.text


async def test_without_an_engine_and_without_a_transcript_it_is_said(tmp_path: Path) -> None:
    async with ward_of(tmp_path, None) as ward:
        assert "Slack wrote nothing down" in (await speak(ward, b"clip")).text


async def test_a_long_transcript_is_read_whole(tmp_path: Path) -> None:
    long = " ".join(["thank you very much for all of this"] * 20)
    async with ward_of(tmp_path, None) as ward:
        answer = await speak(ward, b"clip", transcript=f"{long} goodbye")
        assert "goodbye" in answer.text


async def test_what_is_spoken_is_heard_by_the_engine_that_ships_with_parley(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    house = House(store)
    ears = Ears(Settings(speech_threads=1), transactions=store.transactions)
    await ears.start()
    async with open_ward(house, PictureReader(size=1), hearing=ears) as ward:
        answer = await speak(ward, (CLIPS / "foleys_icu.ogg").read_bytes())
        assert "foleys in the icu" in answer.text.casefold()
    await ears.stop()
    store.close()


@dataclass
class Loud:
    """A voice that gives the text itself as its sound."""

    said: list[str] = field(default_factory=list)

    async def speak(self, text: str) -> Sound:
        self.said.append(text)
        return Sound(text.encode(), 2.0)


@dataclass(frozen=True)
class Sound:
    data: bytes
    seconds: float


async def test_who_asks_for_it_hears_the_answer_and_an_action_read_back(tmp_path: Path) -> None:
    hearing, voice = Known({b"clip": Words(USED, sure=True)}), Loud()
    async with ward_of(tmp_path, hearing, voice=voice) as ward:
        ward.language.teach("used [2](quantity) [16 fr](size) [foleys](item)", "consume")
        await speak(ward, b"clip")
        assert voice.said == [], "nobody is spoken to unasked"
        assert "aloud" in (await ward.say("speak to me")).text
        card = await speak(ward, b"clip")
        await ward.workspace.wait_for(lambda: any(m.files for m in ward.direct_answers("U1")), timeout=20.0)
        (said,) = voice.said
        assert said.startswith("Use 2 of Foley catheter 16 French")
        assert said.endswith("Say yes to confirm, or no.")
        assert "Read back: Use 2 of Foley" in str(card.blocks)
        hearing.said[b"stop"] = Words("Stop speaking.", sure=True)
        assert "writing only" in (await speak(ward, b"stop")).text
        await speak(ward, b"clip")
        await ward.settled()
        assert len(voice.said) == 1


async def test_a_card_that_still_asks_is_not_read_back_as_if_it_could_be_confirmed(tmp_path: Path) -> None:
    hearing, voice = Known({b"clip": Words("used foleys", sure=True)}), Loud()
    async with ward_of(tmp_path, hearing, voice=voice) as ward:
        ward.language.teach("used [foleys](item)", "consume")
        await ward.say("speak to me")
        card = await speak(ward, b"clip")
        await ward.settled()
        assert "Confirm" not in ward.buttons(card)
        assert "Read back" not in str(card.blocks)
        assert "confirm" not in voice.said[0]


async def test_without_a_voice_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    async with ward_of(tmp_path, Known()) as ward:
        assert "PARLEY_VOICE" in (await ward.say("speak to me")).text


async def test_a_voice_that_fails_keeps_no_answer_back(tmp_path: Path) -> None:
    class Hoarse(Loud):
        async def speak(self, text: str) -> Sound:
            raise Unavailable("The voice took too long.")

    async with ward_of(tmp_path, Known({b"clip": Words("thanks", sure=True)}), voice=Hoarse()) as ward:
        await ward.say("speak to me")
        assert "thanks" in (await speak(ward, b"clip")).text
