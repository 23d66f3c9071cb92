"""Some days of ``bench.quarter``: whatever is killed, the same is told to the same readers on the same days, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.quarter import faults, lines, quarter
from tests.postgres import Server


@pytest.mark.postgres
@pytest.mark.timeout(900)
async def test_two_processes_killed_again_and_again_tell_what_one_undisturbed_tells(
    postgres_server: Server, tmp_path: Path
) -> None:
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    calm.mkdir()
    stormy.mkdir()
    reference = await quarter(f"sqlite:///{calm / 'parley.db'}", calm, days=2, processes=1, deaths=0, seed=2)
    url = postgres_server.create()
    verdict = await quarter(url, stormy, days=2, processes=2, deaths=3, seed=2)
    postgres_server.drop(url)
    assert sum(verdict.deaths) >= 6
    assert reference.tellings.total() > 0
    assert faults(verdict, reference) == 0, "\n".join(lines("killed", verdict, reference))
