"""What may be kept of a message that was misunderstood: never who it is about."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.masking import Masked, masked
from bot.understanding.meaning import Meaning, Span

ITEMS = frozenset({"gloves", "foley", "16 fr foley", "flushes"})
PLACES = frozenset({"ICU", "cath lab"})


def meaning(text: str, *labels: str) -> Meaning:
    spans = []
    for label in labels:
        entity, _, words = label.partition("=")
        spans.append(Span(entity, words, text.index(words), text.index(words) + len(words)))
    return Meaning(text, "consume", 0.5, tuple(sorted(spans, key=lambda s: s.start)))


def mask(text: str, *labels: str) -> Masked:
    return masked(meaning(text, *labels), is_item=ITEMS.__contains__, is_place=PLACES.__contains__)


@pytest.mark.parametrize(
    ("text", "labels", "kept"),
    [
        ("where are 7.5 gloves", ["size=7.5", "item=gloves"], "where are 7.5 gloves"),
        (
            "used 2 flushes on 448120",
            ["quantity=2", "item=flushes", "patient=448120"],
            "used 2 flushes on PATIENT",
        ),
        ("used 2 flushes on 448120", ["quantity=2", "item=flushes"], "used 2 flushes on PATIENT"),
        ("used 2 flushes for mrn 448120", ["quantity=2", "item=flushes"], "used 2 flushes for mrn PATIENT"),
        ("used 2 flushes mrn: 44-81-20", ["quantity=2", "item=flushes"], "used 2 flushes mrn: PATIENT"),
        ("take gloves for dr okoye", ["item=gloves", "provider=dr okoye"], "take gloves for PROVIDER"),
        ("take gloves for dr okoye", ["item=gloves", "provider=okoye"], "take gloves for dr PROVIDER"),
        ("used gloves for case C-991", ["item=gloves", "case=C-991"], "used gloves for case CASE"),
        ("used gloves for E-88123", ["item=gloves"], "used gloves for PATIENT"),
        ("used gloves on four four eight one two", ["item=gloves"], "used gloves on PATIENT"),
        ("what lot is 8J2210", ["lot=8J2210"], "what lot is LOT"),
        ("where is 448120", ["item=448120"], "where is ITEM"),
        ("where is johnson", ["item=johnson"], "where is ITEM"),
        ("gloves in smith", ["item=gloves", "location=smith"], "gloves in LOCATION"),
        ("used since 3/14/1962", ["window=since 3/14/1962"], "used WINDOW"),
        ("448120 gloves", ["quantity=448120", "item=gloves"], "QUANTITY gloves"),
    ],
)
def test_what_names_somebody_becomes_the_name_of_its_label(text: str, labels: list[str], kept: str) -> None:
    assert mask(text, *labels).text == kept


@pytest.mark.parametrize(
    "text",
    [
        "gloves for johnson",
        "gloves for Maria",
        "gloves for dr okoye",
        "gloves for mr will",
        "patient May needs gloves",
        "mail ana@north.org about gloves",
        "gloves for <@U123>",
        "gloves see https://x.org/448120",
        "guantes para Ruiz",
    ],
)
def test_a_word_that_is_not_known_drops_the_text(text: str) -> None:
    labels = ["item=gloves"] if "gloves" in text else []
    assert mask(text, *labels) == Masked()


def test_labels_point_into_the_masked_text() -> None:
    made = mask(
        "used 2 flushes on 448120 in ICU", "quantity=2", "item=flushes", "patient=448120", "location=ICU"
    )
    assert [(s.entity, made.text[s.start : s.end]) for s in made.spans] == [
        ("quantity", "2"), ("item", "flushes"), ("patient", "PATIENT"), ("location", "ICU"),
    ]  # fmt: skip


NUMBERS = st.from_regex(r"[A-Z]{0,2}-?[0-9]{5,9}", fullmatch=True)
FRAMES = st.sampled_from(
    [
        "used 2 gloves on {}",
        "{} gloves",
        "gloves for mrn {} in ICU",
        "where is {}",
        "patient {}: gloves",
        "lot {}?",
    ]
)


@given(
    frame=FRAMES,
    number=NUMBERS,
    label=st.sampled_from(["", "patient", "item", "lot", "quantity", "size", "location", "unit"]),
)
def test_no_long_number_ever_stays_whatever_it_was_labelled(frame: str, number: str, label: str) -> None:
    text = frame.format(number)
    made = mask(text, *([f"{label}={number}"] if label else []))
    assert not re.search(r"\d{3,}", made.text)
