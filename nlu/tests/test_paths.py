"""The model's name follows from its inputs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commands import paths


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path in paths.inputs():
        target = tmp_path / path.relative_to(paths.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    return tmp_path


def test_the_same_files_elsewhere_have_the_same_hash(checkout: Path) -> None:
    here = paths.model_hash()
    (checkout / "README.md").write_text("not an input", "utf-8")
    assert paths.model_hash() == here
    assert len(here) == 16


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "uv.lock", "components/words.py", "lexicon/unit.txt"])
def test_a_changed_input_changes_the_hash(checkout: Path, name: str) -> None:
    before = paths.model_hash()
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert paths.model_hash() != before


def test_a_renamed_data_file_changes_the_hash(checkout: Path) -> None:
    before = paths.model_hash()
    file = next((checkout / "data").glob("*/*.yml"))
    file.rename(file.with_name("renamed.yml"))
    assert paths.model_hash() != before


def test_line_ends_do_not_change_the_hash(checkout: Path) -> None:
    before = paths.model_hash()
    file = checkout / "domain.yml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert paths.model_hash() == before


def test_messages_kept_apart_are_no_input_of_the_model(checkout: Path) -> None:
    before = paths.model_hash()
    (checkout / "kept_apart" / "anna").mkdir(parents=True)
    (checkout / "kept_apart" / "anna" / "ask.yml").write_text("nlu:", "utf-8")
    assert paths.model_hash() == before
