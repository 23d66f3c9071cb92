"""Settings: read once, refused in one clear sentence, secrets never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.settings import Settings, SlackMode
from domain.errors import InvalidSetting


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("PARLEY_"):
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / "absent.env")


def test_without_a_database_setting_a_file_in_the_data_folder_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PARLEY_DATA_DIR", str(tmp_path))
    assert Settings.read().database == f"sqlite:///{tmp_path / 'parley.db'}"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PARLEY_DATABASE_URL", "mysql://x", "sqlite:///PATH"),
        ("PARLEY_HTTP_PORT", "many", "PARLEY_HTTP_PORT"),
        ("PARLEY_HTTP_PORT", "70000", "PARLEY_HTTP_PORT"),
        ("PARLEY_SLACK_MODE", "carrier pigeon", "'socket' or 'http'"),
        ("PARLEY_SLACK_BOT_TOKEN", "xapp-wrong-way-round", "xoxb-"),
        ("PARLEY_SLACK_API_URL", "slack.com", "https://slack.com/api/"),
        ("PARLEY_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING or ERROR"),
        ("PARLEY_NLU_TIMEOUT", "-1", "PARLEY_NLU_TIMEOUT"),
    ],
)
def test_a_corrupt_setting_is_named_with_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting) as refused:
        Settings.read()
    assert said in str(refused.value)


def test_a_refused_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_SLACK_BOT_TOKEN", "xapp-very-secret")
    with pytest.raises(InvalidSetting) as refused:
        Settings.read()
    assert "very-secret" not in str(refused.value)


def test_secrets_do_not_show_in_the_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_SLACK_BOT_TOKEN", "xoxb-very-secret")
    assert "very-secret" not in repr(Settings.read())


@pytest.mark.parametrize(
    ("mode", "missing"),
    [
        (SlackMode.SOCKET, "PARLEY_SLACK_APP_TOKEN"),
        (SlackMode.HTTP, "PARLEY_SLACK_SIGNING_SECRET"),
    ],
)
def test_serving_names_the_token_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, mode: SlackMode, missing: str
) -> None:
    monkeypatch.setenv("PARLEY_SLACK_MODE", mode.value)
    monkeypatch.setenv("PARLEY_SLACK_BOT_TOKEN", "xoxb-1")
    with pytest.raises(InvalidSetting, match=missing):
        Settings.read().require_slack()
