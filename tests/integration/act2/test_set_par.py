"""A8: levels as they were said, the others moved only as far as they must, and the trail says who and why."""

from __future__ import annotations

import pytest

from domain.errors import Invalid, NotPermitted
from domain.model.par import Par
from domain.model.receipt import TrailKind
from domain.store import Store
from domain.usecases.act.plans import Obstacle
from domain.usecases.act.requests import SetPar
from tests.integration.act.ward import BOSS, BUYER, PHARM, TECH, Ward, open_ward
from tests.integration.act2.conftest import sound
from tests.small_hospital import ED_CART, FOLEY, GLOVE, ICU_SHELF_A

OLD = Par(FOLEY, ICU_SHELF_A, 4, 6, 10, 12)


@pytest.fixture
def kept(store: Store) -> Ward:
    return open_ward(store.transactions, pars=(OLD,))


def levels(ward: Ward) -> list[Par]:
    with ward.transactions.reading() as uow:
        return uow.pars.of(items=[FOLEY, GLOVE])


def test_a_level_that_is_said_is_set_and_the_rest_stays(kept: Ward) -> None:
    kept.do(SetPar(FOLEY, ICU_SHELF_A, par=11, reason="flu season"), who=BOSS)
    assert levels(kept) == [Par(FOLEY, ICU_SHELF_A, 4, 6, 11, 12)]
    assert sound(kept)


def test_the_trail_keeps_what_it_was_what_it_is_who_and_why(kept: Ward) -> None:
    receipt = kept.do(SetPar(FOLEY, ICU_SHELF_A, par=11, reason="flu season"), who=BOSS)
    changed = [entry for entry in kept.trail() if entry.kind is TrailKind.CHANGED]
    assert [(entry.person_id, entry.deed, entry.receipt_id, entry.detail) for entry in changed] == [
        (
            BOSS,
            "set-par",
            receipt.id,
            "Foley catheter (1002) at ICU › Supply room › Shelf A: min 4, reorder at 6, par 10, max 12 -> "
            "min 4, reorder at 6, par 11, max 12. Reason: flu season.",
        )
    ]


def test_the_others_move_along_and_that_is_said(kept: Ward) -> None:
    plan = kept.plan(SetPar(FOLEY, ICU_SHELF_A, par=20), who=BOSS)
    assert [problem.sentence for problem in plan.problems] == [
        "To stay in order, this moves too: maximum 12 to 20."
    ]
    assert (plan.lines[0].expected, plan.lines[0].quantity) == (10, 20)
    kept.do(SetPar(FOLEY, ICU_SHELF_A, par=3), who=BOSS)
    assert levels(kept) == [Par(FOLEY, ICU_SHELF_A, 3, 3, 3, 12)]


def test_levels_of_a_place_that_had_none_follow_from_what_was_said(kept: Ward) -> None:
    kept.do(SetPar(GLOVE, ED_CART, par=40), who=BUYER)
    kept.do(SetPar(FOLEY, ED_CART, minimum=2, maximum=9), who=BUYER)
    assert set(levels(kept)) == {OLD, Par(FOLEY, ED_CART, 2, 4, 9, 9), Par(GLOVE, ED_CART, 0, 20, 40, 40)}


@pytest.mark.parametrize(
    "wrong",
    [
        SetPar(FOLEY, ICU_SHELF_A),
        SetPar(FOLEY, ICU_SHELF_A, par=-1),
        SetPar(FOLEY, ICU_SHELF_A, par=1_000_001),
        SetPar(FOLEY, ICU_SHELF_A, reorder_point=9, par=8),
    ],
)
def test_levels_that_contradict_each_other_are_refused(kept: Ward, wrong: SetPar) -> None:
    with pytest.raises(Invalid):
        kept.plan(wrong, who=BOSS)


def test_what_is_so_already_is_said(kept: Ward) -> None:
    problem = kept.plan(SetPar(FOLEY, ICU_SHELF_A, par=10), who=BOSS).problems[0]
    assert problem.obstacle is Obstacle.ALREADY_DONE


def test_a_technician_may_not_set_levels_and_a_pharmacist_only_at_home(kept: Ward) -> None:
    with pytest.raises(NotPermitted):
        kept.do(SetPar(FOLEY, ICU_SHELF_A, par=11), who=TECH)
    with pytest.raises(NotPermitted):
        kept.do(SetPar(FOLEY, ED_CART, par=11), who=PHARM)
    kept.do(SetPar(FOLEY, ICU_SHELF_A, par=11), who=PHARM)
    assert levels(kept) == [Par(FOLEY, ICU_SHELF_A, 4, 6, 11, 12)]
