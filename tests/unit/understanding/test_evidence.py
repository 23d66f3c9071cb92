"""Labels of the language model made whole by the words around them."""

from __future__ import annotations

import pytest

from bot.understanding.evidence import Mention, read
from bot.understanding.meaning import Meaning, Span


def _meaning(text: str, *labels: str) -> Meaning:
    spans = []
    for label in labels:
        entity, _, words = label.partition("=")
        start = text.index(words)
        spans.append(Span(entity, words, start, start + len(words)))
    return Meaning(text, "find_item", 0.9, tuple(spans))


@pytest.mark.parametrize(
    ("text", "labels", "mention"),
    [
        (
            "where are number eleven blade scalpels",
            ("quantity=eleven", "item=blade scalpels"),
            Mention("blade scalpels", ("eleven",)),
        ),
        (
            "how many size seven and a half biogel gloves",
            ("size=seven", "quantity=half", "item=biogel gloves"),
            Mention("biogel gloves", ("seven and a half",)),
        ),
        ("surgicel 4 by 4 please", ("item=surgicel", "size=4 by"), Mention("surgicel", ("4 by 4",))),
        (
            "lactated ringers 1000 in PACU",
            ("item=lactated ringers", "size=1000", "location=PACU"),
            Mention("lactated ringers", ("1000",)),
        ),
        ("16 fr foleys", ("size=16 fr", "item=foleys"), Mention("foleys", ("16 fr",))),
    ],
)
def test_a_label_that_holds_a_part_of_a_size_takes_all_of_it(
    text: str, labels: tuple[str, ...], mention: Mention
) -> None:
    assert read(_meaning(text, *labels)).things == (mention,)


def test_a_quantity_beside_a_thing_is_no_size() -> None:
    evidence = read(_meaning("where are 3 scalpels", "quantity=3", "item=scalpels"))
    assert evidence.things == (Mention("scalpels", ()),)
    assert evidence.numbers == ("3",)
