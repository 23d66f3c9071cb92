"""The keeper: finds a running service, starts it once, restarts it, ends it when nobody uses it. The service is a small stand-in."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import keeper
from domain.errors import LanguageUnavailable

SERVICE = """
import http.server, os, pathlib
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if os.environ["PARLEY_NLU_TOKEN"] in self.path else 401)
        self.end_headers()
    def log_message(self, *args):
        pass
with open(os.environ["STARTS"], "a") as starts:
    starts.write("x")
http.server.HTTPServer(("127.0.0.1", int(os.environ["PARLEY_NLU_PORT"])), Handler).serve_forever()
"""


def until(true: object, *, seconds: float = 30.0) -> None:
    assert callable(true)
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A language room with a stand-in service, and a copy of the keeper's program that works in it."""
    nlu = tmp_path / "nlu"
    (nlu / ".venv/bin").mkdir(parents=True)
    (nlu / ".venv/bin/python").symlink_to(sys.executable)
    (nlu / "commands").mkdir()
    (nlu / "commands/__init__.py").touch()
    (nlu / "commands/serve.py").write_text(SERVICE)
    (nlu / "commands/paths.py").write_text(f"print({str(nlu / 'model.tar.gz')!r})")
    (nlu / "model.tar.gz").touch()
    monkeypatch.setattr(keeper, "NLU", nlu)
    monkeypatch.setenv("STARTS", str(tmp_path / "starts"))
    # The keeper's own process must look at this room too.
    monkeypatch.setenv("PARLEY_NLU_ROOM", str(nlu))
    yield tmp_path / "data"
    keeper.stop(tmp_path / "data")


def started(room: Path) -> int:
    path = room.parent / "starts"
    return len(path.read_text()) if path.exists() else 0


def ensured(room: Path, *, idle_minutes: float = 5) -> keeper.Service:
    return keeper.ensure(room, idle_minutes=idle_minutes, progress=lambda _line: None)


def test_a_service_is_started_once_and_then_found(room: Path) -> None:
    first = ensured(room)
    assert keeper.answers(first)
    assert ensured(room) == first
    assert started(room) == 1


def test_callers_at_the_same_moment_share_one_service(room: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        services = set(pool.map(lambda _: ensured(room), range(4)))
    assert len(services) == 1
    assert started(room) == 1


def test_where_it_is_may_be_read_by_its_owner_only(room: Path) -> None:
    ensured(room)
    assert (room / "nlu/service.json").stat().st_mode & 0o077 == 0


def test_a_service_that_dies_is_started_again(room: Path) -> None:
    first = ensured(room)
    os.kill(first.child, signal.SIGKILL)
    until(
        lambda: (now := keeper.known(room)) is not None and now.child != first.child and keeper.answers(now)
    )


def test_a_service_nobody_uses_ends_by_itself(room: Path) -> None:
    service = ensured(room, idle_minutes=0.02)
    until(lambda: keeper.known(room) is None)
    until(lambda: not keeper.answers(service, timeout=0.5))


def test_an_orphan_of_a_killed_keeper_is_ended_by_the_next(room: Path) -> None:
    first = ensured(room)
    os.kill(first.keeper, signal.SIGKILL)
    until(lambda: keeper.find(room) is None)
    second = ensured(room)
    assert second.child != first.child
    until(lambda: not keeper.answers(first, timeout=0.5))


def test_a_service_with_another_model_is_replaced(room: Path) -> None:
    first = ensured(room)
    other = keeper.NLU / "other.tar.gz"
    other.touch()
    (keeper.NLU / "commands/paths.py").write_text(f"print({str(other)!r})")
    second = ensured(room)
    assert second.model == "other.tar.gz"
    until(lambda: not keeper.answers(first, timeout=0.5))


def test_without_a_model_it_says_what_to_run(room: Path) -> None:
    (keeper.NLU / "model.tar.gz").unlink()
    with pytest.raises(LanguageUnavailable, match="make train"):
        ensured(room)


def test_a_service_that_never_answers_is_given_up_with_the_place_of_its_log(room: Path) -> None:
    (keeper.NLU / "commands/serve.py").write_text("raise SystemExit('broken')")
    with pytest.raises(LanguageUnavailable, match=r"keeper\.log"):
        ensured(room)
    with contextlib.suppress(FileNotFoundError):
        assert "broken" in (room / "nlu/keeper.log").read_text()
