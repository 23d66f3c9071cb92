"""From a button that carries a lot to where it will be used to the sketch of the transfer."""

from __future__ import annotations

import re
from datetime import date

from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb
from domain.errors import Invalid, Obstructed
from domain.model.ids import LotId, PlaceId
from domain.ports import UnitOfWork

_LOT = re.compile(r"lot:(\d{1,18})")
_MOVE = re.compile(r"(\d{1,18}):(\d{1,18}):(\d{1,9})")


def move_of(subject: str, choice: str, *, today: date, uow: UnitOfWork) -> Sketch:
    """The transfer of what is still there of the lot, at most the quantity of ``choice`` ("from:to:quantity").

    Raises Invalid for another text, UnknownLot, UnknownPlace, and Obstructed where nothing of it is left there.
    """
    named, told = _LOT.fullmatch(subject), _MOVE.fullmatch(choice)
    if named is None or told is None or int(told[3]) < 1:
        raise Invalid("I can not read this button any more; please ask again.")
    lot = uow.lots.get(LotId(int(named[1])))
    here, there = PlaceId(int(told[1])), PlaceId(int(told[2]))
    tree = uow.places.tree()
    tree.get(there)
    left = sum(line.available(today) for line in uow.stock.of_lots([lot.id]) if line.place_id == here)
    if left < 1:
        raise Obstructed(
            f"Nothing of lot {lot.number or lot.serial} is left at {tree.path(here)} to move: it was used or moved since."
        )
    return Sketch(
        verb=Verb.TRANSFER,
        lines=(SketchLine(items=(lot.item_id,), figure=str(min(left, int(told[3]))), lots=(lot.id,)),),
        here=Spotted(ids=(here,)),
        there=Spotted(ids=(there,)),
    )
