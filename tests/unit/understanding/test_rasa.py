"""The client of the language service, against a service of our own that misbehaves on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.understanding.breaker import BreakerState, CircuitBreaker
from bot.understanding.meaning import Span
from bot.understanding.rasa import MAX_CHARACTERS, RasaLanguage, disjoint, shortened
from domain.errors import LanguageUnavailable

TOKEN = "s3cret-token"
ANSWER: dict[str, object] = {
    "text": "where are 7.5 gloves",
    "intent": {"name": "find_item", "confidence": 0.91},
    "entities": [
        {"entity": "size", "start": 10, "end": 13, "value": "other", "confidence_entity": 0.9},
        {"entity": "item", "start": 14, "end": 20, "value": "gloves"},
    ],
}

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Service:
    """Counts what it is asked; ``handlers`` answer in turn, the last one for ever."""

    handlers: list[Handler]
    url: str = ""
    bodies: list[object] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.json())
        self.tokens.append(request.query.get("token", ""))
        self.reached.set()
        handler = self.handlers.pop(0) if len(self.handlers) > 1 else self.handlers[0]
        return await handler(request)


async def good(_request: web.Request) -> web.StreamResponse:
    return web.json_response(ANSWER)


def status(code: int) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text="no")

    return handler


def body(text: str) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/json")

    return handler


async def never(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    made = Service([good])
    app = web.Application()
    app.router.add_post("/model/parse", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    yield made
    await runner.cleanup()


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 100.0
    naps: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


def client(
    service: Service, session: aiohttp.ClientSession, time: Time, *, retries: int = 2, timeout: float = 5.0
) -> RasaLanguage:
    return RasaLanguage(
        service.url,
        TOKEN,
        session=session,
        timeout=timeout,
        retries=retries,
        pause=0.1,
        failures=2,
        rest=5.0,
        clock=lambda: time.now,
        sleep=time.sleep,
        jitter=lambda: 1.0,
    )


async def test_a_message_becomes_a_meaning_whose_values_are_the_texts_own_words(
    service: Service, session: aiohttp.ClientSession
) -> None:
    text = "where are 7.5 gloves"
    meaning = await client(service, session, Time()).parse(text)
    assert (meaning.intent, meaning.confidence) == ("find_item", 0.91)
    assert [(s.entity, s.value) for s in meaning.spans] == [("size", "7.5"), ("item", "gloves")]
    assert service.bodies == [{"text": text}]
    assert service.tokens == [TOKEN]


async def test_a_passing_failure_is_tried_again_with_growing_pauses(
    service: Service, session: aiohttp.ClientSession
) -> None:
    service.handlers = [status(500), hang_up, good]
    time = Time()
    language = client(service, session, time)
    assert (await language.parse("where are gloves now")).intent == "find_item"
    assert time.naps == [0.1, 0.2]
    assert language.circuit is BreakerState.CLOSED


async def test_what_trying_again_can_not_mend_is_not_tried_again(
    service: Service, session: aiohttp.ClientSession
) -> None:
    service.handlers = [status(401)]
    with pytest.raises(LanguageUnavailable, match="token"):
        await client(service, session, Time()).parse("where are gloves")
    assert len(service.bodies) == 1


@pytest.mark.parametrize(
    "text", ["", "not json", "[]", '{"intent": null}', '{"intent": {"name": "x", "confidence": 7}}', "{" * 50]
)
async def test_an_answer_that_is_no_parse_is_refused(
    service: Service, session: aiohttp.ClientSession, text: str
) -> None:
    service.handlers = [body(text)]
    with pytest.raises(LanguageUnavailable):
        await client(service, session, Time()).parse("where are gloves")


async def test_a_service_that_never_answers_is_given_up(
    service: Service, session: aiohttp.ClientSession
) -> None:
    service.handlers = [never]
    with pytest.raises(LanguageUnavailable, match="in time"):
        await client(service, session, Time(), retries=1, timeout=0.05).parse("where are gloves")
    assert len(service.bodies) == 2


async def test_a_port_nobody_listens_on_is_a_sentence_without_the_token(
    service: Service, session: aiohttp.ClientSession
) -> None:
    service.url = "http://127.0.0.1:1"
    with capture_logs() as logs, pytest.raises(LanguageUnavailable) as raised:
        await client(service, session, Time()).parse("patient MRN 5512345 got gloves")
    told = f"{raised.value!r} {raised.value.__cause__!r} {logs!r}"
    assert TOKEN not in told
    assert "5512345" not in told
    assert raised.value.__suppress_context__


async def test_after_repeated_failures_nobody_waits_until_the_rest_is_over(
    service: Service, session: aiohttp.ClientSession
) -> None:
    service.handlers = [status(503)]
    time = Time()
    language = client(service, session, time, retries=0)
    for _ in range(2):
        with pytest.raises(LanguageUnavailable, match="503"):
            await language.parse("where are gloves")
    assert language.circuit is BreakerState.OPEN
    with pytest.raises(LanguageUnavailable, match="recover"):
        await language.parse("where are gloves")
    assert len(service.bodies) == 2

    time.now += 5.0
    service.handlers = [good]
    assert (await language.parse("where are gloves")).intent == "find_item"
    assert language.circuit.value == "closed"


async def test_a_cancelled_trial_does_not_keep_the_circuit_half_open(
    service: Service, session: aiohttp.ClientSession
) -> None:
    service.handlers = [status(503)]
    time = Time()
    language = client(service, session, time, retries=0)
    for _ in range(2):
        with pytest.raises(LanguageUnavailable):
            await language.parse("where are gloves")
    time.now += 5.0
    service.reached.clear()
    service.handlers = [never]
    trial = asyncio.create_task(language.parse("where are gloves"))
    await service.reached.wait()
    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial
    service.handlers = [good]
    assert (await language.parse("where are gloves")).intent == "find_item"


async def test_of_ten_thousand_characters_only_the_first_are_sent(
    service: Service, session: aiohttp.ClientSession
) -> None:
    text = "where are gloves " * 600
    meaning = await client(service, session, Time()).parse(text)
    sent = service.bodies[0]
    assert isinstance(sent, dict)
    assert len(str(sent["text"])) <= MAX_CHARACTERS
    assert meaning.text == text


async def test_a_message_without_words_is_not_sent(service: Service, session: aiohttp.ClientSession) -> None:
    meaning = await client(service, session, Time()).parse("🙃 !!!")
    assert meaning.intent == "out_of_scope"
    assert service.bodies == []


async def test_an_intent_nobody_knows_is_out_of_scope(
    service: Service, session: aiohttp.ClientSession
) -> None:
    service.handlers = [body('{"intent": {"name": "launch", "confidence": 1.0}, "entities": []}')]
    meaning = await client(service, session, Time()).parse("launch it")
    assert (meaning.intent, meaning.confidence) == ("out_of_scope", 0.0)


async def test_labels_outside_the_text_or_of_no_known_kind_are_left_out(
    service: Service, session: aiohttp.ClientSession
) -> None:
    service.handlers = [
        body(
            '{"intent": {"name": "find_item", "confidence": 0.5}, "entities": ['
            '{"entity": "item", "start": 5, "end": 99}, {"entity": "colour", "start": 0, "end": 3},'
            '{"entity": "item", "start": 3, "end": 3}, {"entity": "item", "start": 0, "end": 5}]}'
        )
    ]
    meaning = await client(service, session, Time()).parse("foley please")
    assert meaning.values("item") == ("foley",)


_SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda p: Span("item", "x", p[0], p[0] + p[1])),
    max_size=8,
)


@given(_SPANS)
def test_of_overlapping_labels_the_longest_stay(spans: list[Span]) -> None:
    kept = disjoint(spans)
    assert all(one.end <= two.start for one, two in pairwise(kept))
    for span in spans:
        assert any(
            k.start < span.end and span.start < k.end and k.end - k.start >= span.end - span.start
            for k in kept
        )


@given(st.text(alphabet="ab ", min_size=0, max_size=3000))
def test_a_cut_text_is_the_beginning_of_the_whole(text: str) -> None:
    assert text.startswith(shortened(text))
    assert len(shortened(text)) <= MAX_CHARACTERS


def test_only_one_trial_is_let_through_a_half_open_circuit() -> None:
    now = [0.0]
    breaker = CircuitBreaker(failures=1, rest=2.0, clock=lambda: now[0])
    breaker.failed()
    assert not breaker.admits()
    now[0] = 2.0
    assert breaker.admits()
    assert not breaker.admits()
    breaker.failed()
    assert breaker.state is BreakerState.OPEN
    now[0] = 3.9
    assert not breaker.admits()
