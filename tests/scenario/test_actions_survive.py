"""Actions that somebody says and confirms while Slack repeats itself, others press too, or a process is killed: done once, told once.

``PARLEY_TRIALS`` asks for more of them, for a long run by hand; ``PARLEY_TRIALS_SEED`` chooses others. ``bench.trials`` prints a table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.trial_bot import Point
from bench.trials import run_trials
from tests.databases import BOTH, postgres_server, postgres_template
from tests.postgres import Server

__all__ = ["postgres_server", "postgres_template"]

TRIALS = int(os.environ.get("PARLEY_TRIALS", "60"))
SEED = int(os.environ.get("PARLEY_TRIALS_SEED", "5"))

pytestmark = pytest.mark.timeout(180 + TRIALS * 6)


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'parley.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    url = server.create()
    yield url
    server.drop(url)


async def test_every_action_is_done_once_and_told_once_whatever_goes_wrong(
    empty: str, tmp_path: Path
) -> None:
    verdict = await run_trials(empty, tmp_path, trials=TRIALS, seed=SEED)
    assert verdict.faults == ()
    assert verdict.differences == 0, "the ledger does not add up"
    assert verdict.left == 0, "letters or replies were set aside"
    killed = [trial for trial in verdict.trials if trial.point is not Point.NOWHERE]
    missed = [trial for trial in killed if not trial.reached]
    assert missed == [], "a process outlived the point where it was to die"
    assert verdict.deaths >= len(killed) > TRIALS // 2
