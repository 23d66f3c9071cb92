"""Slack's published shapes, and whether a payload keeps to them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

type Json = dict[str, Any]

# Slack sends null for these where a workspace belongs to no enterprise, or a view has none before it.
NULLABLE = frozenset({"enterprise", "enterprise_id", "previous_view_id"})

# Blocks that are newer than the samples; they are the bot's own, sent back as they came.
NEWER_BLOCKS = frozenset({"header", "markdown", "table"})


def samples_folder() -> Path:
    """Where the samples are; the test is skipped where they are not."""
    named = os.environ.get("PARLEY_SLACK_SAMPLES")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "slack-samples"
    if not (folder / "events").is_dir():
        pytest.skip("Slack's published samples are not here; PARLEY_SLACK_SAMPLES names them")
    return folder


def _typed(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        if isinstance(value.get("type"), str) and value["type"]:
            yield value
        for each in value.values():
            yield from _typed(each)
    elif isinstance(value, list):
        for each in value:
            yield from _typed(each)


def _merge(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {k: _merge(one.get(k), other.get(k)) for k in one.keys() | other.keys()}
    if isinstance(one, list) and isinstance(other, list):
        return one + other
    return other if one is None else one


class Samples:
    """All samples, and what they show of each kind of block and element."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.kinds: dict[str, Json] = {}
        for path in (
            "events/MessagePayload",
            "api/views.open",
            "app-backend/interactive-components/BlockActionPayload",
        ):
            for found in _typed(self.load(path)):
                self.kinds[found["type"]] = _merge(self.kinds.get(found["type"], {}), found)

    def load(self, name: str) -> Json:
        """One sample by its path without ``.json``."""
        loaded: Json = json.loads((self._folder / f"{name}.json").read_text())
        return loaded

    def has(self, name: str) -> bool:
        """Whether there is such a sample."""
        return (self._folder / f"{name}.json").exists()

    def faults(self, mine: object, theirs: object, at: str = "") -> list[str]:
        """Keys and types of ``mine`` that ``theirs`` does not show."""
        if at.endswith((".blocks", ".state.values")):
            return self._block_faults(mine, at) if at.endswith(".blocks") else []
        if isinstance(mine, dict) and isinstance(theirs, dict):
            if not theirs:
                return []
            if all(key.isupper() or (key[:1] == "C" and key[1:2].isdigit()) for key in theirs):
                only = next(iter(theirs.values()))
                return [fault for k, v in mine.items() for fault in self.faults(v, only, f"{at}.{k}")]
            found = [f"{at}.{key} is not Slack's" for key in mine.keys() - theirs.keys()]
            for key in mine.keys() & theirs.keys():
                if mine[key] is None:
                    found += [] if key in NULLABLE else [f"{at}.{key} is null"]
                else:
                    found += self.faults(mine[key], theirs[key], f"{at}.{key}")
            return found
        if isinstance(mine, list) and isinstance(theirs, list):
            return [fault for each in mine if theirs for fault in self._best(each, theirs, f"{at}[]")]
        if theirs is None or type(mine) is type(theirs):
            return []
        return [f"{at} is {type(mine).__name__}, {type(theirs).__name__} at Slack"]

    def _best(self, mine: object, theirs: list[object], at: str) -> list[str]:
        return min((self.faults(mine, each, at) for each in theirs), key=len)

    def _block_faults(self, blocks: object, at: str) -> list[str]:
        assert isinstance(blocks, list)
        found = []
        for block in blocks:
            kind = block["type"]
            if kind in NEWER_BLOCKS:
                continue
            if kind not in self.kinds:
                found.append(f"{at} holds a {kind}, which Slack does not show")
                continue
            shape = {**self.kinds[kind], "block_id": ""}
            found += self.faults(
                block | {"elements": []} if "elements" in block else block, shape, f"{at}[{kind}]"
            )
            for element in block.get("elements", []):
                found += self._block_faults([element], f"{at}[{kind}].elements")
        return found
