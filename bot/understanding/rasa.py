"""The language service over HTTP: Rasa's ``POST /model/parse``, bounded in time, number and trust.

Nothing of the token or of the text appears in a log line or an error.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import aiohttp
import structlog
from pydantic import BaseModel, Field, ValidationError

from bot.understanding.breaker import BreakerState, CircuitBreaker
from bot.understanding.meaning import ENTITIES, INTENTS, Meaning, Span
from domain.errors import LanguageUnavailable

MAX_CHARACTERS = 1_000
"""What is parsed of a message; a question is in its first lines, and parse time grows with length."""

MAX_ANSWER_BYTES = 1_000_000

log = structlog.get_logger(__name__)


class _Intent(BaseModel):
    name: str | None = None
    confidence: float = Field(default=0.0, ge=0.0, le=1.001)


class _Entity(BaseModel):
    entity: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    role: str | None = None
    confidence_entity: float = 1.0


class _Parsed(BaseModel):
    intent: _Intent
    entities: list[_Entity] = []


class _Passing(Exception):  # noqa: N818 - inside this file only: worth another try
    """A failure that another try may mend; its text holds no URL."""


class RasaLanguage:
    """Implements ``meaning.Language``. One instance a process; it belongs to one event loop.

    ``timeout`` is seconds for one try, connecting included; ``retries`` further tries follow a connection error, a
    time-out or a 5xx answer, each after ``pause * 2**n`` seconds with full jitter. At most ``concurrency`` calls are on
    the way at once. After ``failures`` failed messages in a row the circuit opens for ``rest`` seconds.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        session: aiohttp.ClientSession,
        timeout: float = 3.0,
        retries: int = 2,
        pause: float = 0.1,
        concurrency: int = 16,
        failures: int = 3,
        rest: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._url = url.rstrip("/") + "/model/parse"
        self._token = token
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._retries = retries
        self._pause = pause
        self._gate = asyncio.Semaphore(concurrency)
        self._breaker = CircuitBreaker(failures=failures, rest=rest, clock=clock)
        self._sleep = sleep
        self._jitter = jitter

    @property
    def circuit(self) -> BreakerState:
        """For ``doctor`` and metrics."""
        return self._breaker.state

    async def parse(self, text: str) -> Meaning:
        """The meaning of ``text``; of a very long one, of its first MAX_CHARACTERS. Raises LanguageUnavailable.

        Text without a single letter or digit means nothing and is not sent.
        """
        head = shortened(text)
        if not any(character.isalnum() for character in head):
            return Meaning(text, "out_of_scope", 1.0)
        if not self._breaker.admits():
            raise LanguageUnavailable(
                "The language service has failed repeatedly and is being left to recover."
            )
        try:
            async with self._gate:
                parsed = await self._tries(head)
        except LanguageUnavailable as error:
            self._breaker.failed()
            log.warning("language.unavailable", reason=str(error), circuit=self._breaker.state.value)
            raise
        except BaseException:
            self._breaker.abandoned()
            raise
        self._breaker.succeeded()
        return _meaning(text, parsed)

    async def _tries(self, text: str) -> _Parsed:
        for attempt in range(self._retries + 1):
            try:
                return await self._once(text)
            except _Passing as error:
                if attempt == self._retries:
                    raise LanguageUnavailable(str(error)) from None
            await self._sleep(self._pause * 2**attempt * self._jitter())
        raise LanguageUnavailable("The language service was not asked.")  # retries below zero

    async def _once(self, text: str) -> _Parsed:
        try:
            async with self._session.post(
                self._url,
                params={"token": self._token} if self._token else {},
                json={"text": text},
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                if response.status >= 500 or response.status == 429:
                    raise _Passing(f"The language service answered HTTP {response.status}.")
                if response.status in (401, 403):
                    raise LanguageUnavailable("The language service refuses the token it was given.")
                if response.status != 200:
                    raise LanguageUnavailable(f"The language service answered HTTP {response.status}.")
                body = await response.content.read(MAX_ANSWER_BYTES)
                while chunk := await response.content.read(MAX_ANSWER_BYTES):
                    body += chunk
                    if len(body) > MAX_ANSWER_BYTES:
                        raise LanguageUnavailable("The language service's answer is far too long.")
        except TimeoutError:
            raise _Passing("The language service did not answer in time.") from None
        except aiohttp.ClientError as error:
            # The error's own text holds the URL and with it the token: only its kind is told.
            raise _Passing(f"The language service can not be reached ({type(error).__name__}).") from None
        try:
            return _Parsed.model_validate_json(body)
        except ValidationError:
            raise LanguageUnavailable("The language service's answer can not be understood.") from None


def shortened(text: str) -> str:
    """The part of ``text`` that is parsed: cut at a blank where there is one near the end."""
    if len(text) <= MAX_CHARACTERS:
        return text
    head = text[:MAX_CHARACTERS]
    blank = head.rfind(" ", MAX_CHARACTERS - 100)
    return head[:blank] if blank > 0 else head


def _meaning(text: str, parsed: _Parsed) -> Meaning:
    intent = parsed.intent.name or "out_of_scope"
    confidence = min(parsed.intent.confidence, 1.0)
    if intent not in INTENTS:
        intent, confidence = "out_of_scope", 0.0
    spans = [
        Span(e.entity, text[e.start : e.end], e.start, e.end, e.role or "")
        for e in parsed.entities
        if e.entity in ENTITIES and e.start < e.end <= len(text) and text[e.start : e.end].strip()
    ]
    return Meaning(text, intent, confidence, disjoint(spans))


def disjoint(spans: list[Span]) -> tuple[Span, ...]:
    """Of spans that overlap only the longest stays (the earlier of equals); reading order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda s: s.start))
