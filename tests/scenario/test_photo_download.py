"""Fetching photographs from Slack: what it answers instead of a picture, and to whom the token goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.dialogue.photo.seen import Seen
from bot.letters import Letter
from bot.listeners import photos
from bot.listeners.messages import message_letter
from bot.listeners.photos import PICTURE, Photos, pictures_of
from bot.outbox import slack_client
from domain.errors import InvalidPicture, Unavailable
from domain.udi.symbol import Symbol, Symbology

TODAY = date(2026, 11, 22)
TOKEN = "xoxb-of-the-test"
NO_SCOPE, GONE, OUTSIDE = PICTURE.no_scope, PICTURE.gone, PICTURE.outside
TOO_LARGE, NO_PICTURE = PICTURE.too_large, PICTURE.no_such
GTIN = "00614141999996"


@dataclass(frozen=True)
class Read:
    symbols: tuple[Symbol, ...] = (Symbol(Symbology.DATA_MATRIX, f"01{GTIN}10AB12", identifier="]d2"),)


@dataclass
class Reader:
    """Reads whatever bytes come as one label."""

    given: list[bytes] = field(default_factory=list)
    fails: Exception | None = None

    async def read(self, data: bytes) -> Read:
        self.given.append(data)
        if self.fails is not None:
            raise self.fails
        return Read()


@dataclass
class FakeSlack:
    """Answers the next download with ``answer``, and files.info with ``info``."""

    base: str = ""
    answer: web.StreamResponse | None = None
    info: dict[str, Any] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    reader: Reader = field(default_factory=Reader)
    photos: Photos | None = None

    async def download(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        return self.answer or web.Response(body=b"\x89PNG....", content_type="image/png")

    async def files_info(self, _request: web.Request) -> web.Response:
        return web.json_response(self.info)

    async def look(self, **file: Any) -> Seen:
        shape = {
            "id": "F1",
            "mimetype": "image/png",
            "size": 8,
            "url_private_download": f"{self.base}/files/F1/a.png",
            **file,
        }
        letter = Letter("e", "message", {"pictures": pictures_of({"files": [shape]})})
        assert self.photos is not None
        return await self.photos.look(letter, today=TODAY)


@asynccontextmanager
async def fake_slack(**limits: Any) -> AsyncIterator[FakeSlack]:
    slack = FakeSlack()
    app = web.Application()
    app.add_routes(
        [web.get("/files/{tail:.*}", slack.download), web.route("*", "/api/files.info", slack.files_info)]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    slack.base = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        client = slack_client(token=TOKEN, base_url=f"{slack.base}/api/", session=session)
        slack.photos = Photos(slack.reader, client, **limits)
        yield slack
    await runner.cleanup()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as found:
        yield found


async def test_a_picture_is_fetched_with_the_bots_token_and_read(slack: FakeSlack) -> None:
    seen = await slack.look()
    assert [label.udi.gtin for label in seen.pictures[0].labels] == [GTIN]
    assert slack.tokens == [f"Bearer {TOKEN}"]


async def test_the_sign_in_page_in_place_of_a_picture_names_the_missing_scope(slack: FakeSlack) -> None:
    slack.answer = web.Response(text="<!DOCTYPE html><html>Sign in</html>", content_type="text/html")
    assert (await slack.look()).problems == (NO_SCOPE,)
    assert "files:read" in NO_SCOPE


async def test_a_sign_in_page_that_calls_itself_a_picture_is_seen_through(slack: FakeSlack) -> None:
    slack.answer = web.Response(body=b"\n <!DOCTYPE html><html>", content_type="image/png")
    assert (await slack.look()).problems == (NO_SCOPE,)
    assert slack.reader.given == []


async def test_the_token_does_not_follow_a_redirect(slack: FakeSlack) -> None:
    slack.answer = web.Response(status=302, headers={"Location": f"{slack.base}/files/elsewhere"})
    assert (await slack.look()).problems == (NO_SCOPE,)
    assert len(slack.tokens) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/files/F1",
        "http://files.slack.com/F1",
        "https://files.slack.com.evil.example/F1",
        "",
    ],
)
async def test_the_token_goes_to_slack_alone(slack: FakeSlack, url: str) -> None:
    slack.info = {
        "ok": True,
        "file": {"id": "F1", "mimetype": "image/png", "url_private": "https://example.org/x"},
    }
    assert (await slack.look(url_private_download=url)).problems == (OUTSIDE,)
    assert slack.tokens == []


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_slack_that_is_busy_is_asked_again_later(slack: FakeSlack, status: int) -> None:
    slack.answer = web.Response(status=status)
    with pytest.raises(Unavailable):
        await slack.look()


async def test_a_file_that_was_deleted_is_said_so(slack: FakeSlack) -> None:
    slack.answer = web.Response(status=404)
    assert (await slack.look()).problems == (GONE,)
    assert (await slack.look(mode="tombstone")).problems == (GONE,)


async def test_a_file_that_came_without_its_address_is_asked_for(slack: FakeSlack) -> None:
    there = {"id": "F1", "mimetype": "image/png", "size": 8, "url_private_download": f"{slack.base}/files/F1"}
    slack.info = {"ok": True, "file": there}
    seen = await slack.look(file_access="check_file_info", url_private_download="", mimetype="")
    assert len(seen.pictures) == 1
    slack.info = {"ok": False, "error": "file_deleted"}
    assert (await slack.look(file_access="check_file_info", mimetype="")).problems == (GONE,)
    slack.info = {"ok": False, "error": "missing_scope"}
    assert (await slack.look(file_access="check_file_info", mimetype="")).problems == (NO_SCOPE,)


async def test_a_file_that_lies_elsewhere_is_not_fetched(slack: FakeSlack) -> None:
    assert (await slack.look(is_external=True)).problems == (OUTSIDE,)
    assert slack.tokens == []


async def test_what_is_no_picture_is_said_so(slack: FakeSlack) -> None:
    slack.answer = web.Response(body=b"%PDF-1.7", content_type="application/pdf")
    assert (await slack.look()).problems == (NO_PICTURE,)
    slack.answer = None
    slack.reader.fails = InvalidPicture("This file is no picture that Parley can open.")
    assert (await slack.look()).problems == ("This file is no picture that Parley can open.",)


async def test_a_file_beyond_the_limit_is_not_taken_in_whatever_slack_says_of_its_size() -> None:
    async with fake_slack(most_bytes=1000) as slack:
        assert (await slack.look(size=5000)).problems == (TOO_LARGE,)
        assert slack.tokens == []
        slack.answer = web.Response(body=b"x" * 5000, content_type="image/png")
        assert (await slack.look(size=10)).problems == (TOO_LARGE,)
        slack.answer = web.Response(body=b"x" * 5000, content_type="image/png")
        slack.answer.enable_chunked_encoding()
        assert (await slack.look(size=10)).problems == (TOO_LARGE,)
        assert slack.reader.given == []


async def test_more_pictures_than_are_read_are_told(slack: FakeSlack) -> None:
    each = {"id": "F1", "mimetype": "image/png", "url_private_download": f"{slack.base}/files/F1"}
    letter = Letter("e", "message", {"pictures": pictures_of({"files": [each] * 14})})
    assert slack.photos is not None
    seen = await slack.photos.look(letter, today=TODAY)
    assert len(seen.pictures) == photos.MOST_PICTURES
    assert seen.problems == (photos.TOO_MANY,)


def test_a_letter_keeps_no_name_of_a_file() -> None:
    event = {
        "type": "message", "subtype": "file_share", "user": "U1", "channel": "D1", "ts": "1.1", "text": "",
        "files": [{"id": "F1", "name": "SMITH JOHN MRN 4482913.png", "title": "SMITH", "mimetype": "image/png",
                   "url_private_download": "https://files.slack.com/x", "size": 3}],
    }  # fmt: skip
    letter = message_letter(event, bot_user_id="B", team_id="T")
    assert letter is not None
    assert letter.text("files") == "image"
    assert "SMITH" not in str(letter.payload)
