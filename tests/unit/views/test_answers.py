"""Every answer says its fact first, in text and in blocks alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.views import limits
from bot.views.answers import render, with_options
from bot.views.rendered import Choice, Option, Page, Rendered
from domain.model.item import Latex
from domain.usecases.ask.answers import (
    AskAnswer,
    BelowParAnswer,
    CheckStockAnswer,
    DescribeItemAnswer,
    FindItemAnswer,
    ItemWhereabouts,
    LotTrace,
    TraceAnswer,
)
from domain.usecases.ask.requests import Aspect, UsageGroup
from tests.unit.views.facts import (
    FOLEY,
    GLOVE,
    ICU,
    LOT,
    NOVEMBER,
    SHELF,
    TODAY,
    buttons,
    card,
    expiring_answer,
    expiring_lot,
    item,
    lot_trace,
    lot_use,
    low_line,
    place,
    shown,
    spot,
    stock,
    usage_answer,
    usage_rows,
)


def say(answer: AskAnswer, *, page: int = 0, pageable: bool = True) -> Rendered:
    rendered = render(answer, page=Page(page, "tok" if pageable else ""), today=TODAY)
    limits.check(rendered.blocks, text=rendered.text)
    return rendered


def first_line(rendered: Rendered) -> str:
    return rendered.text.splitlines()[0]


def find(*spots: object, elsewhere: tuple[object, ...] = (), on_hand: int = 34) -> FindItemAnswer:
    found = ItemWhereabouts(GLOVE, spots, elsewhere, on_hand, on_hand)  # type: ignore[arg-type]
    return FindItemAnswer((), (found,))


# ---------------------------------------------------------------------------------------------- Q1


def test_where_names_shelf_quantity_and_the_lot_to_take_first() -> None:
    rendered = say(find(spot()))
    assert first_line(rendered) == (
        "Biogel surgical glove, 7.5 — OR Core › Cabinet 2 › Shelf B2, 34 pairs on hand; "
        "take lot 7K1120 first (exp Wed 3 Feb 2027)."
    )
    assert "*Biogel surgical glove, 7.5* — OR Core" in shown(rendered)
    assert "*lot 7K1120*" in shown(rendered)


def test_where_lists_the_other_places_and_the_nearest_elsewhere() -> None:
    rendered = say(find(spot(), spot(place(2)), elsewhere=(spot(place(3)),)))
    assert "Also here\nICU › Room › Shelf 2 — 34 pairs" in rendered.text
    assert "Nearest elsewhere\nICU › Room › Shelf 3" in rendered.text
    assert "about 60 m away" in rendered.text
    assert "ICU › Room › Shelf 3" in shown(rendered)


def test_where_says_none_and_points_to_the_nearest() -> None:
    answer = replace(find(elsewhere=(spot(),), on_hand=0), asked=(ICU,))
    assert first_line(say(answer)) == "Biogel surgical glove, 7.5 — none in ICU. The nearest is below."
    assert "none on any shelf, and none elsewhere" in first_line(say(find(on_hand=0)))


def test_what_must_not_be_taken_is_warned_of_in_words() -> None:
    rendered = say(find(spot(expired=3), spot(place(2), held=1), spot(place(3), on_hand=-2, available=0)))
    for warning in (
        "⚠ 3 pairs expired: do not use.",
        "⚠ 1 pair quarantined or recalled: do not use.",
        "⚠ The books say −2 pairs at ICU › Room › Shelf 3: count due.",
    ):
        assert warning in rendered.text
        assert warning in shown(rendered)


def test_many_places_are_paged_and_the_next_page_leads_on() -> None:
    answer = find(*(spot(place(n)) for n in range(1, 22)))
    first = say(answer)
    assert buttons(first) == [("Next 8 of 20", '{"r":"tok","p":1}')]
    last = say(answer, page=2)
    assert buttons(last) == [("Previous 8", '{"r":"tok","p":1}')]
    assert "17–20 of 20 other places" in last.text
    assert "Shelf 21" in last.text
    assert first_line(first) == first_line(last)


def test_a_page_beyond_the_end_shows_the_last_one() -> None:
    answer = find(*(spot(place(n)) for n in range(1, 22)))
    assert "17–20 of 20" in say(answer, page=99).text


def test_without_a_token_no_page_button_is_offered() -> None:
    assert buttons(say(find(*(spot(place(n)) for n in range(1, 22))), pageable=False)) == []


def test_several_items_get_a_line_each() -> None:
    one = ItemWhereabouts(GLOVE, (spot(),), (), 34, 34)
    two = ItemWhereabouts(FOLEY, (), (), 0, 0)
    rendered = say(FindItemAnswer((), (one, two)))
    assert "Biogel surgical glove, 7.5 — 34 pairs\nOR Core › Cabinet 2 › Shelf B2" in rendered.text
    assert "Foley catheter, silicone, 16 Fr — none" in rendered.text


# ---------------------------------------------------------------------------------------------- Q2


def test_stock_answers_yes_with_the_quantity_par_and_days() -> None:
    rendered = say(CheckStockAnswer((ICU,), (stock(),)))
    assert first_line(rendered) == "Foley catheter, silicone, 16 Fr — yes, 40 each to take in ICU."
    assert "Par 60, reorder at 20: enough." in rendered.text
    assert "Lasts about 14 days at 2.8 each a day (last 56 days)." in rendered.text
    assert "*40 each to take*" in shown(rendered)


def test_stock_that_is_low_says_how_many_to_bring() -> None:
    rendered = say(CheckStockAnswer((ICU,), (stock(available=12, on_hand=12, elsewhere=(spot(),)),)))
    assert "⚠ Low: par 60, reorder at 20. Bring 48." in rendered.text
    assert "Nearest elsewhere" in rendered.text


def test_stock_accounts_for_what_may_not_be_taken() -> None:
    rendered = say(
        CheckStockAnswer((ICU,), (stock(on_hand=60, reserved=4, held=6, expired=10, in_transit=5),))
    )
    assert "60 on hand · 4 reserved · 6 held · 10 expired · 5 each on the way here" in rendered.text
    assert "⚠ 10 each expired: do not use." in rendered.text


def test_none_in_stock_is_said_at_once() -> None:
    none = stock(on_hand=0, available=0, spots=(), days_of_supply=None, par=None, reorder_point=None)
    rendered = say(CheckStockAnswer((ICU,), (none,)))
    assert first_line(rendered) == "Foley catheter, silicone, 16 Fr — none in ICU."
    assert "No par is set here." in rendered.text


# ---------------------------------------------------------------------------------------------- Q3


def test_expiring_lots_are_counted_valued_and_listed() -> None:
    rendered = say(expiring_answer(2))
    assert first_line(rendered) == (
        "2 lots expire in ICU this month — $1,234.50 on the shelf, $600.00 of it will not be used in time."
    )
    assert (
        "Fri 27 Nov (in 5 days) — Biogel surgical glove, 7.5, 12 pairs, 9 will lapse\n"
        "OR Core › Cabinet 2 › Shelf B2 · lot 7K1120 · $42.50"
    ) in rendered.text
    for fact in ("*Fri 27 Nov*", "7K1120", "12 pairs", "9 will lapse"):
        assert fact in shown(rendered)


def test_expiring_lots_name_the_place_that_could_use_them() -> None:
    text = say(expiring_answer()).text
    assert (
        "8 pairs of Biogel surgical glove, 7.5 (lot 7K1120) at ICU › Room › Shelf 3, which uses 4.2 pairs a week"
        in text
    )


def test_a_lot_that_is_used_up_in_time_is_not_moved() -> None:
    lot = expiring_lot(will_use=12, will_lapse=0, value_lapsing=Decimal(0))
    rendered = say(expiring_answer(lots=(lot,), total_value_lapsing=Decimal(0)))
    assert "all of it should be used in time" in first_line(rendered)
    assert "Could be used" not in rendered.text


def test_what_is_already_expired_is_warned_of() -> None:
    rendered = say(expiring_answer(already_expired_lots=2, already_expired_value=Decimal(12)))
    assert "⚠ 2 lots past the date still on the shelf ($12.00): take off." in rendered.text
    assert "⚠ 2 lots past the date" in shown(rendered)


def test_a_long_list_comes_as_a_spreadsheet_too_but_only_with_its_first_page() -> None:
    first, second = say(expiring_answer(20)), say(expiring_answer(20), page=1)
    (sheet,) = first.attachments
    lines = sheet.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 21
    assert lines[1].startswith('2026-11-27,5,10231,"Biogel surgical glove, 7.5",7K1120')
    assert "20 expiring lots" in sheet.alt_text
    assert second.attachments == ()
    assert buttons(first) == [("Next 8 of 20", '{"r":"tok","p":1}')]


def test_nothing_that_expires_is_good_news() -> None:
    rendered = say(expiring_answer(0))
    assert first_line(rendered) == "Nothing expires in ICU this month."


# ---------------------------------------------------------------------------------------------- Q4


@pytest.mark.parametrize(
    ("aspect", "said"),
    [
        (Aspect.LATEX, "Biogel surgical glove, 7.5 — latex-free, as its maker declares"),
        (
            Aspect.PACK,
            "Biogel surgical glove, 7.5 — 50 pairs in a box, 200 pairs in a case (on hand ≈ 2 boxes)",
        ),
        (Aspect.PRICE, "Biogel surgical glove, 7.5 — $61.25 a box ($1.22 per pair) from Medline"),
        (
            Aspect.SUPPLIER,
            "Biogel surgical glove, 7.5 — from Medline, order no. MDL-75, by the box, usually 4 days",
        ),
        (Aspect.IDENTIFIERS, "Biogel surgical glove, 7.5 — GTIN 00812345678906 (box)"),
        (Aspect.OWNERSHIP, "Biogel surgical glove, 7.5 — our own (120 pairs)"),
        (Aspect.STORAGE, "Biogel surgical glove, 7.5 — room temperature · tracked by lot"),
    ],
)
def test_the_aspect_asked_about_is_the_headline(aspect: Aspect, said: str) -> None:
    rendered = say(DescribeItemAnswer((aspect,), "USD", (card(),)))
    assert first_line(rendered) == said


def test_several_aspects_are_all_answered() -> None:
    rendered = say(DescribeItemAnswer((Aspect.LATEX, Aspect.PACK), "USD", (card(),)))
    assert "latex-free" in first_line(rendered)
    assert "50 pairs in a box" in rendered.text


def test_latex_is_a_warning_in_words() -> None:
    rendered = say(DescribeItemAnswer((Aspect.LATEX,), "USD", (card(item=item(latex=Latex.CONTAINS)),)))
    assert "⚠ contains latex" in first_line(rendered)


def test_the_whole_card_holds_every_aspect() -> None:
    rendered = say(DescribeItemAnswer((Aspect.ALL,), "USD", (card(),)))
    for fact in (
        "latex-free",
        "50 pairs in a box",
        "$61.25 a box",
        "Medline",
        "GTIN",
        "our own",
        "room temperature",
    ):
        assert fact in rendered.text
        assert fact in shown(rendered)


def test_consigned_stock_names_its_owner() -> None:
    answer = DescribeItemAnswer(
        (Aspect.OWNERSHIP,), "USD", (card(owned=2, consigned=5, consignors=("Stryker",)),)
    )
    assert "5 pairs consigned by Stryker; 2 pairs are our own" in first_line(say(answer))


# ---------------------------------------------------------------------------------------------- Q5


def test_a_lot_is_traced_to_its_places_and_uses() -> None:
    rendered = say(TraceAnswer("7K1120", (lot_trace(),), patients_hidden=False))
    assert first_line(rendered) == (
        "Lot 7K1120 of Biogel surgical glove, 7.5 (exp Wed 3 Feb 2027, in 73 days) — "
        "68 pairs on hand at 2 places, 86 used of 154 received."
    )
    assert (
        "Fri 20 Nov — 2 pairs used, ICU › Room › Shelf 1 · Appendectomy · Dr. Amari · case C-991"
        in rendered.text
    )
    assert "Dr. Amari" in shown(rendered)


def test_a_recalled_lot_says_do_not_use() -> None:
    rendered = say(TraceAnswer("7K1120", (lot_trace(status="recalled"),), patients_hidden=False))
    assert "⚠ Recalled: do not use." in rendered.text


def test_patients_stay_out_of_the_file() -> None:
    uses = tuple(lot_use(patient="…4821") for _ in range(15))
    rendered = say(TraceAnswer("7K1120", (lot_trace(uses=uses),), patients_hidden=False))
    assert "patient …4821" in rendered.text
    assert b"4821" not in rendered.attachments[0].data


def test_hidden_patients_are_said_to_be_hidden() -> None:
    rendered = say(TraceAnswer("7K1120", (lot_trace(),), patients_hidden=True))
    assert "Patients are shown only in direct messages" in rendered.text


def test_one_number_of_several_items_lists_them_all() -> None:
    other: LotTrace = lot_trace(item=FOLEY)
    rendered = say(TraceAnswer("7K1120", (lot_trace(), other), patients_hidden=False))
    assert first_line(rendered) == "2 items carry the lot number 7K1120."
    assert "Foley catheter, silicone, 16 Fr" in rendered.text


# ---------------------------------------------------------------------------------------------- Q6


def test_usage_says_the_figure_and_the_trend_and_draws_it() -> None:
    rendered = say(usage_answer())
    assert first_line(rendered) == (
        "Foley catheter, silicone, 16 Fr — 312 each used in ICU since august; "
        "up 12% on the 114 days before (278)."
    )
    (plot,) = rendered.attachments
    assert plot.data.startswith(b"\x89PNG")
    assert "3 Aug 20" in plot.alt_text
    assert "the period before had 278" in plot.alt_text


def test_usage_without_a_period_before_claims_no_trend() -> None:
    rendered = say(usage_answer(previous=0, change=None))
    assert "none in the 114 days before" in first_line(rendered)


def test_usage_of_nothing_draws_nothing() -> None:
    rendered = say(usage_answer(total=0, series=()))
    assert first_line(rendered) == "Foley catheter, silicone, 16 Fr — none used in ICU since august."
    assert rendered.attachments == ()


def test_usage_of_several_items_names_what_they_share() -> None:
    others = tuple(replace(FOLEY, name=f"SureStep Foley tray {n}") for n in "AB")
    rendered = say(usage_answer(items=(FOLEY, *others)))
    assert first_line(rendered).startswith("Foley, 3 items — 312 each used")


def test_usage_split_is_a_table_with_shares() -> None:
    rendered = say(usage_answer(group_by=UsageGroup.UNIT, rows=usage_rows(12)))
    assert "Unit 0: 100 each, 10%" in rendered.text
    assert "Unit 0" in shown(rendered)
    assert [a.filename for a in rendered.attachments] == ["usage.png", "usage.csv"]


# ---------------------------------------------------------------------------------------------- Q8


def test_low_lines_say_what_to_bring_and_how_long_it_lasts() -> None:
    out = low_line(available=0, bring=10, days_left=None, in_transit=4)
    rendered = say(BelowParAnswer((ICU,), (out, low_line()), 2, 1))
    assert first_line(rendered) == "2 lines are low in ICU, 1 of them out of stock ⚠."
    assert (
        "Biogel surgical glove, 7.5 — bring 10 pairs\n"
        "Room › Shelf 1 · 0 of par 10, 4 on the way · ⚠ out of stock"
    ) in rendered.text
    assert "Room › Shelf 1 · 3 of par 10 · lasts about 3 days" in rendered.text
    for fact in ("⚠ out of stock", "*7 pairs*", "about 3 days"):
        assert fact in shown(rendered)


def test_a_line_for_which_enough_is_on_the_way_asks_for_nothing() -> None:
    rendered = say(BelowParAnswer((ICU,), (low_line(bring=0, in_transit=8),), 1, 0))
    assert "Biogel surgical glove, 7.5 — what is on the way will do" in rendered.text


def test_a_cut_list_says_so() -> None:
    rendered = say(BelowParAnswer((ICU,), tuple(low_line() for _ in range(12)), 412, 0))
    assert "the first 12 of 412 lines are listed" in rendered.text
    assert len(rendered.attachments) == 1


def test_nothing_low_is_good_news() -> None:
    assert first_line(say(BelowParAnswer((ICU,), (), 0, 0))).startswith("Nothing is low in ICU")


# ---------------------------------------------------------------------------------------------- options


def test_options_below_an_answer_keep_the_answer() -> None:
    choice = Choice("Did you mean another?", (Option("Gammex 7.5", "tok-b"),))
    rendered = with_options(say(find(spot())), choice)
    limits.check(rendered.blocks, text=rendered.text)
    assert "Did you mean another?\n1. Gammex 7.5" in rendered.text
    assert buttons(rendered) == [("Gammex 7.5", '{"r":"tok-b","p":0}')]


def test_dates_of_this_year_go_without_the_year() -> None:
    lot = replace(LOT, expires_on=date(2026, 12, 24))
    assert "(exp Thu 24 Dec)" in first_line(say(find(spot(SHELF, first_lot=lot))))
    assert NOVEMBER.days == 30
