"""Whatever a plan, a receipt or a form holds, Slack takes it and nothing in it becomes a mention, a link or markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.views import limits
from bot.views.acting.shown import (
    Answer,
    Asked,
    Card,
    Closed,
    EditForm,
    Field,
    FieldKind,
    KnownLine,
    Powers,
    Refusal,
    Side,
)
from bot.views.rendered import Rendered
from domain.model.hold import HoldId
from domain.model.ids import ItemId, LotId, PlaceId, SupplierId
from domain.model.receipt import ReceiptId
from domain.model.requisition import RequisitionState
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem, TargetRef, Weight
from domain.usecases.act.requests import (
    Action,
    Arrive,
    Consume,
    Count,
    LiftHold,
    Quarantine,
    Receive,
    Requisition,
    Return,
    SendBack,
    SetPar,
    Transfer,
    Undo,
    Waste,
    WasteReason,
)
from domain.usecases.ask.answers import ItemRef, PlaceRef
from tests.unit.views import facts
from tests.unit.views.acting import samples
from tests.unit.views.acting.samples import VIEWS
from tests.unit.views.facts import names

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A message beyond its bounds takes minutes to make smaller, and says what is wrong as it is."""
MENTION = re.compile(r"<[!@#]|<https?:")
PLACE = PlaceId(1)
counts = st.integers(min_value=-(10**7), max_value=10**9)
amounts = st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False, places=3)
days = st.none() | st.dates(min_value=date(1990, 1, 1), max_value=date(2199, 1, 1))
short = st.text(max_size=12)

items = st.builds(ItemRef, st.just(ItemId(1)) | st.just(ItemId(2)), short, names, short, short)
places = st.builds(PlaceRef, st.just(PLACE) | st.just(PlaceId(2)), names, names, short, short)
targets = st.builds(TargetRef, names, short)
picks = st.builds(
    Pick, places, st.just(LotId(0)) | st.just(LotId(5)), names, short, days, st.just(SupplierId(0)), counts, counts, amounts
)  # fmt: skip
lines = st.builds(
    PlannedLine,
    items,
    counts,
    amounts,
    short,
    st.lists(picks, max_size=9).map(tuple),
    st.lists(picks, max_size=5).map(tuple),
    st.none() | counts,
    st.none() | places,
)
problems = st.builds(
    Problem, st.sampled_from(Obstacle), st.sampled_from(Weight), names, names, st.none() | st.integers(0, 40)
)
requests: st.SearchStrategy[Action] = st.one_of(
    st.just(Consume((), PLACE)),
    st.just(Transfer((), PLACE, PlaceId(2))),
    st.just(Receive((), PLACE)),
    st.just(Arrive(ReceiptId(1))),
    st.builds(Waste, st.just(()), st.just(PLACE), st.sampled_from(WasteReason)),
    st.builds(Count, st.just(()), st.just(PLACE), st.booleans()),
    st.builds(Requisition, st.just(()), st.just(PLACE), st.none(), names),
    st.builds(
        SetPar, st.just(ItemId(1)), st.just(PLACE), st.none() | counts, counts, counts, st.none(), names
    ),
    st.builds(Quarantine, names, st.just((LotId(1),))),
    st.builds(LiftHold, st.just(HoldId(1)), names),
    st.just(Return((), PLACE)),
    st.builds(SendBack, st.just(()), st.just(PLACE), st.just(SupplierId(1)), names, names),
    st.builds(Undo, st.just(ReceiptId(1)), names),
)
plans = st.builds(
    Plan,
    requests,
    st.one_of(st.lists(lines, max_size=5), lines.map(lambda one: [one] * 31)).map(tuple),
    st.lists(problems, max_size=14).map(tuple),
    st.none() | places,
    st.none() | places,
    st.none() | targets,
    st.booleans(),
    st.sampled_from(("USD", "EUR", "CHF")),
)
answers = st.lists(st.builds(Answer, names, names, names), max_size=30).map(tuple)
asked = st.none() | st.builds(Asked, names, answers, st.booleans())
powers = st.builds(Powers, st.booleans(), st.booleans(), st.booleans())


def fit(rendered: Rendered) -> None:
    limits.check(rendered.blocks, text=rendered.text.replace("<", "&lt;")[:4000])
    assert rendered.text.strip()
    assert len(rendered.text) <= 4000
    assert not any(MENTION.search(text) for text in facts.marked_up(rendered.blocks))


@settings(max_examples=30, deadline=None, phases=WITHOUT_SHRINKING)
@given(
    read_back=plans,
    action=names,
    notes=st.lists(names, max_size=3).map(tuple),
    question=asked,
    may=powers,
    who=names,
)
def test_any_plan_can_be_read_back(
    read_back: Plan, action: str, notes: tuple[str, ...], question: Asked | None, may: Powers, who: str
) -> None:
    fit(
        VIEWS.card(
            samples.card(read_back, action=action, notes=notes, question=question, powers=may, asker=who)
        )
    )


@settings(max_examples=20, deadline=None, phases=WITHOUT_SHRINKING)
@given(
    known=st.lists(st.builds(KnownLine, st.none() | items, names, names, names), max_size=30).map(tuple),
    question=asked,
    source=st.none() | places,
    target=st.none() | targets,
    notes=st.lists(names, max_size=3).map(tuple),
)
def test_any_question_can_be_asked(
    known: tuple[KnownLine, ...],
    question: Asked | None,
    source: PlaceRef | None,
    target: TargetRef | None,
    notes: tuple[str, ...],
) -> None:
    value: Card = samples.asking(lines=known, question=question, source=source, target=target, notes=notes)
    fit(VIEWS.card(value))


@settings(max_examples=20, deadline=None, phases=WITHOUT_SHRINKING)
@given(
    item=items, place=places, name=names, other=names, many=st.integers(0, 60), few=st.integers(0, 12), steps=answers,
    state=st.sampled_from(RequisitionState), side=st.sampled_from(Side), flag=st.booleans(),
)  # fmt: skip
def test_anything_that_was_done_can_be_shown(
    item: ItemRef, place: PlaceRef, name: str, other: str, many: int, few: int, steps: tuple[Answer, ...],
    state: RequisitionState, side: Side, flag: bool,
) -> None:  # fmt: skip
    posted = samples.posted(item=item, lot_number=name, serial=other[:20], from_place=place, quantity=many)
    fit(
        VIEWS.receipt(
            samples.receipt(
                lines=(posted,) * many, actor=name, asked_by=other, source=place, action=other, undoes=name[:20],
                notes=(name, other), steps=steps, why_not=name, may_undo=flag, cost=Decimal(many), number=name[:12],
            )
        )
    )  # fmt: skip
    shown = samples.order(state, lines=many, side=side, steps=steps, notes=(name,), source=place, asker=name)
    lines = tuple((item, row) for _, row in shown.lines)
    fit(VIEWS.requisition(replace(shown, lines=lines, shelves=(place, None) if flag else ())))
    held = samples.hold(answered=few, waiting=many, what=name, unit=other[:9], opened_by=other, notes=(name,))
    rows = tuple(replace(row, place=place, answered_by=name) for row in held.rows)
    fit(VIEWS.hold(replace(held, rows=rows, hold=replace(held.hold, recalled=flag, reason=other))))
    fit(VIEWS.subscriptions([samples.subscription(n, name) for n in range(many)], lead=other))
    fit(VIEWS.closed(Closed(name, samples.SUBJECT, 2, flag)))
    fit(VIEWS.refusal(Refusal(name, (other, name), steps, samples.SUBJECT if flag else "", 1, flag)))


@settings(max_examples=20, deadline=None, phases=WITHOUT_SHRINKING)
@given(
    fields=st.lists(
        st.builds(
            Field,
            st.text(min_size=1, max_size=40),
            st.sampled_from(FieldKind),
            names,
            names,
            st.lists(st.tuples(names, names), max_size=120).map(tuple),
            names,
            st.booleans(),
            st.booleans(),
            st.integers(1, 9000),
        ),
        max_size=8,
        unique_by=lambda field: field.name,
    ),
    title=names,
    submit=names,
    note=names,
)
def test_any_form_can_be_opened(fields: list[Field], title: str, submit: str, note: str) -> None:
    value = EditForm(title, submit, tuple(fields), note)
    for view in (VIEWS.form(value), VIEWS.override_form(value)):
        assert limits.view_problems(view) == []
        assert not any(MENTION.search(text) for text in facts.marked_up(view))
