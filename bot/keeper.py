"""Keeps the language service alive: finds a running one, starts one where there is none, restarts it when it dies.

The service listens on a free loopback port with a fresh token. Where it is stands in ``DATA/nlu/service.json``, readable by its
owner only. A keeper stops its service when nobody has used it for a while.
Run by hand: ``python -m bot.keeper --data-dir var --idle-minutes 15``.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from domain.errors import LanguageUnavailable

ROOT = Path(__file__).resolve().parents[1]
NLU = Path(os.environ.get("PARLEY_NLU_ROOM", ROOT / "nlu"))
"""The language room; the variable is for trying another one."""
START_SECONDS = 240.0
"""Loading takes 7 s on a quiet machine and ten times that on a busy one."""

GIVE_UP_AFTER = 3
"""Starts in a row without one answer: then something is wrong that starting again does not mend."""


@dataclass(frozen=True, slots=True)
class Service:
    """A language service that answers. ``keeper`` and ``child`` are process ids; ``model`` names the loaded model's file."""

    url: str
    token: str
    keeper: int
    child: int
    model: str


def current_model() -> Path | None:
    """The trained model for the language room as it stands now; None where `make train` has not made it."""
    probe = subprocess.run(
        [sys.executable, "-m", "commands.paths"], capture_output=True, text=True, check=False, cwd=NLU
    )
    path = Path(probe.stdout.strip())
    return path if probe.returncode == 0 and path.is_file() else None


def _folder(data_dir: Path) -> Path:
    folder = data_dir / "nlu"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def answers(service: Service, *, timeout: float = 2.0) -> bool:
    """Does the service answer, with a model loaded?"""
    try:
        with urllib.request.urlopen(  # noqa: S310 - a loopback address from our own file
            f"{service.url}/status?token={service.token}", timeout=timeout
        ) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def known(data_dir: Path) -> Service | None:
    """What the keeper of this data folder last wrote down; it may have stopped answering since."""
    try:
        return Service(**json.loads((_folder(data_dir) / "service.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def find(data_dir: Path) -> Service | None:
    """The running service of this data folder, if it answers and has the current model."""
    service, model = known(data_dir), current_model()
    if service is None or model is None or service.model != model.name:
        return None
    return service if _alive(service.keeper) and answers(service) else None


_started: list[subprocess.Popen[bytes]] = []
"""Keepers that this process started: they outlive it, but while it lives their ends must be collected."""


def _alive(pid: int) -> bool:
    _started[:] = [keeper for keeper in _started if keeper.poll() is None]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_language_service(pid: int) -> bool:
    """Numbers of processes are used again: an orphan is only ended when it is what we take it for."""
    seen = subprocess.run(  # noqa: S603 - fixed arguments
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],  # noqa: S607 - the system's own
        capture_output=True,
        text=True,
        check=False,
    )
    return "commands.serve" in seen.stdout


def stop(data_dir: Path) -> None:
    """Ends the keeper of this data folder, and its service with it."""
    if service := known(data_dir):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(service.keeper, signal.SIGTERM)


def touch(data_dir: Path) -> None:
    """Tells the keeper that the service is in use."""
    (_folder(data_dir) / "used").touch()


@contextlib.contextmanager
def _starting(data_dir: Path) -> Iterator[None]:
    """Only one process of a data folder starts a keeper at a time; the others wait and then find it running."""
    with (_folder(data_dir) / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ensure(data_dir: Path, *, idle_minutes: float, progress: Callable[[str], None]) -> Service:
    """A service that answers: the running one, else a new keeper's. Whoever uses it longer calls ``touch`` now and then.

    Raises LanguageUnavailable, saying what to do, when there is no model or it does not come up.
    """
    touch(data_dir)
    with _starting(data_dir):
        if service := find(data_dir):
            return service
        if current_model() is None:
            raise LanguageUnavailable("The language model has not been trained yet: run `make train`.")
        # One with another model is of no use to anybody in this checkout any more.
        stop(data_dir)
        progress("starting the language service (some ten seconds)")
        command = [
            sys.executable,
            "-m",
            "bot.keeper",
            "--data-dir",
            str(data_dir),
            "--idle-minutes",
            str(idle_minutes),
        ]
        with (_folder(data_dir) / "keeper.log").open("ab") as log:
            keeper = subprocess.Popen(  # noqa: S603 - ourselves
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=ROOT
            )
        _started.append(keeper)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if service := find(data_dir):
                return service
            if keeper.poll() is not None:
                break
            time.sleep(0.25)
        raise LanguageUnavailable(f"The language service did not start; {log.name} says why.")


class Keeper:
    """Runs one service process until stopped; ``run`` returns when it is idle or told to end."""

    def __init__(self, data_dir: Path, *, idle_minutes: float) -> None:
        self._data_dir = data_dir
        self._idle = idle_minutes * 60
        self._child: subprocess.Popen[bytes] | None = None
        self._ending = False

    def run(self) -> int:
        model = current_model()
        if model is None:
            print("there is no trained model: run `make train`", file=sys.stderr)  # noqa: T201 - goes to keeper.log
            return 1
        self._end_orphan()
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        pause, unwell = 1.0, 0
        try:
            while not self._over():
                started = time.monotonic()
                answered = self._serve(model)
                if not answered:
                    unwell += 1
                    if unwell == GIVE_UP_AFTER:
                        return 1
                # A service that ran for a while had an accident; one that dies at once is ill: ever longer pauses.
                pause = 1.0 if time.monotonic() - started > 300 else min(60.0, pause * 2)
                if not self._over():
                    time.sleep(pause)
        finally:
            left = known(self._data_dir)
            if left and left.keeper == os.getpid():
                (_folder(self._data_dir) / "service.json").unlink(missing_ok=True)
        return 0

    def _end_orphan(self) -> None:
        """A keeper that was killed leaves its service running with nobody to end it."""
        left = known(self._data_dir)
        if left and not _alive(left.keeper) and _alive(left.child) and _is_language_service(left.child):
            os.kill(left.child, signal.SIGTERM)

    def _serve(self, model: Path) -> bool:
        """Runs one service to its end; True when it ever answered."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        token = secrets.token_urlsafe(24)
        environment = {
            **os.environ,
            "PARLEY_NLU_TOKEN": token,
            "PARLEY_NLU_HOST": "127.0.0.1",
            "PARLEY_NLU_PORT": str(port),
            "PARLEY_NLU_MODEL": str(model),
        }
        environment.pop("PYTHONPATH", None)
        self._child = subprocess.Popen(  # noqa: S603 - our own module in our own environment
            [str(NLU / ".venv/bin/python"), "-m", "commands.serve"],
            stdin=subprocess.DEVNULL,
            cwd=NLU,
            env=environment,
        )
        service = Service(f"http://127.0.0.1:{port}", token, os.getpid(), self._child.pid, model.name)
        written = False
        try:
            while self._child.poll() is None and not self._over():
                if not written and answers(service, timeout=5):
                    self._write(service)
                    written = True
                time.sleep(1.0 if written else 0.2)
        finally:
            self._stop_child()
        return written

    def _write(self, service: Service) -> None:
        path = _folder(self._data_dir) / "service.json"
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(service)))
        fresh.replace(path)

    def _over(self) -> bool:
        if self._ending:
            return True
        try:
            used = (_folder(self._data_dir) / "used").stat().st_mtime
        except FileNotFoundError:
            return False
        return time.time() - used > self._idle

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._ending = True

    def _stop_child(self) -> None:
        child = self._child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description="Keep the language service alive.")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--idle-minutes", type=float, default=15.0)
    args = parser.parse_args()
    return Keeper(args.data_dir, idle_minutes=args.idle_minutes).run()


if __name__ == "__main__":
    sys.exit(main())
