"""Whatever levels are said over whatever there was: what was said is so, all rise, and nothing moves that need not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.model.par import Par
from domain.usecases.act.requests import SetPar
from domain.usecases.act.set_par import LEVELS, levels_after
from tests.small_hospital import FOLEY, ICU_SHELF_A

LEVEL = st.integers(0, 60)


@st.composite
def changes(draw: st.DrawFn) -> tuple[SetPar, Par | None]:
    old = None
    if draw(st.booleans()):
        minimum, point, par, maximum = sorted(draw(st.tuples(LEVEL, LEVEL, LEVEL, LEVEL)))
        old = Par(FOLEY, ICU_SHELF_A, minimum, point, par, maximum)
    names = sorted(draw(st.sets(st.sampled_from(LEVELS), min_size=1)), key=LEVELS.index)
    values = sorted(draw(st.lists(LEVEL, min_size=len(names), max_size=len(names))))
    return SetPar(FOLEY, ICU_SHELF_A, **dict(zip(names, values, strict=True))), old  # type: ignore[arg-type]


@given(changes())
def test_what_was_said_holds_and_the_rest_moves_only_as_far_as_it_must(
    change: tuple[SetPar, Par | None],
) -> None:
    action, old = change
    new = levels_after(action, old=old)  # Par itself refuses levels that do not rise
    said = {name: getattr(action, name) for name in LEVELS if getattr(action, name) is not None}
    assert {name: getattr(new, name) for name in said} == said
    if old is None:
        return
    for index, name in enumerate(LEVELS):
        if name in said:
            continue
        before, after = getattr(old, name), getattr(new, name)
        below = [said[other] for other in LEVELS[:index] if other in said]
        above = [said[other] for other in LEVELS[index + 1 :] if other in said]
        if max(below, default=0) <= before <= min(above, default=before):
            assert after == before
        else:
            assert after in (*below, *above)
