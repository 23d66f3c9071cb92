"""What the words of a question about spending ask."""

from __future__ import annotations

import pytest

from bot.understanding.draft import Verb
from bot.understanding.evidence import cue
from bot.understanding.meaning import Meaning, Span
from bot.understanding.spent import SpentWords, procedures_named, spent_words, split_for, thing_words
from domain.model.charge import Procedure
from domain.model.ids import ProcedureId, ProviderId
from domain.model.spending import SpendFilter, SpendGroup


def words(text: str) -> SpentWords:
    return spent_words(Meaning(text, "cost_report", 1.0))


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("spend by surgeon last month", SpendGroup.PROVIDER),
        ("what did we spend by department", SpendGroup.DEPARTMENT),
        ("cost by cost center in november", SpendGroup.DEPARTMENT),
        ("spend by service line", SpendGroup.LINE),
        ("cost by patient in ICU", SpendGroup.PATIENT),
        ("top 10 items by cost in ICU this quarter", SpendGroup.ITEM),
        ("top vendors this year", SpendGroup.SUPPLIER),
        ("most expensive procedures", SpendGroup.PROCEDURE),
        ("weekly spend in ED", SpendGroup.WEEK),
        ("spend per month", SpendGroup.MONTH),
        ("cost per case for lap choles", None),
        ("what did we spend", None),
    ],
)
def test_the_split_is_read_from_the_words(text: str, by: SpendGroup | None) -> None:
    assert words(text).by == by


def test_a_label_goes_before_the_words() -> None:
    text = "spend by doc and vendor"
    meaning = Meaning(text, "cost_report", 1.0, (Span("group_by", "vendor", 17, 23),))
    assert spent_words(meaning).by is SpendGroup.SUPPLIER


def test_waste_is_asked_for_by_its_words() -> None:
    assert words("waste by department").waste
    assert words("what did we throw away in ED").waste
    assert not words("spend by department").waste


@pytest.mark.parametrize(
    ("only", "text", "items", "units", "by"),
    [
        (SpendFilter(), "what did we spend", 0, 0, SpendGroup.DEPARTMENT),
        (SpendFilter(), "spend in ICU", 0, 1, SpendGroup.ITEM),
        (SpendFilter(), "spend on sutures", 40, 0, SpendGroup.ITEM),
        (SpendFilter(), "spend on one stent", 1, 0, SpendGroup.DEPARTMENT),
        (SpendFilter(), "cost per case", 0, 0, SpendGroup.PROCEDURE),
        (SpendFilter(providers=(ProviderId(1),)), "what did Dr. Rao spend", 0, 0, SpendGroup.PROCEDURE),
        (SpendFilter(procedures=(ProcedureId(1),)), "cost per case for lap choles", 0, 0, SpendGroup.CASE),
        (SpendFilter(procedures=(ProcedureId(1),)), "spend on lap choles", 0, 0, SpendGroup.ITEM),
    ],
)
def test_where_no_split_is_said_the_most_telling_one_is_taken(
    only: SpendFilter, text: str, items: int, units: int, by: SpendGroup
) -> None:
    assert split_for(words(text), text=text, only=only, items=items, units=units) is by


KNOWN = [
    Procedure(ProcedureId(n), str(n), name, "")
    for n, name in enumerate(
        (
            "Laparoscopic cholecystectomy",
            "Laparoscopic appendectomy",
            "Total knee arthroplasty",
            "Total hip arthroplasty",
        ),
        start=1,
    )
]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("lap choles", (1,)),
        ("laparoscopic", (1, 2)),
        ("total knees", (3,)),
        ("knee replacement", (3,)),
        ("sutures", ()),
        ("or", ()),
    ],
)
def test_procedures_are_known_by_the_beginnings_of_their_words(said: str, found: tuple[int, ...]) -> None:
    assert procedures_named(said, known=KNOWN) == found


def test_words_of_money_name_no_thing() -> None:
    assert thing_words("top 10 line report arterial") == "arterial"


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("what did we spend on sutures", Verb.SPEND),
        ("waste by department", Verb.SPEND),
        ("cost per case for lap choles", Verb.SPEND),
        ("how much is a box of gloves", Verb.STOCK),
        ("what does the tegaderm cost", Verb.INFO),
        ("who supplies the stents", Verb.INFO),
    ],
)
def test_spending_is_told_from_a_price(text: str, verb: Verb) -> None:
    assert cue(text) is verb
