"""Whatever is posted, undone, retried and raced: balances equal movements, on both databases."""

from __future__ import annotations

import os
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from domain.store import Store
from tests.property.ledger_machine import LedgerMachine

# PARLEY_THOROUGH multiplies the runs for a night's search.
RUNS = 12 * int(os.environ.get("PARLEY_THOROUGH", "1"))


def test_projections_equal_movements_whatever_happens(make_store: Callable[[], Store]) -> None:
    class Machine(LedgerMachine):
        pass

    Machine.make_store = staticmethod(make_store)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
