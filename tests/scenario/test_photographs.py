"""Photographs in Slack, end to end: posted, fetched, read, matched, read back, confirmed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.media.pool import PictureReader
from domain.model.item import Identifier, IdentifierKind
from domain.store import Store, open_store, upgrade
from tests.labels import matrix, photograph, plain, qr
from tests.photo_codes import FOLEY, FOLEY_CASE, SILK, UNKNOWN, teach
from tests.scenario.photo_ward import WARD, Ward, open_ward
from tests.unit.acting.house import ED, FOLEY16, ICU, ICU_A, SILK3, House


@pytest.fixture(scope="module")
async def reader() -> AsyncIterator[PictureReader]:
    made = PictureReader(size=1)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def ward(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    url = f"sqlite:///{tmp_path_factory.mktemp('ward') / 'parley.db'}"
    upgrade(url)
    store: Store = open_store(url)
    house = House(store)
    teach(house)
    reader = PictureReader(size=1)
    await reader.start()
    async with open_ward(house, reader) as found:
        yield found
    await reader.stop()
    store.close()


def early_foley() -> bytes:
    return photograph(matrix(f"(01){FOLEY}(17)261220(10)8J2210"))


async def test_a_photograph_without_words_is_read_back_with_what_may_be_done(ward: Ward) -> None:
    card = await ward.post(early_foley())
    assert "Foley catheter 16 Fr" in card.text
    assert "8J2210" in card.text
    assert ward.buttons(card) == ["Use", "Move", "Receive", "Count", "Where is it?"]


async def test_a_press_makes_the_card_of_the_action_and_confirming_it_posts_it(ward: Ward) -> None:
    card = await ward.post(early_foley())
    await ward.press(card, "Use")
    await ward.becomes(card, "Confirm")
    assert "8J2210" in card.text
    before = ward.house.on_hand(FOLEY16, ICU)
    await ward.press(card, "Confirm")
    await ward.becomes(card, "R-1")
    assert ward.house.on_hand(FOLEY16, ICU) == before - 1


async def test_the_words_beside_it_say_what_how_many_and_for_whom(ward: Ward) -> None:
    card = await ward.post(early_foley(), "used 2 for C-991")
    assert "C-991" in card.text
    assert "2" in card.text
    assert "8J2210" in card.text
    assert "Confirm" in ward.buttons(card)


async def test_a_scanned_case_is_a_case(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(f"(01){FOLEY_CASE}(17)270630(10)9K3001")), "moving to ED")
    assert "1 case = 10 each" in card.text
    await ward.press(card, "Confirm")
    await ward.becomes(card, "R-1")
    assert ward.house.on_hand(FOLEY16, ED) >= 10


async def test_several_labels_are_several_lines(ward: Ward) -> None:
    picture = photograph(
        matrix(f"(01){FOLEY}(17)261220(10)8J2210"), matrix(f"(01){SILK}(17)280501(10)SK2291")
    )
    card = await ward.post(picture, "used these for C-991")
    assert "8J2210" in card.text
    assert "SK2291" in card.text


async def test_a_place_label_says_where(ward: Ward) -> None:
    from domain.udi.own import place_text
    from domain.udi.reading import PlaceCode
    from tests.unit.acting.house import NORTH

    shelf = qr(place_text(PlaceCode(NORTH, ICU_A)))
    card = await ward.post(photograph(matrix(f"(01){FOLEY}(17)261220(10)8J2210"), shelf), "count: 3")
    assert "Shelf A" in card.text
    assert "Confirm" in ward.buttons(card)


async def test_a_move_beside_a_shelfs_label_asks_which_way_and_goes_it(ward: Ward) -> None:
    from domain.udi.own import place_text
    from domain.udi.reading import PlaceCode
    from tests.unit.acting.house import NORTH

    shelf = qr(place_text(PlaceCode(NORTH, ICU_A)))
    card = await ward.post(photograph(matrix(f"(01){FOLEY}(17)261220(10)8J2210"), shelf))
    await ward.press(card, "Move")
    await ward.becomes(card, "Does it come from")
    await ward.press(card, "From ICU › Shelf A")
    await ward.becomes(card, "Move 1 × Foley catheter 16 Fr")
    assert "had changed" not in card.text


async def test_a_lot_that_is_another_items_is_not_offered(ward: Ward) -> None:
    with ward.house.store.transactions.begin() as uow:
        uow.enrolments.learn(SILK3, Identifier(IdentifierKind.GTIN, UNKNOWN, "each"))
        uow.commit()
    card = await ward.post(photograph(matrix(f"(01){UNKNOWN}(17)261220(10)8J2210")), "used 1 for C-991")
    assert "no lot or serial number 8J2210" in card.text
    assert not [label for label in ward.buttons(card) if "8J2210" in label]


async def test_where_is_this_is_answered_with_the_shelf(ward: Ward) -> None:
    answer = await ward.post(early_foley(), "where is this?")
    assert "Shelf A" in answer.text


async def test_words_after_a_bare_photograph_are_about_it(ward: Ward) -> None:
    await ward.post(early_foley())
    card = await ward.say("used 2 for C-991")
    assert "8J2210" in card.text
    assert "C-991" in card.text
    assert "Confirm" in ward.buttons(card)


async def test_an_unknown_code_is_taught_and_then_goes_on(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(f"(01){UNKNOWN}(17)280501(10)NEW1")), "used 1")
    assert "I do not know this code" in card.text
    assert UNKNOWN in card.text
    assert "Find the item…" in ward.buttons(card)


async def test_a_number_that_may_be_a_patients_is_not_repeated(ward: Ward) -> None:
    answer = await ward.post(photograph(plain("4482913")), channel=WARD, text="@Parley")
    assert "4482913" not in answer.text
    for message in ward.workspace.messages(WARD):
        assert "4482913" not in str(message.blocks)


async def test_a_picture_of_nothing_gets_advice(ward: Ward) -> None:
    answer = await ward.post(photograph(words=("KEEP DRY",)))
    assert "no code" in answer.text
    assert "(01)" in answer.text


async def test_a_typed_code_is_read_as_a_scanned_one(ward: Ward) -> None:
    card = await ward.say(f"used 1 of (01){FOLEY}(17)261220(10)8J2210 for C-991")
    assert "8J2210" in card.text
    assert "C-991" in card.text
    assert "Confirm" in ward.buttons(card)


async def test_a_code_is_taught_by_who_may_and_the_first_action_goes_on(ward: Ward) -> None:
    card = await ward.post(
        photograph(matrix(f"(01){UNKNOWN}(17)261220(10)8J2210")), "@Parley used 1 for C-991", channel=WARD
    )
    await ward.press(card, "Find the item…")
    await ward.workspace.wait_for(lambda: ward.workspace.views("U1"))
    await ward.workspace.submit_view("U1", values={"what": "16 fr foley"})
    await ward.becomes(card, "Which of these")
    await ward.press(card, "Foley catheter 16 Fr")
    await ward.becomes(card, "What does this code stand on")
    await ward.press(card, "One each")
    await ward.becomes(card, "has to confirm it")
    proposal = await ward.workspace.wait_for(lambda: ward.direct_answers("U3"))
    assert "Shall I learn this code?" in proposal[0].text
    assert UNKNOWN in proposal[0].text
    await ward.press(proposal[0], "Confirm", user="U3")
    await ward.becomes(proposal[0], "I know this code now")
    replies = await ward.workspace.wait_for(
        lambda: [m for m in ward.answers(WARD, card.thread_ts or "") if "Confirm" in ward.buttons(m)]
    )
    assert "C-991" in replies[0].text
    assert "8J2210" in replies[0].text
    assert "Mia Chang confirmed it" in replies[0].text
    await ward.press(replies[0], "Confirm")
    await ward.becomes(replies[0], "R-1")
