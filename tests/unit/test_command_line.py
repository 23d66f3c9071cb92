"""The command line: clear sentences instead of tracebacks, typed values as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.cli.common import as_json
from bot.settings import Settings
from domain.model.item import Latex
from domain.store import upgrade


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / "absent.env")
    monkeypatch.setenv("PARLEY_DATA_DIR", str(tmp_path))
    for name in ("PARLEY_DATABASE_URL", "PARLEY_SLACK_BOT_TOKEN", "PARLEY_NLU_URL"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner()


@dataclass(frozen=True)
class Card:
    price: Decimal
    on: date
    latex: Latex
    packs: tuple[int, ...]


def test_typed_values_become_plain_json() -> None:
    made = json.loads(as_json(Card(Decimal("61.2550"), date(2026, 11, 22), Latex.FREE, (1, 50))))
    assert made == {"price": 61.255, "on": "2026-11-22", "latex": "latex-free", "packs": [1, 50]}


def test_a_question_to_an_empty_database_says_what_to_run(run: CliRunner) -> None:
    result = run.invoke(app, ["ask", "where are gloves"])
    assert result.exit_code == 1
    assert "parley db upgrade" in result.stderr
    assert "Traceback" not in result.output


def test_a_corrupt_setting_is_one_sentence(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_LOG_LEVEL", "loud")
    result = run.invoke(app, ["ask", "where are gloves"])
    assert result.exit_code == 1
    assert "PARLEY_LOG_LEVEL" in result.stderr


def test_serving_without_tokens_names_them(run: CliRunner) -> None:
    result = run.invoke(app, ["serve"])
    assert result.exit_code == 1
    assert "PARLEY_SLACK_BOT_TOKEN" in result.stderr


def test_upgrading_twice_is_the_same_as_once(run: CliRunner) -> None:
    assert run.invoke(app, ["db", "upgrade"]).exit_code == 0
    assert run.invoke(app, ["db", "upgrade"]).exit_code == 0


def test_the_ledger_of_an_empty_hospital_is_sound(run: CliRunner, tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'parley.db'}")
    result = run.invoke(app, ["ledger", "check", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["sound"] is True


def test_the_doctor_finds_an_empty_database_and_says_how_to_mend_it(run: CliRunner) -> None:
    result = run.invoke(app, ["doctor", "--json"])
    assert result.exit_code == 1
    findings = {finding["what"]: finding for finding in json.loads(result.stdout)}
    assert findings["schema"]["well"] is False
    assert "db upgrade" in findings["schema"]["mend"]
    assert findings["disk"]["well"] is True


def test_the_doctor_names_a_corrupt_setting(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_HTTP_PORT", "many")
    result = run.invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "PARLEY_HTTP_PORT" in result.stdout


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_job_is_not_run_as_of_a_day_that_no_calendar_reaches(run: CliRunner, day: str) -> None:
    run.invoke(app, ["db", "upgrade"])
    result = run.invoke(app, ["jobs", "run", "reorder", "--date", day])
    assert result.exit_code == 1
    assert "too far away" in result.stderr
