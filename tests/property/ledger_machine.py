"""A stateful machine over the ledger: movements of all kinds, undoings, retries and two sessions at once, in any order.

After every step the projections must equal those that the model's rules give for the movements posted; the ledger check, which
reads the database only, must agree; and what was once recorded must never change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.errors import AlreadyReversed, Conflict
from domain.model.ids import NO_CHARGE, NO_LOT, OURS, LotId, PlaceId
from domain.model.movement import (
    EITHER_WAY,
    IN_PLACE,
    INWARD,
    OUTWARD,
    Movement,
    MovementKind,
    Source,
    StockStatus,
    reversal,
    stock_effects,
    usage_effects,
)
from domain.model.par import Par
from domain.store import Store
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small

PLACES = (small.ICU_SHELF_A, small.ICU_SHELF_B, small.ED_CART, small.CLINIC_SHELF)
FACILITY = {small.CLINIC_SHELF: small.SOUTH}
GOODS = (
    (small.GLOVE, NO_LOT),
    (small.FOLEY, small.FOLEY_EARLY),
    (small.FOLEY, small.FOLEY_LATE),
    (small.STENT, small.STENT_LOT),
)
PARS = (
    Par(small.FOLEY, small.ICU, 2, 6, 10, 20),
    Par(small.GLOVE, small.ICU_SHELF_A, 2, 6, 10, 20),
    Par(small.GLOVE, PlaceId(1), 2, 6, 10, 20),
)


@st.composite
def movements(draw: st.DrawFn) -> Movement:
    kind = draw(st.sampled_from(MovementKind))
    item_id, lot_id = draw(st.sampled_from(GOODS))
    one, other = draw(st.permutations(PLACES))[:2]
    status, other_status = draw(st.permutations(list(StockStatus)))[:2]
    leaves: PlaceId | None = one
    enters: PlaceId | None = None
    if kind in INWARD or (kind in EITHER_WAY and draw(st.booleans())):
        leaves, enters = None, one
    elif kind is MovementKind.TRANSFER:
        enters = other
    elif kind is MovementKind.STATUS:
        enters = one
    else:
        assert kind in OUTWARD | EITHER_WAY | IN_PLACE
    identity = small.new_id()
    return Movement(
        id=identity,
        facility_id=FACILITY.get(one, small.NORTH),
        key=f"{kind}-{identity}",
        kind=kind,
        item_id=item_id,
        quantity=draw(st.integers(1, 50)),
        occurred_at=small.NOW,
        recorded_at=small.NOW,
        day=date(2026, 11, 20) + timedelta(days=draw(st.integers(0, 2))),
        actor_id=small.NURSE,
        lot_id=LotId(lot_id),
        from_place_id=leaves,
        to_place_id=enters,
        from_status=status,
        to_status=other_status if kind is MovementKind.STATUS else status,
        owner_id=draw(st.sampled_from((OURS, small.CONSIGNOR))),
        unit_cost=draw(st.decimals(0, 100_000, places=4)),
        entered_quantity=draw(st.none() | st.decimals(-5, 5, places=4)),
        charge_id=draw(st.sampled_from((NO_CHARGE, small.ON_ICU, small.ON_CASE))),
        reason=draw(st.sampled_from(("", "dropped", "O'Neil; -- ü"))),
    )


def undoing(movement: Movement, *, key: str) -> Movement:
    return reversal(
        movement,
        id=small.new_id(),
        key=key,
        actor_id=small.NURSE,
        recorded_at=small.NOW,
        reason="undo",
        source=Source(),
    )


class LedgerMachine(RuleBasedStateMachine):
    """``make_store`` gives a fresh, filled store for each run; set by the test."""

    make_store: Callable[[], Store]

    @initialize()
    def open(self) -> None:
        self.store = type(self).make_store()
        small.fill(self.store.transactions, pars=PARS)
        self.posted: dict[str, Movement] = {}
        self.undone: set[object] = set()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert check_ledger(self.store.transactions).sound
            self.store.close()

    def post(self, batch: list[Movement]) -> list[Movement]:
        with self.store.transactions.begin() as unit:
            recorded = unit.ledger.post(batch)
            unit.commit()
        return recorded

    def remember(self, batch: list[Movement]) -> None:
        for movement in batch:
            self.posted.setdefault(movement.key, movement)

    def pick(self, number: int) -> Movement:
        return list(self.posted.values())[number % len(self.posted)]

    @rule(batch=st.lists(movements(), min_size=1, max_size=6))
    def post_new(self, batch: list[Movement]) -> None:
        assert self.post(batch) == batch
        self.remember(batch)

    @rule(batch=st.lists(movements(), min_size=1, max_size=4))
    def post_and_give_up(self, batch: list[Movement]) -> None:
        with self.store.transactions.begin() as unit:
            unit.ledger.post(batch)

    @precondition(lambda self: self.posted)
    @rule(number=st.integers(0, 1_000), new=movements(), fresh_id=st.booleans())
    def retry_among_new_ones(self, number: int, new: Movement, fresh_id: bool) -> None:
        before = self.pick(number)
        again = replace(before, id=small.new_id(), quantity=before.quantity + 1) if fresh_id else before
        assert self.post([again, new, again]) == [before, new, before]
        self.remember([new])

    @precondition(lambda self: self.posted)
    @rule(number=st.integers(0, 1_000))
    def undo(self, number: int) -> None:
        original = self.pick(number)
        if original.reverses is not None:
            return
        undo = undoing(original, key=f"undo-{original.key}-{len(self.posted)}")
        if original.id in self.undone:
            try:
                self.post([undo])
            except AlreadyReversed:
                return
            raise AssertionError("a second undo was let through")
        assert self.post([undo]) == [undo]
        self.remember([undo])
        self.undone.add(original.id)

    @rule(shared=st.lists(movements(), min_size=1, max_size=3), own=movements(), others=movements())
    def two_sessions_post_the_same_click(
        self, shared: list[Movement], own: Movement, others: Movement
    ) -> None:
        copies = [replace(movement, id=small.new_id()) for movement in shared]
        results = self.at_once(lambda: self.post([*shared, own]), lambda: self.post([*copies, others]))
        assert all(isinstance(result, list) for result in results), results
        first, second = results
        assert isinstance(first, list)
        assert isinstance(second, list)
        assert first[:-1] == second[:-1]
        assert first[0] in (shared[0], copies[0])
        self.remember([*first, *second])

    @precondition(
        lambda self: any(m.reverses is None and m.id not in self.undone for m in self.posted.values())
    )
    @rule(number=st.integers(0, 1_000))
    def two_sessions_undo_the_same_movement(self, number: int) -> None:
        open_ones = [m for m in self.posted.values() if m.reverses is None and m.id not in self.undone]
        original = open_ones[number % len(open_ones)]
        undos = [undoing(original, key=f"undo-{side}-{original.key}") for side in "ab"]
        results = self.at_once(lambda: self.post(undos[:1]), lambda: self.post(undos[1:]))
        done = [result for result in results if isinstance(result, list)]
        assert len(done) == 1
        assert [type(result) for result in results if not isinstance(result, list)] == [AlreadyReversed]
        self.remember(done[0])
        self.undone.add(original.id)

    @staticmethod
    def at_once(*actions: Callable[[], list[Movement]]) -> list[list[Movement] | AlreadyReversed | Conflict]:
        """Both, begun together in two threads; what they gave or raised. An unexpected error is raised here."""
        results: list[list[Movement] | AlreadyReversed | Conflict | None] = [None] * len(actions)
        failures: list[BaseException] = []
        barrier = threading.Barrier(len(actions))

        def run(index: int) -> None:
            barrier.wait()
            for _ in range(5):
                try:
                    results[index] = actions[index]()
                    return
                except Conflict as error:
                    results[index] = error  # which says that repeating is safe
                except AlreadyReversed as error:
                    results[index] = error
                    return
                except BaseException as error:  # noqa: BLE001 - raised in the main thread
                    failures.append(error)
                    return

        threads = [threading.Thread(target=run, args=(index,)) for index in range(len(actions))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return [result for result in results if result is not None]

    @invariant()
    def projections_are_what_the_movements_say(self) -> None:
        if not hasattr(self, "store"):
            return
        stock: dict[tuple[object, ...], list[int]] = {}
        usage: dict[tuple[object, ...], list[Decimal]] = {}
        for movement in self.posted.values():
            for effect in stock_effects(movement):
                key = effect.key
                sums = stock.setdefault(
                    (key.item_id, key.place_id, key.lot_id, key.owner_id, key.status), [0, 0]
                )
                sums[0] += effect.on_hand
                sums[1] += effect.reserved
            for use in usage_effects(movement):
                row = usage.setdefault(
                    (use.key.item_id, use.key.place_id, use.key.day, use.key.kind, use.key.charge_id),
                    [Decimal(0), Decimal(0)],
                )
                row[0] += use.quantity
                row[1] += use.cost
        with self.store.transactions.reading() as unit:
            lines = unit.stock.of_items([item_id for item_id, _ in GOODS])
            found = {
                (line.item_id, line.place_id, line.lot_id, line.owner_id, line.status): [
                    line.on_hand,
                    line.reserved,
                ]
                for line in lines
            }
            rows = unit.usage.rows(
                [item_id for item_id, _ in GOODS], start=date(2026, 1, 1), end=date(2026, 12, 31)
            )
            found_usage = {
                (row.item_id, row.place_id, row.day, row.kind, row.charge_id): [
                    Decimal(row.quantity),
                    row.cost,
                ]
                for row in rows
                if row.quantity or row.cost
            }
        assert found == {key: sums for key, sums in stock.items() if any(sums)}
        assert found_usage == {key: sums for key, sums in usage.items() if any(sums)}

    @invariant()
    def the_ledger_is_exactly_what_was_recorded(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.begin() as unit:
            count = unit.connection.exec_driver_sql("SELECT count(*) FROM movement").scalar_one()
            assert count == len(self.posted)
            for key in list(self.posted)[-3:] + list(self.posted)[:2]:
                assert unit.ledger.by_key(key) == self.posted[key]
