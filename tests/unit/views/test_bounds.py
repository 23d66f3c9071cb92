"""Whatever the data holds, Slack takes it and nothing in it becomes a mention, a link or markup."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import home, limits, notices, words
from bot.views.answers import render, with_options
from bot.views.card import Card, Part, compose, sheet
from bot.views.rendered import Choice, Notice, Option, Page, Rendered
from bot.views.words import Bold
from domain.model.requisition import RequisitionState
from domain.usecases.ask.answers import (
    BelowParAnswer,
    CheckStockAnswer,
    DescribeItemAnswer,
    FindItemAnswer,
    ItemWhereabouts,
    TraceAnswer,
)
from domain.usecases.ask.requests import Aspect
from tests.unit.views import facts
from tests.unit.views.facts import TODAY, names

MENTION = re.compile(r"<[!@#]|<https?:")
counts = st.integers(min_value=-(10**7), max_value=10**9)
several = st.integers(min_value=0, max_value=22)


def fit(rendered: Rendered) -> None:
    limits.check(rendered.blocks, text=rendered.text.replace("<", "&lt;")[:4000])
    assert len(rendered.text) <= 4000
    assert not any(MENTION.search(text) for text in facts.marked_up(rendered.blocks))


@settings(max_examples=25, deadline=None)
@given(name=names, path=names, lot=names, quantity=counts, many=several, page=st.integers(0, 9))
def test_any_name_of_item_place_and_lot_can_be_said(
    name: str, path: str, lot: str, quantity: int, many: int, page: int
) -> None:
    item = replace(facts.GLOVE, name=name, size=lot[:30], base_unit=name[:12])
    place = replace(facts.SHELF, path=path, name=path, facility=name)
    spot = facts.spot(
        place, on_hand=quantity, available=max(0, quantity), first_lot=replace(facts.LOT, number=lot)
    )
    at = Page(page, "tok")
    whereabouts = ItemWhereabouts(item, (spot,) * many, (spot,), quantity, quantity)
    fit(render(FindItemAnswer((place,), (whereabouts,)), page=at, today=TODAY))
    fit(render(FindItemAnswer((place,) * 9, (whereabouts,) * many), page=at, today=TODAY))
    stock = facts.stock(item=item, on_hand=quantity, available=quantity, spots=(spot,) * many)
    fit(render(CheckStockAnswer((place,), (stock,) * max(1, many)), page=at, today=TODAY))
    low = facts.low_line(item=item, place=place, available=quantity, bring=quantity)
    fit(render(BelowParAnswer((place,), (low,) * many, many, 0), page=at, today=TODAY))
    expiring = facts.expiring_lot(
        item=item, place=place, lot=replace(facts.LOT, number=lot), value=Decimal(quantity)
    )
    fit(render(facts.expiring_answer(many, lots=(expiring,) * many), page=at, today=TODAY))
    use = facts.lot_use(actor=name, provider=path, procedure=lot, place=place)
    traced = facts.lot_trace(item=item, uses=(use,) * many, holdings=(spot,) * many, supplier=name)
    fit(render(TraceAnswer(lot, (traced,) * min(many, 6), patients_hidden=True), page=at, today=TODAY))
    whole = facts.item(name=name, size=lot[:20], brand=path, manufacturer=name, category=lot)
    cards = (
        facts.card(
            item=whole, sizes=(item,) * many, substitutes=(item,) * many, consignors=(name,), consigned=1
        ),
    )
    fit(render(DescribeItemAnswer((Aspect.ALL,), "USD", cards * max(1, min(many, 9))), page=at, today=TODAY))


@settings(max_examples=25, deadline=None)
@given(text=names, hints=st.lists(names, max_size=9), labels=st.lists(st.tuples(names, names), max_size=30))
def test_any_notice_choice_and_home_tab_can_be_said(
    text: str, hints: list[str], labels: list[tuple[str, str]]
) -> None:
    fit(notices.notice(Notice(text, tuple(hints), text[:12])))
    options = tuple(Option(label, f"tok{n}", detail) for n, (label, detail) in enumerate(labels))
    fit(notices.choice(Choice(text, options)))
    answer = FindItemAnswer((), (ItemWhereabouts(facts.GLOVE, (facts.spot(),), (), 1, 1),))
    fit(with_options(render(answer, page=Page(), today=TODAY), Choice(text, options)))
    item = replace(facts.GLOVE, name=text)
    low = BelowParAnswer((), (facts.low_line(item=item),) * 9, 9, 1)
    expiring = facts.expiring_answer(9, lots=(facts.expiring_lot(item=item),) * 9, already_expired_lots=2)
    order = home.OpenOrder(text, RequisitionState.PICKED, (item,) * 3, replace(facts.SHELF, path=text), text)
    glance = home.Glance(text, text, low, expiring, "tok", "tok", text, text, (order,) * 9)
    view = home.home_view(glance, today=TODAY)
    assert limits.view_problems(view) == []
    assert not any(MENTION.search(text) for text in facts.marked_up(view))


@given(text=st.text(max_size=400), limit=st.integers(min_value=1, max_value=120))
def test_cutting_keeps_within_the_limit_and_leaves_no_half_entity(text: str, limit: int) -> None:
    found = words.cut(words.escape(words.clean(text)), limit)
    assert len(found) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", found)


def test_cutting_ends_at_a_word_border() -> None:
    assert words.cut("chest tube 28 french straight", 20) == "chest tube 28…"


@given(cells=st.lists(names, min_size=1, max_size=5))
def test_no_cell_of_a_spreadsheet_is_a_formula(cells: list[str]) -> None:
    data = sheet("a.csv", title="a", header=["h"] * len(cells), rows=[cells], alt_text="a").data
    for row in list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]:
        assert not any(cell[:1] in ("=", "+", "-", "@") for cell in row)


def test_an_answer_beyond_all_bounds_says_that_it_was_cut() -> None:
    lines = tuple((Bold("x" * 600),) for _ in range(200))
    rendered = compose(Card(headline=("much",), parts=tuple(Part((line,)) for line in lines)))
    limits.check(rendered.blocks, text=rendered.text)
    assert "did not fit" in str(rendered.blocks[-1])
    assert rendered.text.endswith("… and more.")
