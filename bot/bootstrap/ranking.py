"""The other things that a message may mean, and which model says so: a second look at the language service.

Taken only for messages that are not understood surely, and when somebody says that another thing was meant: one in a few dozen.
"""

from __future__ import annotations

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from bot.understanding.confidence import Reading
from bot.understanding.meaning import INTENTS
from bot.understanding.rasa import MAX_ANSWER_BYTES, shortened
from domain.errors import LanguageUnavailable


class _Ranked(BaseModel):
    name: str
    confidence: float = Field(ge=0.0, le=1.001)


class _Ranking(BaseModel):
    intent_ranking: list[_Ranked] = []


class _Status(BaseModel):
    model_id: str = ""
    model_file: str = ""


class ServiceRankings:
    """Implements ``record.Rankings`` over Rasa's HTTP API: one try, ``timeout`` seconds. Nothing of text or token is logged."""

    def __init__(self, url: str, token: str, *, session: aiohttp.ClientSession, timeout: float) -> None:
        self._url = url.rstrip("/")
        self._params = {"token": token} if token else {}
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._model = ""

    async def ranking(self, text: str) -> tuple[Reading, ...]:
        body = await self._ask("POST", "/model/parse", {"text": shortened(text)})
        try:
            ranked = _Ranking.model_validate_json(body).intent_ranking
        except ValidationError:
            raise LanguageUnavailable("The language service's answer can not be understood.") from None
        known = [Reading(r.name, min(1.0, r.confidence)) for r in ranked if r.name in INTENTS]
        return tuple(sorted(known, key=lambda reading: -reading.confidence))

    async def model(self) -> str:
        """Asked once: a service with another model is another service."""
        if not self._model:
            try:
                status = _Status.model_validate_json(await self._ask("GET", "/status", None))
            except ValidationError:
                return ""
            self._model = (status.model_id or status.model_file)[:100]
        return self._model

    async def _ask(self, method: str, path: str, body: dict[str, str] | None) -> bytes:
        try:
            async with self._session.request(
                method, self._url + path, params=self._params, json=body, timeout=self._timeout,
                allow_redirects=False,
            ) as response:  # fmt: skip
                if response.status != 200:
                    raise LanguageUnavailable(f"The language service answered HTTP {response.status}.")
                read = b""
                while chunk := await response.content.read(MAX_ANSWER_BYTES):
                    read += chunk
                    if len(read) > MAX_ANSWER_BYTES:
                        raise LanguageUnavailable("The language service's answer is far too long.")
                return read
        except TimeoutError:
            raise LanguageUnavailable("The language service did not answer in time.") from None
        except aiohttp.ClientError as error:
            # The error's own text holds the URL and with it the token: only its kind is told.
            kind = type(error).__name__
            raise LanguageUnavailable(f"The language service can not be reached ({kind}).") from None
