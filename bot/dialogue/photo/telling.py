"""What is told of labels themselves: whether they are recalled, until when they may be used, which number can be traced."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.acting.finding import Scene
from bot.understanding.naming import full_name
from bot.views.words import day
from domain.usecases.scan.matching import Match


def number_of(one: Match, scene: Scene) -> str:
    """The serial or lot number that the label names, as the books spell it; "" for none."""
    if one.fit is not None and one.fit.lots:
        lot = scene.uow.lots.get(one.fit.lots[0])
        return lot.serial or lot.number
    return one.label.serial or one.label.lot


def recalls(settled: Sequence[Match], scene: Scene) -> tuple[str, ...]:
    """What is not on hold, in sentences; what is, the card itself says."""
    said: list[str] = []
    for one in settled:
        if one.fit is None:
            continue
        holds = scene.uow.holds.over(
            scene.person.facility_id, lot_ids=one.fit.lots, item_ids=[one.fit.item_id]
        )
        if holds:
            continue  # the card itself says it
        name = full_name(scene.uow.catalogue.get(one.fit.item_id))
        lot = f", lot {one.label.lot}," if one.label.lot else ""
        said.append(f"No recall or hold is open here for {name}{lot}".rstrip(",") + ".")
    return tuple(said)


def dates(settled: Sequence[Match], scene: Scene) -> tuple[str, ...]:
    """Until when the things may be used, by their labels."""
    said: list[str] = []
    for one in settled:
        until = one.label.expires_on or next(
            (
                lot.expires_on
                for lot in (scene.uow.lots.get(i) for i in (one.fit.lots if one.fit else ()))
                if lot.expires_on
            ),
            None,
        )
        if until is None:
            said.append("The code names no expiry date; look at the label itself.")
        elif until < scene.today:
            said.append(f"It expired on {day(until, today=scene.today)}. Do not use it.")
        else:
            said.append(f"It may be used up to and including {day(until, today=scene.today)}.")
    return tuple(dict.fromkeys(said))
