"""What is kept of a photograph: the labels' own words, what people decided of them, and the action that waits. No picture, nothing
that was typed: the action is a sketch, whose pieces are ids.
"""

from __future__ import annotations

from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.dialogue.acting.sketch import Sketch
from bot.dialogue.photo.captions import Ask
from domain.errors import UnknownRecord
from domain.model.scanning import ScanId
from domain.usecases.scan.labels import Label

MOST_LABELS = 20


class Piece(BaseModel):
    """A label. ``item`` was picked where its code has several; ``teaches`` is the item that its unknown code is said to be, ``found``
    what a search for it gave. ``left`` is a label that nobody wants to go on with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Label
    item: int | None = None
    teaches: int | None = None
    found: tuple[int, ...] = ()
    waits: int | None = None
    left: bool = False


class ScanBody(BaseModel):
    """``sketch`` is what the words want, its own lines naming no item of the picture; ``settled`` says that they name the action, and
    not only how many. ``ask`` is the question that waits, ``where`` the place that it names. ``each``: the figure is of every label.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1
    pieces: tuple[Piece, ...] = Field(default=(), max_length=MOST_LABELS)
    places: tuple[int, ...] = ()
    sketch: Sketch | None = None
    settled: bool = False
    ask: Ask | None = None
    where: int | None = None
    each: bool = False
    here: bool = False
    way: bool = False
    notes: tuple[str, ...] = ()

    def with_(self, **changes: object) -> ScanBody:
        return self.model_copy(update=changes)

    def with_piece(self, index: int, **changes: object) -> ScanBody:
        """Raises UnknownRecord where there is no such label."""
        if not 0 <= index < len(self.pieces):
            raise UnknownRecord("I can not read this button any more; please send the photograph again.")
        pieces = list(self.pieces)
        pieces[index] = pieces[index].model_copy(update=changes)
        return self.with_(pieces=tuple(pieces))


def written(body: ScanBody) -> str:
    return body.model_dump_json(exclude_defaults=True)


def read_scan(body: str) -> ScanBody:
    """Raises UnknownRecord for a body that this version can not read."""
    try:
        return ScanBody.model_validate_json(body)
    except ValidationError:
        raise UnknownRecord(
            "That photograph is from another version of Parley; please send it again."
        ) from None


def scan_id(event_id: str) -> ScanId:
    """The same for the same event: a message that is worked on twice is one scan."""
    return ScanId(uuid5(NAMESPACE_URL, f"parley:scan:{event_id}"))
