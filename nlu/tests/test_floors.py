"""The floors: what they let through and what they name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import evaluate
from commands.floors import Floors
from commands.paths import ROOT
from commands.scores import Cost, figures, report_of

FLOORS = Floors(at_least={"intent": 0.8, "entity_f1": 0.75}, at_most={"false_actions_sure": 0.01})
GOOD = {"intent": 0.8, "entity_f1": 0.9, "false_actions_sure": 0.01}


def test_figures_at_the_floor_pass() -> None:
    assert FLOORS.broken(GOOD) == []


def test_each_figure_that_is_too_low_is_named() -> None:
    assert FLOORS.broken({**GOOD, "intent": 0.7999, "entity_f1": 0.5}) == [
        "intent is 0.7999, which is below 0.8",
        "entity_f1 is 0.5000, which is below 0.75",
    ]


def test_more_sure_false_actions_than_allowed_are_named() -> None:
    assert FLOORS.broken({**GOOD, "false_actions_sure": 0.02}) == ["false_actions_sure is 0.0200, which is above 0.01"]


def test_a_figure_that_is_no_number_does_not_pass() -> None:
    assert FLOORS.broken({**GOOD, "intent": float("nan")})


def test_a_figure_that_was_not_measured_does_not_pass() -> None:
    with pytest.raises(KeyError):
        FLOORS.broken({"intent": 0.9})


def test_the_floors_of_this_project_are_of_figures_that_exist() -> None:
    floors = Floors.read(ROOT / "floors.json")
    assert set(floors.at_least) == {"intent", "intent_in_scope", "entity_f1", "whole", "out_of_scope_recall"}
    assert set(floors.at_most) == {"false_actions_sure"}
    assert {*floors.at_least, *floors.at_most} <= set(figures([]))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A report of what is checked out, as if it had been measured; measuring again would fail."""
    path, _ = evaluate.kept_reports(tmp_path)
    cost = Cost(load_seconds=1, memory_mb=1, model_mb=1, p50_ms=1, p95_ms=1, train_seconds={})
    report = report_of([], model="abc", cost=cost).as_json()
    report["slices"]["all"].update(GOOD)
    code = json.loads(path.read_text("utf-8"))["code"]
    splits = {"kept_apart": {evaluate.KEPT_APART_NAME: report}}
    path.write_text(json.dumps({"code": code, "splits": splits}), "utf-8")
    monkeypatch.setattr(evaluate, "kept_reports", lambda: (path, json.loads(path.read_text("utf-8"))["splits"]))
    monkeypatch.setattr(evaluate, "measure", lambda *_: pytest.fail("measured what was known"))
    return path


@pytest.mark.parametrize(("floor", "code"), [(0.8, 0), (0.81, 1)])
def test_the_command_fails_below_a_floor_and_measures_nothing_twice(
    floor: float,
    code: int,
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "floors.json"
    file.write_text(json.dumps({"at_least": {"intent": floor}, "at_most": {}}), "utf-8")
    monkeypatch.setattr("sys.argv", ["evaluate", "--floors", str(file)])
    assert evaluate.main() == code
    assert ("intent is 0.8000, which is below 0.81" in capsys.readouterr().out) == (code == 1)


def test_floors_are_not_taken_for_figures_of_another_split(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["evaluate", "--split", "writers", "--floors", str(kept.parent / "floors.json")])
    (kept.parent / "floors.json").write_text(json.dumps({"at_least": {}, "at_most": {}}), "utf-8")
    with pytest.raises(SystemExit):
        evaluate.main()


def test_figures_measured_by_other_code_are_not_taken(tmp_path: Path) -> None:
    path, _ = evaluate.kept_reports(tmp_path)
    path.write_text(json.dumps({"code": "another", "splits": {"kept_apart": {}}}), "utf-8")
    assert evaluate.kept_reports(tmp_path) == (path, {})


def test_figures_of_other_messages_kept_apart_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = evaluate.kept_reports(tmp_path)
    code = json.loads(path.read_text("utf-8"))["code"]
    path.write_text(json.dumps({"code": code, "splits": {"kept_apart": {}}}), "utf-8")
    assert evaluate.kept_reports(tmp_path)[1] == {"kept_apart": {}}
    (tmp_path / "apart" / "anna").mkdir(parents=True)
    (tmp_path / "apart" / "anna" / "ask.yml").write_text("another", "utf-8")
    monkeypatch.setattr(evaluate, "KEPT_APART", tmp_path / "apart")
    assert evaluate.kept_reports(tmp_path)[1] == {}


@pytest.mark.parametrize("there", [False, True])
def test_nothing_is_measured_without_a_model_or_without_messages(there: bool, tmp_path: Path) -> None:
    model = tmp_path / "abc.tar.gz"
    if there:
        model.touch()
    with pytest.raises(SystemExit, match="kept apart" if there else "train it"):
        list(evaluate.kept_apart(model, tmp_path))
