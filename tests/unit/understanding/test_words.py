"""Messages as plain words, spoken codes, courtesies, and what the words of a message show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.draft import Verb
from bot.understanding.evidence import Mention, Where, cue, read
from bot.understanding.heard import discreet, words_of
from bot.understanding.meaning import Meaning, Span
from bot.understanding.plain import courtesy, is_foreign, is_no_question
from bot.understanding.spoken import code_of, digits_for_words
from domain.usecases.ask.requests import UsageGroup


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U123> where is it?", "where is it?"),
        ("<@U123|parley> *where* is _it_?", "where is it?"),
        ("in <#C12|icu-supplies>", "in icu-supplies"),
        ("see <https://example.org/a?b=c|the list>", "see the list"),
        ("<!here> <!subteam^S1|@or-team> gloves", "gloves"),
        ("L&amp;D &lt;5", "L&D <5"),
        ("size 5 < 6 > 4", "size 5 < 6 > 4"),
        ("gloves :gloves: 7.5", "gloves 7.5"),
        ("4*4 gauze and 2*2", "4*4 gauze and 2*2"),
        ("item_number_7", "item_number_7"),
        (":+1:", "yes"),
        (":+1::skin-tone-3:", "yes"),
        ("👍🏽", "yes"),
        ("❌", "no"),
        ("  two\n lines ", "two lines"),
    ],
)
def test_a_slack_message_becomes_the_words_that_were_written(text: str, words: str) -> None:
    assert words_of(text) == words


@given(st.text(max_size=200))
def test_any_message_becomes_words_on_one_line(text: str) -> None:
    words = words_of(text)
    assert "\n" not in words
    assert words == words.strip()


@pytest.mark.parametrize(
    ("spoken", "code"),
    [
        ("8J2210", "8J2210"),
        ("8j2210?", "8J2210"),
        ("two two b four one", "22B41"),
        ("w two two nine", "W229"),
        ("four four dash one one nine oh", "44-1190"),
        ("one one nine four two", "11942"),
        ("c i five one two zero", "CI5120"),
        ("4 4 1 b", "441B"),
    ],
)
def test_a_spelled_code_is_written_as_it_is_printed(spoken: str, code: str) -> None:
    assert code_of(spoken) == code


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("last one hundred eighty days", "last 180 days"),
        ("ninety days", "90 days"),
        ("june twenty first", "june 21th"),
        ("the fifteenth", "the 15th"),
        ("first quarter", "first quarter"),
        ("twenty twenty six", "2026"),
        ("five six", "5 6"),
        ("two hundred and five days", "205 days"),
        ("someone", "someone"),
    ],
)
def test_number_words_become_digits(text: str, digits: str) -> None:
    assert digits_for_words(text) == digits


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Hi!", "greet"),
        ("thank you", "thanks"),
        ("HELP", "help"),
        ("yes please", "affirm"),
        ("nope.", "deny"),
        ("nvm", "cancel"),
    ],
)
def test_a_bare_courtesy_is_known(text: str, intent: str) -> None:
    meaning = courtesy(text)
    assert meaning is not None
    assert meaning.intent == intent


@pytest.mark.parametrize(
    "text",
    ["hi where are the gloves", "no the 18 not the 16", "help me find foleys", "stop the bleeding kit"],
)
def test_a_courtesy_with_more_to_it_is_not_taken_for_one(text: str) -> None:
    assert courtesy(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "where is the update on drop from table 2",
        "select the best glove",
        "ignore the expired ones",
        "instructions for the drain",
    ],
)
def test_words_of_the_trade_are_no_orders_to_a_machine(text: str) -> None:
    assert not is_no_question(text)


@pytest.mark.parametrize(
    "text", ["foley", "LMA supreme", "Kelly", "los angeles drain where", "mepilex border", "xeroform 5x9"]
)
def test_a_product_name_is_not_taken_for_another_language(text: str) -> None:
    assert not is_foreign(text)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("how many of these expire", Verb.EXPIRY),
        ("how many come in a box", Verb.INFO),
        ("how many did we use", Verb.USAGE),
        ("how many are left", Verb.STOCK),
        ("where are they", Verb.FIND),
        ("what is running low", Verb.LOW),
        ("who got lot 22", Verb.TRACE),
        ("and in ED?", None),
    ],
)
def test_the_most_telling_words_show_the_question(text: str, verb: Verb | None) -> None:
    assert cue(text) is verb


def meant(text: str, *labels: str) -> Meaning:
    spans = []
    for label in labels:
        entity, _, words = label.partition("=")
        start = text.index(words)
        spans.append(Span(entity, words, start, start + len(words)))
    return Meaning(text, "find_item", 0.9, tuple(sorted(spans, key=lambda s: s.start)))


def test_a_size_belongs_to_the_nearest_thing_and_commas_part() -> None:
    evidence = read(
        meant(
            "mepilex 6x6, foley 16 fr and 18 fr",
            "item=mepilex",
            "size=6x6",
            "item=foley",
            "size=16 fr",
            "size=18 fr",
        )
    )
    assert evidence.things == (Mention("mepilex", ("6x6",)), Mention("foley", ("16 fr", "18 fr")))


def test_a_pronoun_labelled_as_a_thing_is_none() -> None:
    evidence = read(meant("the large ones", "size=large", "item=ones"))
    assert evidence.things == ()
    assert evidence.sizes == ("large",)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("what's low here", Where.HOME),
        ("anything on my unit", Where.HOME),
        ("do we have any in house", Where.EVERYWHERE),
        ("do we have any", Where.WE),
        ("is there any", Where.UNSAID),
    ],
)
def test_general_words_for_places_are_understood(text: str, where: Where) -> None:
    assert read(meant(text)).where is where


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("use by surgeon", UsageGroup.PROVIDER),
        ("per week since june", UsageGroup.WEEK),
        ("monthly numbers", UsageGroup.MONTH),
        ("by department", UsageGroup.UNIT),
        ("use it by friday", UsageGroup.NONE),
    ],
)
def test_what_a_figure_is_split_by_is_read_from_the_words(text: str, group: UsageGroup) -> None:
    assert read(meant(text)).group_by is group


def test_what_no_label_and_no_small_word_explains_is_kept() -> None:
    assert read(meant("where do we keep the doppler gel in ICU please", "location=ICU")).rest == "doppler gel"


@pytest.mark.parametrize(
    "text",
    ["used on MRN 5512345", "patient number 5512345", "enc# E-55123", "pt 5512345 in ICU", "ssn 123-45-6789"],
)
def test_a_patients_number_is_hidden_and_nothing_else(text: str) -> None:
    hidden, found = discreet(Meaning(text, "consume", 0.9))
    assert found
    assert not any(character.isdigit() for character in hidden.text)
    assert len(hidden.text) == len(text)


def test_a_labelled_patient_is_hidden_wherever_the_number_stands() -> None:
    hidden, found = discreet(meant("5512345 again, room 5512345", "patient=5512345"))
    assert found
    assert "5512345" not in hidden.text
    assert hidden.values("patient") == ("•••••••",)


@pytest.mark.parametrize(
    "text", ["where is lot 5512345", "item 100402", "16 fr foleys for the patient in bed 3"]
)
def test_other_numbers_stay(text: str) -> None:
    assert discreet(Meaning(text, "find_item", 0.9)) == (Meaning(text, "find_item", 0.9), False)
