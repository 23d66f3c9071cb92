"""A few processes that open strangers' files, each with a deadline and a memory bound: a crash or a hang costs one file, never the bot."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from bot.media.frames import ANSWER, MAX_ANSWER, REQUEST
from bot.media.reading import BUDGET, Picture
from bot.media.wire import unpacked
from domain.errors import Invalid, InvalidPicture, Unavailable

log = structlog.stdlib.get_logger(__name__)

MEGABYTES: Final = 3_000
"""Address space of a picture's worker: 50 megapixels, their gradients and the libraries need less than half of it."""

_START_SECONDS: Final = 60.0
_GRACE_SECONDS: Final = 6.0
"""Opening a file and the last step of a stage come on top of the budget."""

_RENEWED_AFTER: Final = 200
_PATIENCE_SECONDS: Final = 60.0
_DEATHS_IN_PATIENCE: Final = 12
_ROOT: Final = Path(__file__).resolve().parents[2]

type Unpack[Answer] = Callable[[bytes], Answer | str | None]
"""From what a worker wrote to its answer, the sentence why there is none, or None for "ready". Raises ValueError for anything else."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a person is told where nothing was read."""

    closed: str
    busy: str
    failing: str
    away: str
    gave_up: str


_PICTURES: Final = Sentences(
    closed="Parley is not reading pictures now. Try again in a minute.",
    busy="Parley is reading many pictures right now. Post it again in a minute.",
    failing="Reading pictures fails again and again; Parley rests a minute. Type what the label says.",
    away="Parley can not read pictures now. Type what the label says, or try again later.",
    gave_up="Parley could not get through this picture and gave up. Take a new photograph of the label, nearer and in good light.",
)


class _Died(Exception):  # noqa: N818 - seen by the pool alone
    """A worker ended, hung, or said something that is no answer."""


class _Worker[Answer]:
    """One process and its two pipes. ``deadline`` is seconds of wall clock for one file."""

    def __init__(self, process: asyncio.subprocess.Process, unpack: Unpack[Answer]) -> None:
        self._process = process
        self._unpack = unpack
        self.done = 0

    @classmethod
    async def started(cls, command: Sequence[str], unpack: Unpack[Answer]) -> _Worker[Answer]:
        environment = os.environ | dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
        )
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=_ROOT,
                env=environment,
            )
        except OSError as error:
            raise _Died(str(error)) from None
        worker = cls(process, unpack)
        try:
            if await worker._answer(_START_SECONDS) is not None:
                raise _Died("it began with an answer")
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def ask(self, data: bytes, *, budget: float, deadline: float) -> Answer | str:
        """Raises _Died; then the worker is to be killed."""
        pipe = self._process.stdin
        if pipe is None:
            raise _Died("it has no input")
        try:
            async with asyncio.timeout(deadline):
                pipe.write(REQUEST.pack(len(data), budget) + data)
                await pipe.drain()
        except (OSError, TimeoutError) as error:
            raise _Died(repr(error)) from None
        answer = await self._answer(deadline)
        if answer is None:
            raise _Died("it was ready twice")
        self.done += 1
        return answer

    async def _answer(self, seconds: float) -> Answer | str | None:
        pipe = self._process.stdout
        if pipe is None:
            raise _Died("it has no output")
        try:
            async with asyncio.timeout(seconds):
                (length,) = ANSWER.unpack(await pipe.readexactly(ANSWER.size))
                if length > MAX_ANSWER:
                    raise _Died(f"an answer of {length} bytes")
                return self._unpack(await pipe.readexactly(length))
        except TimeoutError:
            raise _Died("its time was over") from None
        except (OSError, EOFError, ValueError) as error:
            raise _Died(repr(error)) from None

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


class Pool[Answer]:
    """Reads files outside the event loop, ``size`` at a time; at most ``waiting`` more wait for their turn.

    ``command`` starts a worker. Workers start when the first file comes and are renewed now and then. ``refuse`` makes the error
    for a file that can not be read from the sentence that says why.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        unpack: Unpack[Answer],
        refuse: Callable[[str], Invalid],
        sentences: Sentences,
        size: int,
        waiting: int,
        budget: float,
        grace: float,
    ) -> None:
        self._unpack, self._refuse, self._says = unpack, refuse, sentences
        self._size, self._most, self._budget, self._grace = size, size + waiting, budget, grace
        self._command = tuple(command)
        self._turns = asyncio.Semaphore(size)
        self._idle: list[_Worker[Answer]] = []
        self._inside = 0
        self._deaths: deque[float] = deque(maxlen=_DEATHS_IN_PATIENCE)
        self._open = False

    async def start(self) -> None:
        self._open = True

    async def stop(self) -> None:
        """Files that are being read are waited for; the workers end."""
        self._open = False
        for _ in range(self._size):
            await self._turns.acquire()
        while self._idle:
            await self._idle.pop().kill()
        for _ in range(self._size):
            self._turns.release()

    async def read(self, data: bytes) -> Answer:
        """Raises what ``refuse`` makes; Unavailable where the pool is closed, has too much to do or loses its workers too often."""
        if not self._open:
            raise Unavailable(self._says.closed)
        if self._inside >= self._most:
            raise Unavailable(self._says.busy)
        self._inside += 1
        try:
            async with self._turns:
                return await self._read(data)
        finally:
            self._inside -= 1

    async def _read(self, data: bytes) -> Answer:
        """A file whose worker dies gets one more with half the time: the death may have been another's fault."""
        for budget in (self._budget, self._budget / 2):
            worker = await self._worker()
            try:
                answer = await worker.ask(data, budget=budget, deadline=budget + self._grace)
            except BaseException as error:
                await worker.kill()
                if not isinstance(error, _Died):
                    raise
                self._count_death(str(error))
                continue
            if worker.done >= _RENEWED_AFTER:
                await worker.kill()
            else:
                self._idle.append(worker)
            if isinstance(answer, str):
                raise self._refuse(answer)
            return answer
        raise self._refuse(self._says.gave_up)

    async def _worker(self) -> _Worker[Answer]:
        if self._idle:
            return self._idle.pop()
        now = asyncio.get_running_loop().time()
        if len(self._deaths) == _DEATHS_IN_PATIENCE and now - self._deaths[0] < _PATIENCE_SECONDS:
            raise Unavailable(self._says.failing)
        try:
            return await _Worker.started(self._command, self._unpack)
        except _Died as error:
            self._count_death(str(error))
            log.error("a worker did not start", reason=str(error))
            raise Unavailable(self._says.away) from None

    def _count_death(self, reason: str) -> None:
        self._deaths.append(asyncio.get_running_loop().time())
        log.warning("a worker died", reason=reason)


class PictureReader(Pool[Picture]):
    """The pool of pictures; ``read`` raises InvalidPicture. ``command`` is for tests."""

    def __init__(
        self,
        *,
        size: int = 2,
        waiting: int = 20,
        budget: float = BUDGET,
        grace: float = _GRACE_SECONDS,
        command: Sequence[str] = (sys.executable, "-m", "bot.media.worker", str(MEGABYTES)),
    ) -> None:
        super().__init__(
            command, unpack=unpacked, refuse=InvalidPicture, sentences=_PICTURES,
            size=size, waiting=waiting, budget=budget, grace=grace,
        )  # fmt: skip
