"""Photographs in a conversation: into an open card, several at once, with shelf labels, ambiguous codes, doubles, and what stays unsaid."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.media.pool import PictureReader
from domain.store import open_store, upgrade
from domain.udi.own import place_text
from domain.udi.reading import PlaceCode
from tests.labels import matrix, photograph, plain, qr
from tests.photo_codes import FOLEY, GLOVE_BOX, SILK, teach
from tests.scenario.photo_ward import WARD, Ward, open_ward
from tests.unit.acting.house import CENTRAL_A, ED_CART, ICU, ICU_A, NORTH, SALINE, House

EARLY = f"(01){FOLEY}(17)261220(10)8J2210"


@pytest.fixture
async def ward(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    url = f"sqlite:///{tmp_path_factory.mktemp('ward') / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    house = House(store)
    teach(house)
    reader = PictureReader(size=1)
    await reader.start()
    async with open_ward(house, reader) as found:
        yield found
    await reader.stop()
    store.close()


def shelf(place: int) -> str:
    return place_text(PlaceCode(NORTH, place))  # type: ignore[arg-type]


async def test_a_second_photograph_adds_lines_to_the_open_card(ward: Ward) -> None:
    first = await ward.post(photograph(matrix(EARLY)), "@Parley used for C-991", channel=WARD)
    thread = first.thread_ts or ""
    second = await ward.post(
        photograph(matrix(f"(01){SILK}(17)280501(10)SK2291")), channel=WARD, thread=thread
    )
    assert "8J2210" in second.text
    assert "SK2291" in second.text
    assert "C-991" in second.text
    await ward.becomes(first, "newer card")


async def test_the_same_label_again_is_one_more(ward: Ward) -> None:
    first = await ward.post(photograph(matrix(EARLY)), "@Parley used for C-991", channel=WARD)
    second = await ward.post(photograph(matrix(EARLY)), channel=WARD, thread=first.thread_ts or "")
    assert "Use 2" in second.text


async def test_a_photograph_answers_which_item(ward: Ward) -> None:
    said = ward.language.teach("used [2](quantity) [foleys](item) for [C-991](case)", "consume")
    asked = await ward.say(f"@Parley {said}", user="U2", channel=WARD)
    assert "Which" in asked.text
    late = photograph(matrix(f"(01){FOLEY}(17)270630(10)9K3001"))
    card = await ward.post(late, user="U2", channel=WARD, thread=asked.thread_ts or "")
    assert "Use 2" in card.text
    assert "9K3001" in card.text
    assert "C-991" in card.text


async def test_all_photographs_of_a_message_are_read(ward: Ward) -> None:
    pictures = [photograph(matrix(EARLY)), photograph(matrix(f"(01){SILK}(17)280501(10)SK2291"))]
    where = ward.direct()
    await ward.workspace.share_files(
        "U1", where, files=[(f"IMG_{n}.png", data, None) for n, data in enumerate(pictures)], wait=False
    )
    card = (await ward.workspace.wait_for(lambda: ward.answers(where, ""), timeout=30.0))[0]
    assert "2 labels" in card.text
    assert "8J2210" in card.text
    assert "SK2291" in card.text


async def test_product_on_one_photograph_and_lot_on_the_next_are_one_label(ward: Ward) -> None:
    first = await ward.post(photograph(matrix(f"(01){FOLEY}")), "@Parley", channel=WARD)
    assert "Foley catheter 16 Fr" in first.text
    second = await ward.post(
        photograph(matrix("(17)261220(10)8J2210")), channel=WARD, thread=first.thread_ts or ""
    )
    assert "Foley catheter 16 Fr" in second.text
    assert "8J2210" in second.text


async def test_a_move_beside_a_shelf_label_asks_which_way_and_goes_it(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(EARLY), qr(shelf(ED_CART))), "moving this")
    assert ward.buttons(card)[:2] == ["From ED › Cart 4", "To ED › Cart 4"]
    await ward.press(card, "To ED")
    await ward.becomes(card, "Confirm")
    assert "to ED › Cart 4" in card.text


async def test_a_move_whose_words_name_the_other_end_asks_nothing(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(EARLY), qr(shelf(ICU_A))), "moving to ED")
    assert "From ICU › Shelf A" in card.text
    assert "to ED" in card.text
    assert "Confirm" in ward.buttons(card)


async def test_a_delivery_is_received_with_lot_and_expiry_onto_the_shelf_in_the_picture(ward: Ward) -> None:
    picture = photograph(matrix(f"(01){GLOVE_BOX}(17)290101(10)GLNEW"), qr(shelf(CENTRAL_A)))
    card = await ward.post(picture, "received 3", user="U2")
    assert "3 boxes" in card.text
    assert "GLNEW" in card.text
    assert "Lot GLNEW is new here." in card.text
    await ward.press(card, "Confirm", user="U2")
    await ward.becomes(card, "R-1")
    with ward.house.store.transactions.reading() as uow:
        lot = uow.lots.named("GLNEW")[0]
        lying = [line for line in uow.stock.of_lots([lot.id]) if line.on_hand]
    assert [(line.place_id, line.on_hand) for line in lying] == [(CENTRAL_A, 150)]
    assert str(lot.expires_on) == "2029-01-01"


async def test_a_lot_nobody_knows_is_never_silently_another(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(f"(01){FOLEY}(17)280101(10)QQ77")), "used 1 for C-991")
    assert "QQ77" in card.text
    assert "Confirm" not in ward.buttons(card)


async def test_an_expired_lot_is_blocked_as_ever(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(f"(01){FOLEY}(17)261031(10)7A1000")), "used 1 for C-991")
    assert "expired" in card.text
    assert "Confirm" not in ward.buttons(card)


async def test_both_readings_of_an_ambiguous_code_are_offered(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(f"(01){FOLEY}(17)261220(10)AB1221S9")), "used 1 for C-991")
    assert "2 ways" in card.text
    offered = ward.buttons(card)
    assert any("AB1221S9" in label for label in offered)
    assert any("AB12," in label and "S9" in label for label in offered)
    assert "Confirm" not in offered


async def test_of_two_makers_with_one_number_it_is_asked(ward: Ward) -> None:
    card = await ward.post(photograph(plain("AB-1200")), "used 1 for C-991")
    assert "several items" in card.text.casefold()
    before = ward.house.on_hand(SALINE, ICU)
    await ward.press(card, "Maker: Saline flush")
    await ward.becomes(card, "Confirm")
    assert "Use 1 box" in card.text
    assert ward.house.on_hand(SALINE, ICU) == before


async def test_a_wristband_beside_a_product_is_neither_shown_nor_kept(ward: Ward) -> None:
    pictures = [photograph(matrix(EARLY)), photograph(plain("4482913"))]
    ts = await ward.workspace.share_files(
        "U1",
        WARD,
        files=[(f"IMG_{n}.png", data, None) for n, data in enumerate(pictures)],
        text="@Parley used 1 for C-991",
        wait=False,
    )
    card = (await ward.workspace.wait_for(lambda: ward.answers(WARD, ts), timeout=30.0))[0]
    await ward.settled()
    assert "8J2210" in card.text
    assert "patient's number" in card.text
    told = json.dumps([[m.text, m.blocks] for m in (*ward.workspace.messages(WARD), *ward.answers(WARD, ts))])
    assert "4482913" not in told
    with ward.house.store.transactions.reading() as uow:
        scan = uow.enrolments.latest(WARD, ts, since=ward.house.clock.now().replace(year=2000))
    assert scan is not None
    assert "4482913" not in scan.body


async def test_a_patients_number_in_the_caption_is_kept_from_the_scan(ward: Ward) -> None:
    await ward.post(photograph(matrix(EARLY)), "used 1 for MRN 6120045")
    with ward.house.store.transactions.reading() as uow:
        scan = uow.enrolments.latest(ward.direct(), "", since=ward.house.clock.now().replace(year=2000))
    assert scan is not None
    assert "6120045" not in scan.body


async def test_a_photograph_that_comes_twice_makes_one_card(ward: Ward) -> None:
    ward.workspace.faults.duplicate_events()
    await ward.post(photograph(matrix(EARLY)), "used 1 for C-991")
    await ward.settled()
    assert len(ward.answers(ward.direct(), "")) == 1
    with ward.house.store.transactions.reading() as uow:
        assert len(uow.drafts.open_in(ward.direct(), "")) == 1


async def test_a_channel_photograph_that_names_nobody_is_nobodys_business(ward: Ward) -> None:
    await ward.workspace.share_file(
        "U1", WARD, name="a.png", data=photograph(matrix(EARLY)), text="look at this"
    )
    await ward.settled()
    assert ward.workspace.called("chat.postMessage") == []


async def test_figures_of_several_things_are_asked_for_and_never_dealt_out(ward: Ward) -> None:
    said = ward.language.teach("used [2](quantity) and [1](quantity) for [C-991](case)", "consume")
    picture = photograph(matrix(EARLY), matrix(f"(01){SILK}(17)280501(10)SK2291"))
    card = await ward.post(picture, said)
    assert "How many" in card.text
    assert "Confirm" not in ward.buttons(card)


async def test_a_figure_without_a_word_is_kept_for_the_press(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(EARLY)), "2")
    assert "You say 2." in card.text
    await ward.press(card, "Use")
    await ward.becomes(card, "Use 2")


async def test_an_alert_about_this_is_about_the_thing_in_the_picture(ward: Ward) -> None:
    ward.language.teach("tell me when [Foley catheter 16 Fr](item) is low", "subscribe_alert")
    answer = await ward.post(photograph(matrix(EARLY)), "tell me when this is low")
    assert "Foley catheter 16 Fr" in answer.text


async def test_courtesies_beside_a_photograph_only_want_it_read(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(EARLY)), "thanks")
    assert "Use" in ward.buttons(card)


async def test_what_fell_on_the_floor_is_no_place(ward: Ward) -> None:
    card = await ward.post(photograph(matrix(EARLY)), "dropped on the floor")
    assert "Waste 1" in card.text
    assert "From ICU" in card.text
