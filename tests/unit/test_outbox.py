"""Pace, patience, and what Slack's answers mean."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.delivery import RESPOND, UPLOAD, Delivered, Failed, Later, Parcel, Sender, upload_name
from bot.listeners.posts import Address, posts
from bot.outbox import Bucket, backoff, outbox_row, slack_client
from bot.views.rendered import Attachment, Rendered

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


class Fixed:
    def now(self) -> datetime:
        return NOW


def parcel(method: str = "chat.postMessage", **body: Any) -> Parcel:
    body = {"channel": "C1", "text": "fact", **body}
    return Parcel.of(outbox_row(key="msg:C1:1", channel="C1", method=method, body=body, clock=Fixed()))


type Script = list[tuple[int, dict[str, str], Any]]


class Slack:
    """Answers its script in order and remembers the calls."""

    def __init__(self) -> None:
        self.script: Script = []
        self.calls: list[tuple[str, Any]] = []

    async def handle(self, request: web.Request) -> web.Response:
        body = (
            await request.json()
            if request.can_read_body and request.content_type == "application/json"
            else {}
        )
        self.calls.append((request.path.rsplit("/", 1)[-1], body))
        status, headers, answer = self.script.pop(0)
        if isinstance(answer, str):
            return web.Response(status=status, headers=headers, text=answer, content_type="text/html")
        return web.json_response(answer, status=status, headers=headers)


@pytest.fixture
async def slack() -> AsyncIterator[tuple[Slack, Sender, str]]:
    fake = Slack()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", fake.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with aiohttp.ClientSession() as session:
        yield fake, Sender(slack_client(token="xoxb-1", base_url=f"{base}api/", session=session)), base
    await runner.cleanup()


def test_a_burst_goes_at_once_and_then_one_a_second() -> None:
    moment = 0.0
    bucket = Bucket(lambda: moment)
    assert [bucket.take() for _ in range(6)] == [0.0, 0.0, 0.0, 0.0, 1.0, 2.0]
    moment = 60.0
    assert bucket.full
    assert bucket.take() == 0.0


def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert backoff(40) == timedelta(minutes=15)


def test_a_posted_message_carries_its_key() -> None:
    row = outbox_row(key="k1", channel="C1", method="chat.postMessage", body={"text": "x"}, clock=Fixed())
    assert json.loads(row.body)["metadata"] == {"event_type": "parley_reply", "event_payload": {"key": "k1"}}
    assert row.created_at == NOW


@pytest.mark.parametrize(
    ("status", "headers", "answer", "outcome"),
    [
        (200, {}, {"ok": True, "ts": "5.1"}, Delivered("5.1", channel="C1")),
        (
            429,
            {"Retry-After": "7"},
            {"ok": False, "error": "ratelimited"},
            Later("ratelimited", 7.0, True, True),
        ),
        (429, {"Retry-After": "soon"}, "", Later("ratelimited", 1.0, True, True)),
        (200, {}, {"ok": False, "error": "internal_error"}, Later("internal_error")),
        (503, {}, "<html>", Later("http 503")),
        (200, {}, {"ok": False, "error": "token_revoked"}, Later("token_revoked")),
        (200, {}, {"ok": False, "error": "is_archived"}, Failed("is_archived")),
        (200, {}, {"ok": False, "error": "not_in_channel"}, Failed("not_in_channel")),
    ],
)
async def test_slacks_answer_decides_what_becomes_of_a_row(
    slack: tuple[Slack, Sender, str], status: int, headers: dict[str, str], answer: Any, outcome: object
) -> None:
    fake, sender, _ = slack
    fake.script = [(status, headers, answer)]
    assert await sender.send(parcel(), look_first=False) == outcome


async def test_nobody_at_the_other_end_means_later() -> None:
    async with aiohttp.ClientSession() as session:
        sender = Sender(slack_client(token="xoxb-1", base_url="http://127.0.0.1:9/api/", session=session))
        outcome = await sender.send(parcel(), look_first=False)
    assert isinstance(outcome, Later)
    assert not outcome.refused


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"])
async def test_refused_blocks_go_once_more_as_text(slack: tuple[Slack, Sender, str], error: str) -> None:
    fake, sender, _ = slack
    fake.script = [(200, {}, {"ok": False, "error": error}), (200, {}, {"ok": True, "ts": "6.1"})]
    assert await sender.send(parcel(blocks=[{"type": "odd"}]), look_first=False) == Delivered(
        "6.1", channel="C1"
    )
    assert "blocks" in fake.calls[0][1]
    assert "blocks" not in fake.calls[1][1]
    assert fake.calls[1][1]["text"] == "fact"


async def test_an_earlier_try_is_found_by_its_key(slack: tuple[Slack, Sender, str]) -> None:
    fake, sender, _ = slack
    mine = {"ts": "7.1", "metadata": {"event_payload": {"key": "msg:C1:1"}}}
    fake.script = [(200, {}, {"ok": True, "messages": [{"ts": "7.0"}, mine]})]
    assert await sender.send(parcel(thread_ts="1.0"), look_first=True) == Delivered("7.1", channel="C1")
    assert [name for name, _ in fake.calls] == ["conversations.replies"]


async def test_a_search_that_slack_puts_off_says_nothing_about_the_post(
    slack: tuple[Slack, Sender, str],
) -> None:
    fake, sender, _ = slack
    fake.script = [(429, {"Retry-After": "3"}, {"ok": False, "error": "ratelimited"})]
    outcome = await sender.send(parcel(), look_first=True)
    assert outcome == Later("ratelimited", 3.0, limited=True, refused=False)


async def test_where_searching_is_not_allowed_it_is_posted(slack: tuple[Slack, Sender, str]) -> None:
    fake, sender, _ = slack
    fake.script = [(200, {}, {"ok": False, "error": "missing_scope"}), (200, {}, {"ok": True, "ts": "8.1"})]
    assert await sender.send(parcel(), look_first=True) == Delivered("8.1", channel="C1")


async def test_an_update_of_a_message_that_is_gone_is_done(slack: tuple[Slack, Sender, str]) -> None:
    fake, sender, _ = slack
    fake.script = [(200, {}, {"ok": False, "error": "message_not_found"})]
    assert await sender.send(parcel("chat.update", ts="1.0"), look_first=False) == Delivered("")


@pytest.mark.parametrize(("status", "kind"), [(200, Delivered), (404, Failed), (500, Later), (429, Later)])
async def test_a_response_address_answers_likewise(
    slack: tuple[Slack, Sender, str], status: int, kind: Callable[..., object]
) -> None:
    fake, sender, base = slack
    fake.script = [(status, {}, {"ok": status == 200})]
    sent = parcel(RESPOND, url=f"{base}response/abc", payload={"text": "only you"})
    assert isinstance(await sender.send(sent, look_first=False), kind)  # type: ignore[arg-type]
    assert fake.calls == [("abc", {"text": "only you"})]


def test_a_reply_is_its_message_and_then_its_files_in_order() -> None:
    rendered = Rendered(
        "fact", (), (Attachment("a.png", "A", b"1", "bars"), Attachment("b.csv", "B", b"2", "table"))
    )
    rows = posts(rendered, Address("C1", thread="1.0"), key="k", clock=Fixed())
    assert [(row.key, row.method) for row in rows] == [
        ("k", "chat.postMessage"),
        ("k#1", UPLOAD),
        ("k#2", UPLOAD),
    ]
    body = json.loads(rows[1].body)
    assert (body["channel_id"], body["thread_ts"], body["alt_txt"]) == ("C1", "1.0", "bars")
    assert upload_name(Parcel.of(rows[1])) == upload_name(Parcel.of(rows[1]))
    assert upload_name(Parcel.of(rows[1])) != upload_name(Parcel.of(rows[2]))


def test_blocks_unfit_for_slack_leave_the_text() -> None:
    bad = Rendered("fact", ({"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},))
    (row,) = posts(bad, Address("C1"), key="k", clock=Fixed())
    assert "blocks" not in json.loads(row.body)
    assert json.loads(row.body)["text"] == "fact"


def test_the_fallback_text_mentions_nobody() -> None:
    (row,) = posts(Rendered("<!channel> & <@U1>"), Address("C1"), key="k", clock=Fixed())
    assert json.loads(row.body)["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
