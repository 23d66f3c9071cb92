"""From a message to the typed request that its use case is asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.dialogue.table import TABLE
from bot.understanding.meaning import INTENTS
from domain.model.ids import ItemId, PlaceId
from domain.model.person import Person
from domain.model.window import DateWindow
from domain.usecases.ask.requests import (
    Aspect,
    BelowPar,
    CheckExpiry,
    CheckStock,
    DescribeItem,
    FindItem,
    ReportUsage,
    TraceLot,
    UsageGroup,
)
from tests.unit.dialogue.ward import (
    CATH,
    ED,
    FOLEY_16,
    ICU,
    NURSE,
    PACU,
    ROTH,
    SNARE_15,
    TEGADERM,
    TODAY,
    Talk,
)

GLOVES_75 = {ItemId(103), ItemId(203)}
FOLEYS = tuple(ItemId(n) for n in (400, 401, 402, 403))
CHEST_TUBES = (ItemId(500), ItemId(501), ItemId(502))


async def test_two_products_that_fit_equally_are_answered_together_with_buttons_to_narrow() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("where are 7.5 gloves?", "find_item", "size=7.5", "item=gloves"))
    assert isinstance(turn.request, FindItem)
    assert set(turn.request.items) == GLOVES_75
    assert turn.request.places == ()
    assert {option.label for option in turn.options} == {"Protexis", "Biogel PI"}


async def test_what_fits_too_much_is_asked_about_by_product_line() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("where are the gloves", "find_item", "item=gloves"))
    assert turn.request is None
    assert turn.rendered.text.startswith("Which gloves?")
    labels = [option.label for option in turn.options]
    assert sorted(labels[:-1]) == ["Exam nitrile", "Surgical Biogel PI", "Surgical Protexis"]
    assert labels[-1] == "All 15"


async def test_a_size_and_a_place_narrow_a_question_about_stock() -> None:
    talk = Talk()
    text = talk.labels.know(
        "do we have any 16 fr foleys in ICU", "check_stock", "size=16 fr", "item=foleys", "location=ICU"
    )
    turn = await talk.say(text)
    assert turn.request == CheckStock(NURSE, TODAY, (FOLEY_16,), (ICU,))
    assert turn.options == ()


async def test_each_thing_keeps_the_size_beside_it() -> None:
    talk = Talk()
    text = talk.labels.know(
        "roth net and 15 mm snare, need the bins", "find_item", "item=roth net", "size=15 mm", "item=snare"
    )
    turn = await talk.say(text)
    assert turn.request == FindItem(NURSE, TODAY, (ROTH, SNARE_15), ())


async def test_a_size_that_is_not_stocked_is_told_with_the_sizes_there_are() -> None:
    talk = Talk()
    text = talk.labels.know(
        "any 13 fr foleys in ICU", "check_stock", "size=13 fr", "item=foleys", "location=ICU"
    )
    turn = await talk.say(text)
    assert turn.request is None
    assert "12 Fr, 14 Fr, 16 Fr, 18 Fr" in turn.rendered.text
    finished = await talk.press(turn.options[2].token)
    assert finished.request == CheckStock(NURSE, TODAY, (FOLEY_16,), (ICU,))


async def test_an_unknown_thing_is_named_and_nothing_is_answered() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("where are the zorgles", "find_item", "item=zorgles"))
    assert turn.request is None
    assert "“zorgles”" in turn.rendered.text


async def test_an_unknown_place_is_named_with_places_that_sound_like_it() -> None:
    talk = Talk()
    text = talk.labels.know("tegaderm in OR 9?", "find_item", "item=tegaderm", "location=OR 9")
    turn = await talk.say(text)
    assert turn.request is None
    assert "“OR 9”" in turn.rendered.text
    labels = [option.label for option in turn.options]
    finished = await talk.press(turn.options[labels.index("OR 2")].token)
    assert finished.request == FindItem(NURSE, TODAY, (TEGADERM,), (PlaceId(52),))


async def test_an_unknown_place_is_said_even_when_the_thing_must_be_asked_first() -> None:
    talk = Talk()
    text = talk.labels.know("where are the gloves in XYZZY", "find_item", "item=gloves", "location=XYZZY")
    turn = await talk.say(text)
    assert turn.request is None
    assert "XYZZY, a place I do not know" in turn.rendered.text


async def test_a_thing_the_language_model_did_not_label_is_found_in_the_words() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("where is the tegaderm kept please", "find_item"))
    assert turn.request == FindItem(NURSE, TODAY, (TEGADERM,), ())


async def test_a_place_the_language_model_did_not_label_is_found_in_the_words() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("any tegaderm in PACU", "check_stock", "item=tegaderm"))
    assert turn.request == CheckStock(NURSE, TODAY, (TEGADERM,), (PACU,))


async def test_a_place_labelled_as_part_of_a_thing_is_taken_out_of_it() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("any tegaderm in PACU", "check_stock", "item=tegaderm in PACU"))
    assert isinstance(turn.request, CheckStock)
    assert turn.request.items == (TEGADERM,)
    assert turn.request.places == (PACU,)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("what expires this month in cath lab", DateWindow(TODAY, date(2026, 11, 30), "this month")),
        ("what expires in cath lab", DateWindow(TODAY, date(2026, 12, 22), "in the next 30 days")),
        (
            "anything expired in cath lab",
            DateWindow(TODAY - timedelta(days=3650), TODAY - timedelta(days=1), "by now"),
        ),
    ],
)
async def test_expiry_without_items_is_of_a_window(text: str, window: DateWindow) -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know(text, "check_expiry", "location=cath lab"))
    assert turn.request == CheckExpiry(NURSE, TODAY, window, (CATH,), ())


@pytest.mark.parametrize(
    ("text", "group_by"),
    [
        ("what did we use yesterday in PACU", UsageGroup.ITEM),
        ("what did PACU use yesterday by surgeon", UsageGroup.PROVIDER),
    ],
)
async def test_use_of_no_item_is_of_all_of_them(text: str, group_by: UsageGroup) -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know(text, "usage_history", "location=PACU", "time_window=yesterday"))
    assert isinstance(turn.request, ReportUsage)
    assert (turn.request.items, turn.request.places, turn.request.group_by) == ((), (PACU,), group_by)
    assert turn.request.window.end == TODAY - timedelta(days=1)


async def test_how_many_were_used_asks_of_what() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("how many did we use yesterday", "usage_history"))
    assert turn.request is None
    assert "which item" in turn.rendered.text


async def test_asking_when_a_thing_expires_looks_two_years_ahead() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("when do the foleys expire", "check_expiry", "item=foleys"))
    assert isinstance(turn.request, CheckExpiry)
    assert turn.request.items == FOLEYS
    assert turn.request.window.label == "in the next two years"


async def test_what_the_words_ask_of_an_item_becomes_aspects() -> None:
    talk = Talk()
    text = talk.labels.know(
        "is the tegaderm latex free, how many in a box", "item_info", "item=tegaderm", "unit=box"
    )
    turn = await talk.say(text)
    assert turn.request == DescribeItem(NURSE, TODAY, (TEGADERM,), (Aspect.LATEX, Aspect.PACK))


async def test_use_sums_all_sizes_that_fit() -> None:
    talk = Talk()
    text = talk.labels.know(
        "how many chest tubes did ED use since august", "usage_history", "item=chest tubes", "location=ED", "window=since august"
    )  # fmt: skip
    turn = await talk.say(text)
    assert turn.request == ReportUsage(
        NURSE, TODAY, CHEST_TUBES, DateWindow(date(2026, 8, 1), TODAY, "since august"), (ED,)
    )


async def test_use_by_a_surgeon_is_split_by_provider() -> None:
    talk = Talk()
    text = talk.labels.know(
        "how many foleys has dr patel gone through", "usage_history", "item=foleys", "provider=dr patel"
    )
    turn = await talk.say(text)
    assert isinstance(turn.request, ReportUsage)
    assert turn.request.group_by is UsageGroup.PROVIDER
    assert turn.request.window == DateWindow(date(2026, 10, 24), TODAY, "in the last 30 days")


async def test_what_is_low_is_asked_of_ones_own_unit_with_the_house_one_click_away() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("what's low", "below_par"))
    assert turn.request == BelowPar(NURSE, TODAY, (ICU,), ())
    wider = await talk.press(turn.options[0].token)
    assert wider.request == BelowPar(NURSE, TODAY, (), ())


async def test_who_has_no_unit_asks_about_the_house() -> None:
    floater = Person(NURSE.id, NURSE.facility_id, "Flo", "Buyer", NURSE.role)
    talk = Talk(person=floater)
    turn = await talk.say(talk.labels.know("what's low here", "below_par"))
    assert turn.request == BelowPar(floater, TODAY, (), ())


async def test_here_is_the_askers_unit_and_anywhere_is_everywhere() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("any tegaderm here", "check_stock", "item=tegaderm"), thread="1")
    assert isinstance(turn.request, CheckStock)
    assert turn.request.places == (ICU,)
    turn = await talk.say(
        talk.labels.know("any tegaderm anywhere", "check_stock", "item=tegaderm"), thread="2"
    )
    assert isinstance(turn.request, CheckStock)
    assert turn.request.places == ()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("where is lot 8J2210, who got it", "lot=8J2210"),
        ("find lot eight j two two one zero", "lot=eight j two two one zero"),
    ],
)
async def test_a_lot_is_traced_however_it_is_written(text: str, label: str) -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know(text, "trace_lot", label))
    assert turn.request == TraceLot(NURSE, TODAY, "8J2210", (), ())


async def test_a_question_about_one_lots_expiry_traces_it() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("when does lot 22B41 expire", "check_expiry", "lot=22B41"))
    assert isinstance(turn.request, TraceLot)
    assert turn.request.number == "22B41"


async def test_an_unknown_lot_is_said_with_lots_that_come_near() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("where is lot 8J2219", "trace_lot", "lot=8J2219"))
    assert turn.request is None
    assert "8J2219" in turn.rendered.text
    assert [option.label for option in turn.options] == ["8J2210"]


async def test_a_hesitant_language_model_is_overruled_by_clear_words() -> None:
    talk = Talk()
    text = talk.labels.know("where do we keep tegaderm", "requisition", "item=tegaderm", confidence=0.4)
    turn = await talk.say(text)
    assert turn.request == FindItem(NURSE, TODAY, (TEGADERM,), ())


async def test_between_two_kinds_of_question_the_language_models_choice_is_answered() -> None:
    talk = Talk()
    text = talk.labels.know("tegaderm how many", "find_item", "item=tegaderm", confidence=0.45)
    turn = await talk.say(text)
    assert isinstance(turn.request, FindItem)


async def test_what_is_kept_at_the_place_asked_about_comes_before_a_question_back() -> None:
    talk = Talk(kept=frozenset({ItemId(301), ItemId(302)}))
    text = talk.labels.know("any gloves in ED", "check_stock", "item=gloves", "location=ED")
    turn = await talk.say(text)
    assert isinstance(turn.request, CheckStock)
    assert set(turn.request.items) <= {ItemId(301), ItemId(302)}
    assert turn.request.places == (ED,)


def test_every_intent_has_its_row() -> None:
    assert set(TABLE) == INTENTS


@pytest.mark.parametrize("text", [example for row in TABLE.values() for example in row.examples])
def test_examples_are_short_enough_to_read_at_a_glance(text: str) -> None:
    assert len(text) <= 60


async def test_the_day_is_the_facilitys_own() -> None:
    talk = Talk()
    talk.clock.moment = talk.clock.moment.replace(hour=3)  # 22:00 the evening before in New York
    turn = await talk.say(talk.labels.know("where is the tegaderm", "find_item", "item=tegaderm"))
    assert isinstance(turn.request, FindItem)
    assert turn.request.today == date(2026, 11, 21)


async def test_several_places_are_asked_together() -> None:
    talk = Talk()
    text = talk.labels.know(
        "tegaderm in ICU or PACU", "check_stock", "item=tegaderm", "location=ICU", "location=PACU"
    )
    turn = await talk.say(text)
    assert turn.request == CheckStock(NURSE, TODAY, (TEGADERM,), (PlaceId(10), PlaceId(30)))


async def test_what_a_sentence_ends_on_behind_in_is_a_place_even_if_nobody_knows_it() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("any tegaderm in the moon base", "check_stock", "item=tegaderm"))
    assert turn.request is None
    assert "“moon base”" in turn.rendered.text


async def test_in_the_or_is_the_operating_rooms() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("anything expired in the or", "check_expiry"))
    assert isinstance(turn.request, CheckExpiry)
    assert turn.request.places == (PlaceId(50),)


async def test_a_bare_product_is_looked_for_when_the_language_model_hesitates() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("tegaderm", "consume", "item=tegaderm", confidence=0.3))
    assert turn.request == FindItem(NURSE, TODAY, (TEGADERM,), ())


async def test_a_bare_place_offers_what_can_be_told_of_it() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("what do we have in PACU", "check_stock", "location=PACU"))
    assert [option.label for option in turn.options] == ["What is low there", "What expires there soon"]
    turn = await talk.press(turn.options[0].token)
    assert turn.request == BelowPar(NURSE, TODAY, (PACU,), ())


async def test_what_sizes_there_are_is_asked_of_one_item_a_product_line() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("what sizes of gloves do you have", "check_stock", "item=gloves"))
    assert isinstance(turn.request, DescribeItem)
    assert turn.request.aspects == (Aspect.SIZES,)
    assert len(turn.request.items) == 3


async def test_words_beside_the_label_make_several_fits_fewer() -> None:
    talk = Talk()
    text = talk.labels.know(
        "where is the protexis surgical glove 7.5", "find_item", "item=surgical glove", "size=7.5"
    )
    turn = await talk.say(text)
    assert isinstance(turn.request, FindItem)
    assert turn.request.items == (ItemId(203),)


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("next two weeks", "in the next two weeks"),
        ("90 days", "in the next 90 days"),
        ("this month", "this month"),
        ("next month", "next month"),
        ("december", "in december"),
        ("by friday", "by friday"),
    ],
)
async def test_a_window_is_named_so_that_it_reads_in_a_sentence(said: str, label: str) -> None:
    talk = Talk()
    turn = await talk.say(
        talk.labels.know(f"expiring {said} in PACU", "check_expiry", f"window={said}", "location=PACU")
    )
    assert isinstance(turn.request, CheckExpiry)
    assert turn.request.window.label == label
