"""Answers about photographs that are lost between the work and the writing: worked on again, told once, nobody forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.letters import Letter, Reply, Work
from bot.media.pool import PictureReader
from bot.views.rendered import Notice
from domain.errors import Unavailable
from domain.ports import OutboxRow
from domain.store import open_store, upgrade
from tests.labels import matrix, photograph
from tests.photo_codes import FOLEY, SILK, UNKNOWN, teach
from tests.scenario.photo_ward import Ward, open_ward
from tests.unit.acting.house import House


class Lossy:
    """The first answer to each letter is lost after the work was done."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._lost: set[str] = set()

    async def answer(self, letter: Letter) -> Reply:
        reply = await self._work.answer(letter)
        if letter.event_id not in self._lost:
            self._lost.add(letter.event_id)
            raise Unavailable("The process ended.")
        return reply

    def tell(self, letter: Letter, notice: Notice, *, key: str) -> Sequence[OutboxRow]:
        return self._work.tell(letter, notice, key=key)


@pytest.fixture
async def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ward]:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    house, reader = House(store), PictureReader(size=1)
    teach(house)
    await reader.start()
    async with open_ward(house, reader) as found:
        inbox = found.office.inbox
        monkeypatch.setattr(inbox, "_work", Lossy(inbox._work))
        yield found
    await reader.stop()
    store.close()


async def test_a_photograph_added_to_an_open_card_is_in_it_once(ward: Ward) -> None:
    await ward.post(photograph(matrix(f"(01){FOLEY}(17)261220(10)8J2210")), "used 2 for C-991")
    card = await ward.post(photograph(matrix(f"(01){SILK}(17)280501(10)SK2291")))
    assert "Use 2 × Foley catheter 16 Fr and 1 × Suture silk 2-0" in card.text
    await ward.settled()
    assert len(ward.direct_answers("U1")) == 2


async def test_a_code_that_is_taught_reaches_who_decides_and_then_who_asked_once(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(f"(01){UNKNOWN}(17)261220(10)8J2210")), "used 1 for C-991")
    await ward.press(card, "Find the item…")
    await ward.workspace.wait_for(lambda: ward.workspace.views("U1"))
    await ward.workspace.submit_view("U1", values={"what": "16 fr foley"})
    await ward.becomes(card, "Which of these")
    await ward.press(card, "Foley catheter 16 Fr")
    await ward.becomes(card, "What does this code stand on")
    await ward.press(card, "One each")
    await ward.becomes(card, "has to confirm it")
    (proposal,) = await ward.workspace.wait_for(lambda: ward.direct_answers("U3"))
    await ward.press(proposal, "Confirm", user="U3")
    await ward.becomes(proposal, "I know this code now")
    await ward.workspace.wait_for(lambda: len(ward.direct_answers("U1")) > 1)
    await ward.settled()
    ready = [m for m in ward.direct_answers("U1") if "Confirm" in ward.buttons(m)]
    assert len(ready) == 1
    assert "8J2210" in ready[0].text
    assert len(ward.direct_answers("U3")) == 1
