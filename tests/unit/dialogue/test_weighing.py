"""Which reading stands and when Parley asks: a table over pairs of chances."""

from __future__ import annotations

import pytest

from bot.dialogue.deeds import SHORT, offered, what_it_does
from bot.dialogue.table import TABLE, Kind
from bot.dialogue.weighing import Close, Preference, Stands, weigh, worth_ranking
from bot.understanding.confidence import ACTED_ON, Reading
from bot.understanding.evidence import read
from bot.understanding.meaning import Meaning, Span

QUESTIONS = ("find_item", "check_stock")
ACTIONS = sorted(row.intent for row in TABLE.values() if row.kind is Kind.ACTION)


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        (0.99, 0.01, False),
        (0.65, 0.35, False),  # sure enough
        (0.64, 0.36, True),
        (0.50, 0.50, True),
        (0.45, 0.20, True),  # just likely enough together
        (0.45, 0.19, False),  # together too little
        (0.60, 0.10, True),  # just near enough
        (0.61, 0.10, False),  # too far apart
        (0.36, 0.28, False),  # anything could be meant
        (0.20, 0.19, False),
    ],
)
def test_two_close_questions_are_asked_about(first: float, second: float, asked: bool) -> None:
    verdict = weigh([Reading("find_item", first), Reading("check_stock", second)])
    if asked:
        assert verdict == Close(Reading("find_item", first), Reading("check_stock", second))
    else:
        assert verdict == Stands(Reading("find_item", first))


@pytest.mark.parametrize(
    ("action", "question", "asked"),
    [
        (0.99, 0.01, False),
        (0.85, 0.15, False),
        (0.82, 0.17, False),
        (0.82, 0.18, True),  # sure, but a question is near
        (0.80, 0.05, False),
        (0.80, 0.16, True),
        (0.799, 0.01, True),  # under the line
        (0.60, 0.40, True),
        (0.35, 0.30, True),
        (0.34, 0.33, False),  # no reading at all
    ],
)
def test_an_action_stands_only_when_it_is_sure_and_no_question_is_near(
    action: float, question: float, asked: bool
) -> None:
    verdict = weigh([Reading("consume", action), Reading("find_item", question)])
    assert isinstance(verdict, Close) is asked


@pytest.mark.parametrize("intent", ACTIONS)
@pytest.mark.parametrize("confidence", [0.35, 0.5, 0.7, 0.799])
def test_every_action_under_the_line_is_asked_even_without_other_readings(
    intent: str, confidence: float
) -> None:
    verdict = weigh([Reading(intent, confidence)])
    assert isinstance(verdict, Close)
    assert verdict.first.intent == intent
    assert TABLE[verdict.second.intent].kind is Kind.QUESTION


@pytest.mark.parametrize("intent", ACTIONS)
def test_no_memory_of_the_thread_lets_an_action_pass(intent: str) -> None:
    remembered = [Preference(intent, "find_item"), Preference("find_item", intent)]
    readings = [Reading(intent, ACTED_ON - 0.1), Reading("find_item", 0.2)]
    assert isinstance(weigh(readings, preferred=remembered), Close)
    readings = [Reading("find_item", 0.5), Reading(intent, 0.4)]
    assert isinstance(weigh(readings, preferred=remembered), Close)


def test_the_thread_remembers_which_of_two_questions_was_meant_in_either_order() -> None:
    preferred = [Preference("check_stock", "find_item")]
    for readings in (
        [Reading("find_item", 0.5), Reading("check_stock", 0.4)],
        [Reading("check_stock", 0.5), Reading("find_item", 0.4)],
    ):
        verdict = weigh(readings, preferred=preferred)
        assert isinstance(verdict, Stands)
        assert verdict.reading.intent == "check_stock"
        assert verdict.recalled


def test_what_was_chosen_between_two_says_nothing_of_another_pair_or_of_what_is_sure() -> None:
    preferred = [Preference("check_stock", "find_item")]
    assert isinstance(
        weigh([Reading("find_item", 0.5), Reading("item_info", 0.4)], preferred=preferred), Close
    )
    sure = [Reading("find_item", 0.9), Reading("check_stock", 0.1)]
    assert weigh(sure, preferred=preferred) == Stands(sure[0])


def test_talk_is_never_offered_as_a_reading() -> None:
    readings = [Reading("find_item", 0.5), Reading("out_of_scope", 0.4), Reading("check_stock", 0.1)]
    assert weigh(readings) == Stands(readings[0])
    assert weigh([Reading("greet", 0.4), Reading("consume", 0.4)]) == Stands(Reading("greet", 0.4))


@pytest.mark.parametrize(
    ("intent", "confidence", "worth"),
    [
        ("find_item", 0.66, False),
        ("find_item", 0.64, True),
        ("consume", 0.82, True),
        ("consume", 0.9, False),
        ("out_of_scope", 0.99, True),
        ("greet", 0.9, False),
    ],
)
def test_other_readings_are_looked_up_only_where_they_can_matter(
    intent: str, confidence: float, worth: bool
) -> None:
    assert worth_ranking(Reading(intent, confidence)) is worth


def meaning(text: str, *labels: str) -> Meaning:
    spans = []
    for label in labels:
        entity, _, words = label.partition("=")
        spans.append(Span(entity, words, text.index(words), text.index(words) + len(words)))
    return Meaning(text, "find_item", 0.5, tuple(sorted(spans, key=lambda s: s.start)))


@pytest.mark.parametrize(
    ("text", "labels", "intent", "said"),
    [
        ("7.5 gloves", ["size=7.5", "item=gloves"], "find_item", "Show where 7.5 gloves are"),
        ("7.5 gloves", ["size=7.5", "item=gloves"], "check_stock", "Count how many 7.5 gloves we have"),
        ("tegaderm", ["item=tegaderm"], "find_item", "Show where tegaderm is"),
        ("2 flushes", ["quantity=2", "item=flushes"], "consume", "Record that 2 flushes were used"),
        ("1 foley", ["quantity=1", "item=foley"], "waste", "Record that 1 foley was wasted"),
        ("foley in ICU", ["item=foley", "location=ICU"], "below_par", "List what is low in ICU"),
        ("that", [], "find_item", "Show where it is"),
        ("550123456", ["item=550123456"], "find_item", "Show where it is"),
        ("MRN 4471123 gloves", ["item=4471123 gloves"], "check_stock", "Count how many we have"),
    ],
)
def test_a_button_says_what_it_does_for_this_message(
    text: str, labels: list[str], intent: str, said: str
) -> None:
    assert what_it_does(intent, read(meaning(text, *labels))) == said


@pytest.mark.parametrize("intent", sorted(i for i in TABLE if offered(i)))
def test_every_reading_that_is_offered_has_words_that_fit_a_button(intent: str) -> None:
    text = "endotracheal tube introducer bougie stylet adult in cardiothoracic intensive care unit"
    long = meaning(text, f"item={text[:47]}", "location=cardiothoracic intensive care unit")
    assert 5 < len(what_it_does(intent, read(long))) <= 74
    assert 5 < len(SHORT[intent]) <= 74
