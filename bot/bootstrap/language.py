"""The language service, followed wherever it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import aiohttp
import structlog

from bot import keeper
from bot.bootstrap.ranking import ServiceRankings
from bot.settings import Settings
from bot.understanding.confidence import Reading
from bot.understanding.heard import marked
from bot.understanding.meaning import Meaning
from bot.understanding.rasa import RasaLanguage
from domain.errors import LanguageUnavailable

log = structlog.get_logger(__name__)


class KeptLanguage:
    """The language service wherever it is just now: the one that the settings name, else the keeper's.

    Until it is up, and while it is down, ``parse`` raises LanguageUnavailable; a service that comes back, on
    whatever port and with whatever token, is found again within seconds.
    """

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, progress: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._session = session
        self._progress = progress
        self._service: keeper.Service | None = None
        self._rasa: RasaLanguage | None = None
        self._rankings: ServiceRankings | None = None
        self._trouble: LanguageUnavailable | None = None
        self._settled = asyncio.Event()

    async def parse(self, text: str) -> Meaning:
        if self._rasa is None:
            raise self._trouble or LanguageUnavailable("The language service is still starting.")
        return marked(await self._rasa.parse(text), formats=self._settings.formats)

    async def ranking(self, text: str) -> tuple[Reading, ...]:
        """The readings of ``text``, likeliest first. Raises LanguageUnavailable."""
        return await self._ranked().ranking(text)

    async def model(self) -> str:
        """The version of the model that answers. Raises LanguageUnavailable."""
        return await self._ranked().model()

    def _ranked(self) -> ServiceRankings:
        if self._rasa is None or self._rankings is None:
            raise self._trouble or LanguageUnavailable("The language service is still starting.")
        return self._rankings

    async def ready(self) -> None:
        """Waits until it answers. Raises LanguageUnavailable when it can not be started."""
        await self._settled.wait()
        if self._rasa is None:
            raise self._trouble or LanguageUnavailable("The language service did not start.")

    async def keep(self) -> None:
        """Follows the service until cancelled."""
        if self._settings.nlu_url:
            token = self._settings.nlu_token.get_secret_value()
            self._use(keeper.Service(self._settings.nlu_url, token, 0, 0, ""))
            return
        while True:
            keeper.touch(self._settings.data_dir)
            known = keeper.known(self._settings.data_dir)
            if known is None or self._rasa is None:
                known = await self._ensure()
            if known is not None and known != self._service:
                self._use(known)
            await asyncio.sleep(2.0)

    async def _ensure(self) -> keeper.Service | None:
        try:
            return await asyncio.to_thread(
                keeper.ensure,
                self._settings.data_dir,
                idle_minutes=self._settings.nlu_idle_minutes,
                progress=self._progress,
            )
        except LanguageUnavailable as error:
            log.warning("language service is down", reason=str(error))
            self._rasa, self._service, self._trouble = None, None, error
            self._settled.set()
            return None

    def _use(self, service: keeper.Service) -> None:
        self._service = service
        self._rasa = RasaLanguage(
            service.url, service.token, session=self._session, timeout=self._settings.nlu_timeout
        )
        self._rankings = ServiceRankings(
            service.url, service.token, session=self._session, timeout=self._settings.nlu_timeout
        )
        self._settled.set()


@contextlib.asynccontextmanager
async def open_language(
    settings: Settings, *, progress: Callable[[str], None]
) -> AsyncIterator[KeptLanguage]:
    """Starts following the language service; ``ready`` waits for it."""
    async with aiohttp.ClientSession() as session:
        language = KeptLanguage(settings, session, progress)
        keeping = asyncio.create_task(language.keep())
        try:
            yield language
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping
