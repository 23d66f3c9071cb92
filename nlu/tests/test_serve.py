"""The service's door: settings, token, bodies, routes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from commands.serve import LONGEST_TEXT, SettingError, Settings, application

TOKEN = "a-secret-of-the-test"
Talk = Callable[[TestClient], Awaitable[None]]


def talk(conversation: Talk) -> list[str]:
    """Hold a conversation with the service over a parse function that remembers what it was asked."""
    asked: list[str] = []

    def parse(text: str) -> dict[str, Any]:
        asked.append(text)
        return {"text": text, "intent": {"name": "greet", "confidence": 1.0}, "intent_ranking": [], "entities": []}

    async def run() -> None:
        async with TestClient(TestServer(application(parse, token=TOKEN, model="abc"))) as client:
            await conversation(client)

    asyncio.run(run())
    return asked


@pytest.mark.parametrize("request_of", [{"headers": {"Authorization": f"Bearer {TOKEN}"}}, {"params": {"token": TOKEN}}])
def test_a_text_reaches_the_model_exactly_as_given(request_of: dict[str, Any]) -> None:
    async def conversation(client: TestClient) -> None:
        answer = await client.post("/model/parse", json={"text": "  /hi ½ 🙂 "}, **request_of)
        assert answer.status == 200
        assert (await answer.json())["text"] == "  /hi ½ 🙂 "

    assert talk(conversation) == ["  /hi ½ 🙂 "]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
@pytest.mark.parametrize("path", ["/status", "/model/parse", "/model/train"])
def test_nothing_is_answered_without_the_token(path: str, headers: dict[str, str]) -> None:
    async def conversation(client: TestClient) -> None:
        answer = await client.post(path, json={"text": "hi"}, headers=headers)
        assert answer.status == 401

    assert talk(conversation) == []


def test_readiness_needs_no_token_and_says_nothing_of_the_model() -> None:
    async def conversation(client: TestClient) -> None:
        answer = await client.get("/")
        assert answer.status == 200
        assert "abc" not in await answer.text()

    talk(conversation)


def test_status_names_the_model() -> None:
    async def conversation(client: TestClient) -> None:
        answer = await client.get("/status", params={"token": TOKEN})
        assert await answer.json() == {"model_file": "abc.tar.gz", "model_id": "abc"}

    talk(conversation)


@pytest.mark.parametrize("path", ["/model/train", "/model", "/conversations/x/messages", "/webhooks/rest/webhook"])
def test_routes_of_rasa_that_change_or_keep_something_do_not_exist(path: str) -> None:
    async def conversation(client: TestClient) -> None:
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = await client.request(method, path, params={"token": TOKEN})
            assert answer.status == 404

    talk(conversation)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b'{"text": 7}', 400),
        (b'{"text": null}', 400),
        (b'{"message": "hi"}', 400),
        (b'{"text": "\\ud83d"}', 400),
        (b'{"text": "' + b"x" * (LONGEST_TEXT + 1) + b'"}', 413),
        (b'{"text": "' + b"x" * 300_000 + b'"}', 413),
    ],
)
def test_a_body_that_is_no_question_is_refused(body: bytes, status: int) -> None:
    async def conversation(client: TestClient) -> None:
        answer = await client.post("/model/parse", data=body, params={"token": TOKEN})
        assert answer.status == status

    assert talk(conversation) == []


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "abc.tar.gz"
    path.touch()
    return path


def test_settings_are_read_from_the_environment(model: Path) -> None:
    environment = {"PARLEY_NLU_TOKEN": TOKEN, "PARLEY_NLU_PORT": "0", "PARLEY_NLU_MODEL": str(model)}
    assert Settings.read(environment) == Settings(TOKEN, "127.0.0.1", 0, model)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"PARLEY_NLU_TOKEN": ""}, "PARLEY_NLU_TOKEN"),
        ({"PARLEY_NLU_TOKEN": "short"}, "PARLEY_NLU_TOKEN"),
        ({"PARLEY_NLU_HOST": "0.0.0.0"}, "PARLEY_NLU_HOST"),  # noqa: S104 - this is what must be refused
        ({"PARLEY_NLU_HOST": "example.org"}, "PARLEY_NLU_HOST"),
        ({"PARLEY_NLU_PORT": "http"}, "PARLEY_NLU_PORT"),
        ({"PARLEY_NLU_PORT": "70000"}, "PARLEY_NLU_PORT"),
        ({"PARLEY_NLU_MODEL": "/nowhere/model.tar.gz"}, "commands.train"),
    ],
)
def test_a_setting_that_must_not_be_is_refused_by_name(model: Path, change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError, match=named):
        Settings.read({"PARLEY_NLU_TOKEN": TOKEN, "PARLEY_NLU_MODEL": str(model), **change})


def test_a_private_network_must_be_said_to_be_one(model: Path) -> None:
    environment = {
        "PARLEY_NLU_TOKEN": TOKEN,
        "PARLEY_NLU_HOST": "10.0.0.5",
        "PARLEY_NLU_MODEL": str(model),
        "PARLEY_NLU_PRIVATE_NETWORK": "yes",
    }
    assert Settings.read(environment).host == "10.0.0.5"
