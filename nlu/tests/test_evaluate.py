"""What the evaluation takes from a model file and from its answers."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from commands.evaluate import understood
from commands.train import train_seconds
from components.spans import Span


@pytest.mark.parametrize("seconds", [{"network": 12.5, "both views": 13.0}, {}])
def test_the_seconds_of_training_are_read_from_the_model_file(seconds: dict[str, float], tmp_path: Path) -> None:
    path = tmp_path / "model.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        names = {"./components/train_X/seconds.json": seconds, "./metadata.json": {"other": 1}}
        for name, content in names.items():
            data = json.dumps(content).encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    assert train_seconds(path) == seconds


def test_a_parse_result_becomes_what_was_understood() -> None:
    parsed = {
        "intent_ranking": [{"name": "transfer", "confidence": 0.9}, {"name": "receive", "confidence": 0.1}],
        "entities": [
            {"entity": "location", "start": 5, "end": 8, "value": "ICU", "role": "source"},
            {"entity": "item", "start": 9, "end": 15, "value": "gloves"},
        ],
    }
    result = understood(parsed)
    assert result.ranking == (("transfer", 0.9), ("receive", 0.1))
    assert result.spans == (Span(5, 8, "location", "source"), Span(9, 15, "item"))
