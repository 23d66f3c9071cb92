"""``parley parse --json``: the labels as before, and the typed values beside them."""

from __future__ import annotations

import json
from datetime import date

from bench.composition import examples, labelled
from bot.cli.ask import meaning_as_json

TODAY = date(2026, 11, 22)


def test_the_labels_stand_as_they_did_and_typed_values_join_them() -> None:
    meaning = labelled("used [half](quantity) a [box](unit) of [2-0](size) [silk](item)", intent="consume")
    made = json.loads(json.dumps(meaning_as_json(meaning.text, meaning, today=TODAY)))
    assert set(made) == {
        "text", "intent", "confidence", "entities", "lines", "places", "windows", "targets", "doubts",
    }  # fmt: skip
    assert made["entities"][0] == {"entity": "quantity", "value": "half", "start": 5, "end": 9}
    (line,) = made["lines"]
    assert line["item"] == {"text": "silk", "normal": "silk", "start": 23, "end": 27}
    assert line["sizes"][0]["sizes"] == ["2-0"]
    assert line["amounts"] == [
        {
            "quantity": 0.5, "exact": "1/2", "unit": "box", "kind": "exact", "role": "meant", "start": 5, "end": 15,
        }
    ]  # fmt: skip


def test_a_patients_number_stands_in_it_as_it_was_given() -> None:
    meaning = labelled("used [1](quantity) [silk](item) on MRN [6120045](patient)", intent="consume")
    made = json.loads(json.dumps(meaning_as_json(meaning.text, meaning, today=TODAY)))
    assert made["targets"]["patients"] == [{"number": "6120045", "start": 19, "end": 26}]


def test_every_example_is_json() -> None:
    for example in examples():
        text = example.meaning.text
        made = json.loads(json.dumps(meaning_as_json(text, example.meaning, today=TODAY)))
        assert len(made["doubts"]) == sum(
            line.count(",") + 1 for line in example.expected if line.startswith("?")
        )
